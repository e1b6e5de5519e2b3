#include "base/text.h"
#include "cmdb/configuration_item.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/detected_change.h"

#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

base::Result<desk::DetectedId> id_of(std::string_view text) {
  const auto id = base::id_from_text(text);
  if (!id) return id.error();
  return desk::DetectedId(*id);
}

json::object to_json(const desk::DetectedGroup& group) {
  return {{"group", base::to_text(group.id)},
          {"ci", json_ci(group.ci, group.class_name, group.ci_name)},
          {"first_at", json_time(group.first_at)},
          {"last_at", json_time(group.last_at)},
          {"changes", group.changes},
          {"subject", group.first_subject}};
}

base::Result<base::TimeMs> time_of(const Request& request, std::string_view name) {
  const auto text = request.query_or(name, "");
  if (text.empty()) return base::TimeMs{0};
  const auto time = base::parse_iso8601(text);
  if (time) return *time;
  return base::fail(Errc::invalid_argument, "expected a time such as 2026-10-01T12:00Z", std::string(name));
}

base::Result<desk::DetectedFilter> filter_of(Transaction& tx, const Request& request) {
  desk::DetectedFilter filter;
  filter.state = request.query_or("state", "");
  if (!filter.state.empty() && !desk::is_detected_state(filter.state))
    return base::fail(Errc::invalid_argument, "no state \"" + filter.state.substr(0, 40) + "\"", "state");
  filter.ticket = request.query_or("change", "");
  if (const auto ci = request.query_or("ci", ""); !ci.empty()) {
    const auto item = cmdb::resolve_ci(tx, ci);
    if (!item) return item.error();
    filter.ci = item->id;
  }
  if (const auto group = request.query_or("group", ""); !group.empty()) {
    const auto id = id_of(group);
    if (!id) return id.error();
    filter.group = *id;
  }
  const auto since = time_of(request, "since"), until = time_of(request, "until");
  if (!since) return since.error();
  if (!until) return until.error();
  filter.since = *since;
  filter.until = *until;
  return filter;
}

base::Result<Response> list(const Desk&, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto filter = filter_of(tx, request);
  if (!filter) return filter.error();
  const auto found = desk::list_detected(tx, *filter, *page);
  if (!found) return found.error();
  return Response::ok(
      json_page(*found, [](const desk::DetectedChange& change) { return collector::to_json(change); }));
}

base::Result<Response> groups(const Desk&, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto found = desk::list_groups(tx, *page);
  if (!found) return found.error();
  return Response::ok(json_page(*found, [](const desk::DetectedGroup& group) { return to_json(group); }));
}

base::Result<Response> show(const Desk&, Transaction& tx, const Request& request) {
  const auto id = id_of(request.parameter("id"));
  if (!id) return id.error();
  const auto change = desk::find_detected(tx, *id);
  if (!change) return change.error();
  return Response::ok(json::serialize(collector::to_json(*change)));
}

base::Result<Response> accept(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"reason", "group"});
  const auto reason = body.text("reason", 4'000);
  const bool group = body.flag_or("group", false);
  if (const auto fault = body.fault()) return *fault;
  const auto id = id_of(request.parameter("id"));
  if (!id) return id.error();
  const DeskAct act(desk, tx, request);
  const auto change = desk::accept_detected(act.operation(), *id, group, reason);
  if (!change) return change.error();
  auto response = Response::created(json::serialize(whole_ticket(act.operation(), *change)));
  response.headers.emplace_back("Location", "/api/v1/tickets/" + change->number);
  return response;
}

base::Result<Response> match(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"change", "reason"});
  const auto change = body.text("change", 40);
  const auto reason = body.text("reason", 4'000);
  if (const auto fault = body.fault()) return *fault;
  const auto id = id_of(request.parameter("id"));
  if (!id) return id.error();
  const DeskAct act(desk, tx, request);
  const auto matched = desk::match_detected(act.operation(), *id, change, reason);
  if (!matched) return matched.error();
  return Response::ok(json::serialize(collector::to_json(*matched)));
}

base::Result<Response> dismiss(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"state", "reason", "until", "whole_class", "any_value"});
  desk::Dismissal dismissal;
  dismissal.state = body.text("state", 20);
  dismissal.reason = body.text("reason", 4'000);
  const auto until = body.text_or("until", 40, "");
  dismissal.whole_class = body.flag_or("whole_class", false);
  dismissal.any_value = body.flag_or("any_value", true);
  const auto time = base::parse_iso8601(until.empty() ? "1970-01-01" : until);
  if (!time) body.refuse("until", "expected a time such as 2026-10-01T12:00Z");
  if (const auto fault = body.fault()) return *fault;
  dismissal.until = *time;
  const auto id = id_of(request.parameter("id"));
  if (!id) return id.error();
  const DeskAct act(desk, tx, request);
  const auto dismissed = desk::dismiss_detected(act.operation(), *id, dismissal);
  if (!dismissed) return dismissed.error();
  return Response::ok(json::serialize(collector::to_json(*dismissed)));
}

}  // namespace

Routes detected_changes(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  const auto verdict = [&at](std::string_view pattern, std::string_view summary, auto handler) {
    return Route{"POST", pattern, Role::technician, Access::write, summary, {}, at(handler)};
  };
  return {
      {"GET",
       "/api/v1/detected-changes",
       Role::viewer,
       Access::read,
       "Differences that reports told, newest first",
       {"state", "ci", "change", "group", "since", "until", "limit", "after"},
       at(list)},
      {"GET",
       "/api/v1/unauthorised-changes",
       Role::viewer,
       Access::read,
       "Unauthorised changes, grouped by item and time",
       {"limit", "after"},
       at(groups)},
      {"GET",
       "/api/v1/detected-changes/{id}",
       Role::viewer,
       Access::read,
       "One detected change",
       {},
       at(show)},
      verdict("/api/v1/detected-changes/{id}/accept", "Make a retrospective change of it", accept),
      verdict("/api/v1/detected-changes/{id}/match", "Say which change made it", match),
      verdict("/api/v1/detected-changes/{id}/dismiss", "Say that it is noise or expected", dismiss),
  };
}

}  // namespace censo::collector::api
