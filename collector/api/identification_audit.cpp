// Links that are drawn by lot, and whether they are right: what the precision of identification is told from.
#include "cmdb/identity_figures.h"
#include "collector/decision_json.h"
#include "collector/figure_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

base::Result<Response> draw(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"size"});
  const auto size = body.integer_or("size", 1, 1'000, 50);
  if (const auto fault = body.fault()) return *fault;
  const auto time = figure_time_of(request, services.clock);
  if (!time) return time.error();
  const auto drawn = cmdb::draw_audit_sample(tx, *time, static_cast<std::size_t>(size),
                                             {request.caller.name, services.clock.now()});
  return Response::created(json::serialize(json::object{{"drawn", drawn}}));
}

base::Result<Response> judge(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"verdict", "reason"});
  const auto verdict = body.text("verdict", 16), reason = body.text_or("reason", 1'000, "");
  if (const auto fault = body.fault()) return *fault;
  const auto judged = cmdb::judge_link(tx, request.parameter("id"), verdict, reason,
                                       {request.caller.name, services.clock.now()});
  if (!judged) return judged.error();
  return Response::ok(json::serialize(to_json(*judged)));
}

}  // namespace

Routes identification_audit(const Services& services) {
  return {
      {"POST",
       "/api/v1/identification-audit",
       Role::technician,
       Access::write,
       "Draws links by lot, for people to look at",
       {"since", "until"},
       [&services](Transaction& tx, const Request& request) { return draw(services, tx, request); }},
      {"PUT",
       "/api/v1/identification-audit/{id}",
       Role::technician,
       Access::write,
       "Whether a drawn link is right",
       {},
       [&services](Transaction& tx, const Request& request) { return judge(services, tx, request); }},
  };
}

}  // namespace censo::collector::api
