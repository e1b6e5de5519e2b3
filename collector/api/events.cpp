#include "base/text.h"
#include "cmdb/configuration_item.h"
#include "collector/desk_request.h"
#include "collector/event_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/event.h"

#include <boost/json.hpp>

#include <memory>
#include <span>
#include <string>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

json::object to_json(const desk::Event& event) {
  json::object object{{"id", base::to_text(event.id)},
                      {"sender", event.sender},
                      {"source", event.source},
                      {"item", event.item},
                      {"ci", nullptr},
                      {"condition", event.condition},
                      {"severity", event.severity},
                      {"summary", event.summary},
                      {"state", event.state},
                      {"handling", event.handling},
                      {"rule", event.rule},
                      {"reason", event.reason},
                      {"ticket", event.ticket},
                      {"change", event.change},
                      {"began_at", json_time(event.began_at)},
                      {"first_at", json_time(event.first_at)},
                      {"last_at", json_time(event.last_at)},
                      {"ended_at", json_time(event.ended_at)},
                      {"times", event.times}};
  if (event.ci) object["ci"] = json_ci(event.ci, event.class_name, event.ci_name);
  return object;
}

json::object to_json(const desk::EventSender& sender) {
  return {{"name", sender.name},
          {"messages", sender.messages},
          {"conditions", sender.conditions},
          {"over_limit", sender.over_limit},
          {"late", sender.late},
          {"last_at", json_time(sender.last_at)},
          {"over_limit_at", json_time(sender.over_limit_at)}};
}

json::array texts_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

json::object to_json(const desk::EventRule& rule) {
  json::object object{{"rule", rule.name},
                      {"senders", texts_json(rule.senders)},
                      {"sources", texts_json(rule.sources)},
                      {"conditions", texts_json(rule.conditions)},
                      {"classes", texts_json(rule.classes)},
                      {"severities", texts_json(rule.severities)},
                      {"ticket", rule.ticket},
                      {"group", rule.group},
                      {"category", rule.category}};
  object["clear"] = rule.ticket ? json::value(desk::name_of(rule.clear)) : json::value("");
  return object;
}

// What a sender is told: no more than he sent, and what became of it.
json::object receipt(const desk::TakenEvents& taken) {
  json::array events;
  for (const auto& event : taken.events) {
    events.push_back({{"id", base::to_text(event.id)},
                      {"state", event.state},
                      {"handling", event.handling},
                      {"ticket", event.ticket},
                      {"times", event.times}});
  }
  return {{"events", std::move(events)}, {"over_limit", taken.over_limit}, {"late", taken.late}};
}

json::object take(const Desk& desk, Transaction& tx, const Request& request,
                  std::span<const desk::EventMessage> messages) {
  const DeskAct act(desk, tx, request);
  return receipt(desk::take_events(act.operation(), desk.events, messages));
}

base::Result<Response> take_event(const Desk& desk, Transaction& tx, const Request& request) {
  const auto message = event_of(request);
  if (!message) return message.error();
  return Response::ok(json::serialize(take(desk, tx, request, {&*message, 1})));
}

base::Result<Response> take_alerts(const Desk& desk, Transaction& tx, const Request& request) {
  const auto group = alerts_of(request.body, desk.events);
  if (!group) return group.error();
  auto answer = take(desk, tx, request, group->events);
  answer["left_out"] = group->left_out;
  answer["unreadable"] = group->unreadable;
  return Response::ok(json::serialize(answer));
}

base::Result<desk::EventId> id_of(const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return base::fail(Errc::not_found, "no event " + base::sanitize_utf8(request.parameter("id"), 40));
  return desk::EventId(*id);
}

base::Result<desk::EventFilter> filter_of(Transaction& tx, const Request& request) {
  desk::EventFilter filter{request.query_or("state", ""),
                           request.query_or("handling", ""),
                           request.query_or("ticket", ""),
                           request.query_or("change", ""),
                           {}};
  if (!filter.state.empty() && !desk::is_event_state(filter.state))
    return base::fail(Errc::invalid_argument, "expected firing or ended", "state");
  if (!filter.handling.empty() && !desk::is_event_handling(filter.handling))
    return base::fail(Errc::invalid_argument, "expected incident, silenced, unknown or noted", "handling");
  if (const auto ci = request.query_or("ci", ""); !ci.empty()) {
    const auto item = cmdb::resolve_ci(tx, ci);
    if (!item) return item.error();
    filter.ci = item->id;
  }
  return filter;
}

base::Result<Response> list(const Desk&, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto filter = filter_of(tx, request);
  if (!filter) return filter.error();
  const auto found = desk::list_events(tx, *filter, *page);
  if (!found) return found.error();
  return Response::ok(json_page(*found, [](const desk::Event& event) { return to_json(event); }));
}

std::string whole_event(const desk::Event& event) {
  auto object = to_json(event);
  object["details"] = event.details;
  return json::serialize(object);
}

base::Result<Response> show(const Desk&, Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto event = desk::find_event(tx, *id);
  if (!event) return event.error();
  return Response::ok(whole_event(*event));
}

base::Result<Response> place(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"ci"});
  const auto name = body.text("ci", 200);
  if (const auto fault = body.fault()) return *fault;
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto item = cmdb::resolve_ci(tx, name);
  if (!item) {
    const bool ambiguous = item.error().code == Errc::conflict;
    return base::fail(Errc::invalid_argument, item.error().message, "/ci",
                      ambiguous ? "CI_AMBIGUOUS" : "CI_NOT_FOUND");
  }
  const DeskAct act(desk, tx, request);
  const auto event = desk::place_event(act.operation(), desk.events, *id, item->id);
  if (!event) return event.error();
  return Response::ok(whole_event(*event));
}

base::Result<Response> senders(const Desk&, Transaction& tx, const Request&) {
  return Response::ok(
      json_items(desk::event_senders(tx), [](const desk::EventSender& sender) { return to_json(sender); }));
}

base::Result<Response> rules(const Desk& desk, Transaction&, const Request&) {
  return Response::ok(
      json_items(desk.events.rules, [](const desk::EventRule& rule) { return to_json(rule); }));
}

}  // namespace

Routes events(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  return {
      {"POST",
       "/api/v1/events",
       Role::event_sender,
       Access::write,
       "Something began or ended on an item",
       {},
       at(take_event)},
      {"POST",
       "/api/v1/events/alertmanager",
       Role::event_sender,
       Access::write,
       "Alerts of Prometheus Alertmanager",
       {},
       at(take_alerts)},
      {"GET",
       "/api/v1/events",
       Role::viewer,
       Access::read,
       "Events, newest first",
       {"state", "handling", "ci", "ticket", "change", "limit", "after"},
       at(list)},
      {"GET", "/api/v1/events/{id}", Role::viewer, Access::read, "One event with its details", {}, at(show)},
      {"POST",
       "/api/v1/events/{id}/ci",
       Role::technician,
       Access::write,
       "Says which item an event of an unknown one means",
       {},
       at(place)},
      {"GET",
       "/api/v1/event-senders",
       Role::viewer,
       Access::read,
       "Who sends events, how many",
       {},
       at(senders)},
      {"GET", "/api/v1/event-rules", Role::viewer, Access::read, "What becomes of events", {}, at(rules)},
  };
}

}  // namespace censo::collector::api
