#include "collector/decision_json.h"

#include "cmdb/identity_figures.h"
#include "collector/json_body.h"

namespace censo::collector {

boost::json::object to_json(const cmdb::CountedDecision& decision) {
  boost::json::object row{{"id", base::id_to_text(decision.id)},
                          {"ci", json_ci(decision.ci, decision.class_name, decision.name)},
                          {"at", json_time(decision.at)},
                          {"by", decision.by},
                          {"rule", decision.rule},
                          {"score", decision.score}};
  if (decision.other)
    row["other"] = boost::json::object{{"id", base::to_text(decision.other)}, {"name", decision.other_name}};
  if (!decision.verdict.empty()) row["verdict"] = decision.verdict;
  if (!decision.reason.empty()) row["reason"] = decision.reason;
  return row;
}

}  // namespace censo::collector
