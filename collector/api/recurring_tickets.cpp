#include "collector/jobs/recurring_tickets.h"
#include "cmdb/class_catalog.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/date_rules.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1'000;

json::object to_json(const jobs::RecurringTicket& one) {
  return {{"name", one.name},
          {"template", one.template_name},
          {"schedule", one.schedule},
          {"zone", one.zone},
          {"next_at", json_time(one.next_at)},
          {"last_at", json_time(one.last_at)},
          {"last_ticket", one.last_ticket},
          {"problem", one.problem},
          {"person", one.person},
          {"at", json_time(one.at)}};
}

json::object to_json(const desk::DateRule& rule) {
  json::array classes;
  for (const auto& one : rule.classes) classes.emplace_back(one);
  return {{"rule", rule.name},           {"classes", std::move(classes)},
          {"attribute", rule.attribute}, {"days_before", rule.before_ms / day_ms},
          {"kind", rule.kind},           {"group", rule.group},
          {"title", rule.title}};
}

base::Result<Response> list(const Desk&, Transaction& tx, const Request&) {
  return Response::ok(
      json_items(jobs::recurring_tickets(tx), [](const jobs::RecurringTicket& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"template", "schedule", "zone"});
  jobs::RecurringTicket wanted;
  wanted.name = request.parameter("name");
  wanted.template_name = body.text("template", 64);
  wanted.schedule = body.text("schedule", 200);
  wanted.zone = body.text("zone", 64);
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = jobs::put_recurring_ticket(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = jobs::remove_recurring_ticket(act.operation(), request.parameter("name"));
  if (!gone) return gone.error();
  return Response::no_content();
}

base::Result<Response> date_rules(const Desk&, Transaction&, const Request&) {
  const auto rules = desk::DateRules::load(cmdb::built_in_schemas());
  if (!rules) return rules.error();
  return Response::ok(json_items(rules->rules, [](const desk::DateRule& rule) { return to_json(rule); }));
}

}  // namespace

// Tickets that time makes.
Routes recurring_tickets(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/recurring-tickets/{name}";
  return {
      {"GET",
       "/api/v1/recurring-tickets",
       Role::viewer,
       Access::read,
       "Tickets that come again and again",
       {},
       at(list)},
      {"PUT", one, Role::technician, Access::write, "Have tickets opened on a schedule", {}, at(put)},
      {"DELETE", one, Role::technician, Access::write, "Have them opened no more", {}, at(remove)},
      {"GET",
       "/api/v1/date-rules",
       Role::viewer,
       Access::read,
       "Which dates of items make a task",
       {},
       at(date_rules)},
  };
}

}  // namespace censo::collector::api
