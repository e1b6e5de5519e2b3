// Why an item is what it is: how it was identified, what it was merged with, where its values come from.
#include "cmdb/identification_record.h"
#include "cmdb/merge.h"
#include "cmdb/review.h"
#include "cmdb/shown_values.h"
#include "collector/explanation_json.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

constexpr std::size_t longest_reason = 1000;

json::object to_json(const cmdb::MergeRecord& record) {
  json::object object{{"ci", base::to_text(record.ci)},
                      {"into", base::to_text(record.into)},
                      {"at", json_time(record.at)},
                      {"by", record.actor},
                      {"reason", record.reason}};
  if (record.undone_at > 0) {
    object["undone_at"] = json_time(record.undone_at);
    object["undone_by"] = record.undone_by;
    object["undo_reason"] = record.undo_reason;
  }
  return object;
}

// The item itself, or the one of those that were merged into another that the path names.
base::Result<cmdb::CiId> item_in_path(Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return item->asked ? item->asked : item->id;
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  auto answer = json_ci(item->id, item->class_name, item->name);
  json::array decisions, merges, reviews, merged;
  for (const auto& record : cmdb::identifications_of(tx, item->id))
    decisions.push_back(collector::to_json(record));
  for (const auto& record : cmdb::merges_of(tx, item->id)) merges.push_back(to_json(record));
  for (const auto& review : cmdb::reviews_of(tx, item->id)) reviews.push_back(collector::to_json(review));
  for (const cmdb::CiId member : item->merged) merged.emplace_back(base::to_text(member));
  answer["merged"] = std::move(merged);
  answer["decisions"] = std::move(decisions);
  answer["merges"] = std::move(merges);
  answer["reviews"] = std::move(reviews);
  return Response::ok(json::serialize(answer));
}

base::Result<Response> merge(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"into", "reason"});
  const auto into = body.text("into", 256);
  const auto reason = body.text("reason", longest_reason);
  if (const auto fault = body.fault()) return *fault;
  const auto ci = item_in_path(tx, request);
  if (!ci) return ci.error();
  const auto target = cmdb::resolve_ci(tx, into);
  if (!target) return base::fail(target.error().code, target.error().message, "/into");
  const auto now = services.clock.now();
  const std::string actor = "person " + request.caller.name;
  const auto done =
      cmdb::merge_item(tx, services.catalog, services.clock, {*ci, target->id}, {actor, reason, now});
  if (!done) return done.error();
  cmdb::note_decision(tx, services.clock, {*ci, target->id}, {"same", actor, reason, now});
  return show(tx, request);
}

base::Result<Response> unmerge(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"reason"});
  const auto reason = body.text_or("reason", longest_reason, "");
  if (const auto fault = body.fault()) return *fault;
  const auto ci = item_in_path(tx, request);
  if (!ci) return ci.error();
  const auto root = cmdb::root_of(tx, *ci);
  const auto now = services.clock.now();
  const std::string actor = "person " + request.caller.name;
  const auto done = cmdb::unmerge_item(tx, services.catalog, services.clock, *ci, {actor, reason, now});
  if (!done) return done.error();
  cmdb::note_decision(tx, services.clock, {*ci, root}, {"different", actor, reason, now});
  return show(tx, request);
}

json::object to_json(const cmdb::ValueReason& reason) {
  json::object object{{"value", reason.value},
                      {"source", reason.source->kind + " " + reason.source->origin_id},
                      {"ci", base::to_text(reason.source->ci)},
                      {"rank", reason.rank + 1},
                      {"stale", reason.stale},
                      {"own", reason.source->own},
                      {"said_at", json_time(reason.source->said_at)},
                      {"shown", reason.lost_by.empty()}};
  object["why"] = reason.lost_by.empty() ? "shown" : reason.lost_by;
  return object;
}

base::Result<Response> explain(const Services& services, Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto explanation =
      cmdb::explain_value(tx, services.catalog, item->id, request.parameter("name"), services.clock.now());
  if (!explanation) return explanation.error();
  json::array values;
  for (const auto& one : explanation->values) values.push_back(to_json(one));
  return Response::ok(json::serialize(json::object{{"ci", json_ci(item->id, item->class_name, item->name)},
                                                   {"attribute", explanation->attribute},
                                                   {"shown", explanation->shown},
                                                   {"rule", explanation->rule},
                                                   {"items", std::move(values)}}));
}

}  // namespace

Routes identification(const Services& services) {
  const auto with_services = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/cis/{id}/identification",
       Role::viewer,
       Access::read,
       "Why it is the item it is: decisions with their evidence, merges, open reviews",
       {},
       show},
      {"POST",
       "/api/v1/cis/{id}/merge",
       Role::technician,
       Access::write,
       "Shows it as another item; can be undone",
       {},
       with_services(merge)},
      {"POST",
       "/api/v1/cis/{id}/unmerge",
       Role::technician,
       Access::write,
       "Gives both items back",
       {},
       with_services(unmerge)},
      {"GET",
       "/api/v1/cis/{id}/attributes/{name}",
       Role::viewer,
       Access::read,
       "Why this value is shown: what every source says, and the rule",
       {},
       with_services(explain)},
  };
}

}  // namespace censo::collector::api
