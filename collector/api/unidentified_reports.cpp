#include "cmdb/ingest.h"
#include "cmdb/unidentified.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "inventory/report_codec.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const cmdb::UnidentifiedReport& kept) {
  json::object object{{"id", base::to_text(kept.id)},
                      {"origin", kept.origin},
                      {"class", kept.subject_class},
                      {"name", kept.subject_name},
                      {"problem", kept.problem},
                      {"state", kept.state},
                      {"times", kept.times},
                      {"first_at", json_time(kept.first_at)},
                      {"last_at", json_time(kept.last_at)},
                      {"decided_at", json_time(kept.decided_at)},
                      {"decided_by", kept.decided_by},
                      {"reason", kept.reason}};
  object["ci"] = kept.ci ? json::value(base::to_text(kept.ci)) : json::value(nullptr);
  return object;
}

constexpr auto row_to_json = [](const cmdb::UnidentifiedReport& kept) { return to_json(kept); };

base::Result<Response> list(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto kept = cmdb::list_unidentified(tx, request.query_or("state", ""), *page);
  if (!kept) return kept.error();
  return Response::ok(json_page(*kept, row_to_json));
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto kept = cmdb::find_unidentified(tx, request.parameter("id"));
  if (!kept) return kept.error();
  auto answer = to_json(*kept);
  answer["report"] = json::parse(inventory::to_json(cmdb::report_of(tx, *kept)));
  return Response::ok(json::serialize(answer));
}

// The report is taken in as one of that item, and every later one with the same content too.
base::Result<Response> assign(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"ci", "reason"});
  const auto ci = body.text("ci", 256);
  const auto reason = body.text_or("reason", 1000, "");
  if (const auto fault = body.fault()) return *fault;
  const auto kept = cmdb::find_unidentified(tx, request.parameter("id"));
  if (!kept) return kept.error();
  const auto item = cmdb::resolve_ci(tx, ci);
  if (!item) return base::fail(item.error().code, item.error().message, "/ci");
  const auto now = services.clock.now();
  const auto done =
      cmdb::decide_unidentified(tx, *kept, {item->id, "person " + request.caller.name, reason, now});
  if (!done) return done.error();
  const auto taken = cmdb::ingest(tx, services.catalog, cmdb::report_of(tx, *kept), now, services.clock);
  if (!taken) return taken.error();
  return show(tx, request);
}

base::Result<Response> discard(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"reason"});
  const auto reason = body.text_or("reason", 1000, "");
  if (const auto fault = body.fault()) return *fault;
  const auto kept = cmdb::find_unidentified(tx, request.parameter("id"));
  if (!kept) return kept.error();
  const auto done = cmdb::decide_unidentified(
      tx, *kept, {{}, "person " + request.caller.name, reason, services.clock.now()});
  if (!done) return done.error();
  return show(tx, request);
}

}  // namespace

Routes unidentified_reports(const Services& services) {
  const auto with_services = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/unidentified-reports",
       Role::viewer,
       Access::read,
       "Reports that no item could be found or made for, newest first",
       {"state", "limit", "after"},
       list},
      {"GET",
       "/api/v1/unidentified-reports/{id}",
       Role::viewer,
       Access::read,
       "One of them, as it came",
       {},
       show},
      {"POST",
       "/api/v1/unidentified-reports/{id}/assign",
       Role::technician,
       Access::write,
       "Says what it is of",
       {},
       with_services(assign)},
      {"POST",
       "/api/v1/unidentified-reports/{id}/discard",
       Role::technician,
       Access::write,
       "It is of nothing",
       {},
       with_services(discard)},
  };
}

}  // namespace censo::collector::api
