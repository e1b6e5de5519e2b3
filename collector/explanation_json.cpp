#include "collector/explanation_json.h"

#include "cmdb/identification_record.h"
#include "cmdb/review.h"
#include "collector/json_body.h"

#include <string_view>

namespace censo::collector {
namespace {

namespace json = boost::json;

json::object to_json(const cmdb::Candidate& candidate) {
  json::array evidence;
  for (const cmdb::EvidenceLine& line : candidate.lines) {
    json::object object{{"identifier", line.identifier}, {"value", line.value}, {"weight", line.weight}};
    object["verdict"] = line.other_value.empty() ? "same" : "differs";
    if (!line.other_value.empty()) object["other_value"] = line.other_value;
    if (line.carriers > 0) object["carriers"] = line.carriers;
    evidence.push_back(std::move(object));
  }
  auto object = json_ci(candidate.ci, candidate.class_name, candidate.name);
  object["score"] = candidate.score;
  object["vetoed"] = candidate.vetoed;
  object["rule"] = candidate.rule;
  object["evidence"] = std::move(evidence);
  return object;
}

std::string_view question_of(std::string_view kind) {
  if (kind == "live_agents")
    return "Two agents show the same hardware and both report. same: one machine with two agents or systems; "
           "different: a copy";
  if (kind == "contradiction")
    return "Much agrees, but an identifier that never changes differs. same: its main board was replaced";
  if (kind == "name_only") return "One of them has only its name. same: they are one thing";
  if (kind == "pending_asset") return "Model, user and place agree. same: what was ordered has arrived";
  if (kind == "duplicates") return "One report fits both. same: they are one thing";
  if (kind == "learnt_junk")
    return "A source was linked by a value that turned out to name nothing. different: it gets an item of "
           "its own";
  return "Some evidence agrees, too little to link. same: they are one thing";
}

}  // namespace

json::object json_explanation(const cmdb::Explanation& explanation) {
  json::array candidates;
  for (const cmdb::Candidate& one : explanation.candidates) candidates.push_back(to_json(one));
  return {{"outcome", explanation.outcome},
          {"rule", explanation.rule},
          {"text", explanation.text},
          {"thresholds", json::object{{"link", explanation.link}, {"review", explanation.review}}},
          {"candidates", std::move(candidates)},
          {"dropped", json::value_from(explanation.dropped)}};
}

json::object to_json(const cmdb::IdentificationRecord& record) {
  json::object object{{"at", json_time(record.at)},
                      {"ci", base::to_text(record.ci)},
                      {"origin", record.origin},
                      {"score", record.score}};
  for (auto& member : json_explanation(record.explanation)) object[member.key()] = std::move(member.value());
  return object;
}

json::object to_json(const cmdb::Review& review) {
  return {{"id", base::to_text(review.id)},
          {"kind", review.kind},
          {"state", review.state},
          {"score", review.score},
          {"question", question_of(review.kind)},
          {"ci", json_ci(review.ci, review.ci_class, review.ci_name)},
          {"other", json_ci(review.other, review.other_class, review.other_name)},
          {"at", json_time(review.at)},
          {"decided_at", json_time(review.decided_at)},
          {"decided_by", review.decided_by},
          {"reason", review.reason},
          {"explanation", json_explanation(review.explanation)}};
}

}  // namespace censo::collector
