#include "collector/desk_request.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/stored_json.h"
#include "cmdb/tenant.h"
#include "collector/json_body.h"
#include "desk/breach_excuse.h"
#include "desk/desk_role.h"
#include "desk/difference.h"
#include "desk/survey.h"
#include "desk/ticket_note.h"
#include "desk/ticket_relation.h"
#include "desk/ticket_target.h"
#include "desk/ticket_watcher.h"
#include "desk/transition.h"

#include <string_view>
#include <utility>

namespace censo::collector {
namespace {

namespace json = boost::json;

desk::Standing standing_of(Role role) {
  if (role == Role::admin) return desk::Standing::admin;
  return role == Role::technician ? desk::Standing::technician : desk::Standing::reader;
}

json::array names_json(const std::vector<std::string>& names) {
  json::array array;
  for (const auto& name : names) array.emplace_back(name);
  return array;
}

// Integers as numbers, all else as texts.
json::object fields_json(const desk::TicketKind* kind, const desk::FieldValues& fields) {
  json::object object;
  for (const auto& [name, value] : fields) {
    const auto* field = kind ? kind->find_field(name) : nullptr;
    const auto number =
        field && field->type == desk::FieldType::integer ? base::parse_integer(value) : std::nullopt;
    object[name] = number ? json::value(*number) : json::value(value);
  }
  return object;
}

json::value time_or_null(base::TimeMs time) {
  return time > 0 ? json::value(json_time(time)) : json::value(nullptr);
}

std::int64_t seconds(base::TimeMs length_ms) {
  return length_ms / 1'000;
}

json::object to_json(const desk::TargetInterval& interval) {
  return {{"state", interval.state},
          {"reason", interval.reason},
          {"calendar", interval.calendar},
          {"limit_s", seconds(interval.limit_ms)},
          {"began_at", json_time(interval.began_at)},
          {"ended_at", time_or_null(interval.ended_at)},
          {"open_s", seconds(interval.open_ms)}};
}

json::value excuse_json(store::Transaction& tx, const desk::Ticket& ticket, const std::string& target) {
  const auto excuse = desk::excuse_of(tx, ticket.id, target);
  if (!excuse) return nullptr;
  return json::object{{"by", excuse->by}, {"at", json_time(excuse->at)}, {"reason", excuse->reason}};
}

json::object to_json(const desk::TicketTarget& target) {
  json::array intervals;
  for (const auto& interval : target.intervals) intervals.push_back(to_json(interval));
  return {{"target", target.name},
          {"state", target.state},
          {"reason", target.reason},
          {"limit", target.limit},
          {"calendar", target.calendar},
          {"started_at", json_time(target.started_at)},
          {"due_at", time_or_null(target.due_at)},
          {"breached_at", time_or_null(target.breached_at)},
          {"elapsed_s", seconds(target.elapsed_ms)},
          {"wall_s", seconds(target.wall_ms)},
          {"remaining_s", seconds(target.remaining_ms)},
          {"intervals", std::move(intervals)}};
}

json::array targets_json(const desk::Operation& operation, const desk::Ticket& ticket) {
  json::array targets;
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind) return targets;
  for (const auto& target : desk::targets_of(operation.tx, *kind, ticket, operation.act.clock.now())) {
    auto object = to_json(target);
    object["excused"] = excuse_json(operation.tx, ticket, target.name);
    targets.push_back(std::move(object));
  }
  return targets;
}

// What the requester said, and whether he may still say it: for him and the desk.
json::value survey_json(const desk::Operation& operation, const desk::Ticket& ticket) {
  if (operation.act.actor != ticket.requester && !desk::is_of_the_desk(operation, ticket)) return nullptr;
  const auto answer = desk::survey_of(operation.tx, ticket.id);
  if (!answer) return json::object{{"open", desk::is_survey_open(operation, ticket)}};
  return json::object{
      {"open", false}, {"score", answer->score}, {"comment", answer->comment}, {"at", json_time(answer->at)}};
}

}  // namespace

std::shared_ptr<const Desk> make_desk(const Services& services) {
  return std::make_shared<const Desk>(Desk{services,
                                           desk::TicketKinds::load(cmdb::built_in_schemas()).value(),
                                           desk::DetectionRules::load(cmdb::built_in_schemas()).value(),
                                           desk::EventRules::load(cmdb::built_in_schemas()).value()});
}

DeskAct::DeskAct(const Desk& desk, store::Transaction& tx, const Request& request)
    : act_{request.caller.name, "api", desk.services.clock,
           desk::roles_of(tx, request.caller.name, standing_of(request.caller.role)), request.caller.tenant},
      impact_{desk.services.graph, desk.services.catalog},
      operation_{tx, desk.kinds, act_, &impact_, &desk.detection} {}

json::object to_json(const desk::TicketKinds& kinds, const desk::Ticket& ticket) {
  json::object object{{"id", base::to_text(ticket.id)},
                      {"number", ticket.number},
                      {"kind", ticket.kind},
                      {"title", ticket.title},
                      {"description", ticket.description},
                      {"state", ticket.state},
                      {"state_since", json_time(ticket.state_since)},
                      {"requester", ticket.requester},
                      {"opened_at", json_time(ticket.opened_at)},
                      {"updated_at", json_time(ticket.updated_at)},
                      {"version", ticket.version},
                      {"due_at", time_or_null(ticket.due_at)},
                      {"breached", ticket.breached}};
  object["fields"] = fields_json(kinds.find(ticket.kind), ticket.fields);
  return object;
}

json::object told_ticket(const desk::Operation& operation, const desk::Ticket& ticket) {
  auto object = to_json(operation.kinds, ticket);
  if (!desk::is_of_the_desk(operation, ticket)) object["fields"].as_object().erase("assigned_because");
  return object;
}

json::array allowed_json(const desk::Operation& operation, const desk::Ticket& ticket) {
  json::array allowed;
  for (const auto& one : desk::allowed_transitions(operation, ticket)) {
    const auto& transition = *one.transition;
    allowed.push_back({{"event", transition.event},
                       {"label", {{"en", transition.label.en}, {"es", transition.label.es}}},
                       {"to", one.to},
                       {"needs", names_json(transition.needs)},
                       {"takes", names_json(transition.takes)}});
  }
  return allowed;
}

json::array related_json(const desk::Operation& operation, const desk::Ticket& ticket) {
  json::array related;
  for (const auto& one : desk::related_tickets(operation.tx, ticket)) {
    if (!desk::sees(operation, one.other)) continue;
    const auto* kind = operation.kinds.find(one.forward ? ticket.kind : one.other.kind);
    const auto* relation = kind ? kind->find_relation(one.relation) : nullptr;
    const auto label = !relation ? cmdb::Label{} : one.forward ? relation->label : relation->reverse;
    related.push_back({{"relation", one.relation},
                       {"label", {{"en", label.en}, {"es", label.es}}},
                       {"forward", one.forward},
                       {"ticket",
                        {{"number", one.other.number},
                         {"kind", one.other.kind},
                         {"title", one.other.title},
                         {"state", one.other.state}}}});
  }
  return related;
}

json::object whole_ticket(const desk::Operation& operation, const desk::Ticket& ticket) {
  auto object = told_ticket(operation, ticket);
  json::array links;
  const auto& tenant = operation.act.tenant;
  for (const auto& link : desk::links_of(operation.tx, ticket.id)) {
    if (!tenant.empty() && cmdb::tenant_of(operation.tx, link.ci) != tenant) continue;
    links.push_back(
        {{"ci", json_ci(link.ci, link.class_name, link.name)}, {"role", desk::name_of(link.role)}});
  }
  object["links"] = std::move(links);
  object["watchers"] = names_json(desk::watchers_of(operation.tx, ticket.id));
  object["related"] = related_json(operation, ticket);
  object["targets"] = targets_json(operation, ticket);
  object["allowed"] = allowed_json(operation, ticket);
  object["survey"] = survey_json(operation, ticket);
  return object;
}

json::object to_json(const desk::DetectedChange& change) {
  json::object object{
      {"id", base::to_text(change.id)},  {"ci", json_ci(change.ci, change.class_name, change.ci_name)},
      {"at", json_time(change.at)},      {"not_before", json_time(change.not_before)},
      {"origin", change.origin},         {"what", change.what},
      {"subject", change.subject},       {"old", change.old_value},
      {"new", change.new_value},         {"state", change.state},
      {"verdict", change.verdict},       {"rule", change.rule},
      {"change", change.ticket},         {"decided_at", json_time(change.decided_at)},
      {"decided_by", change.decided_by}, {"reason", change.reason}};
  object["group"] = change.group ? json::value(base::to_text(change.group)) : json::value(nullptr);
  return object;
}

desk::FieldValues fields_of(JsonBody& body) {
  desk::FieldValues fields;
  for (const auto& [name, value] : body.attributes("fields")) fields[name] = cmdb::to_text(value);
  return fields;
}

base::Result<desk::Ticket> ticket_of(const Desk& desk, store::Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  return seen_ticket(act.operation(), request.parameter("number"));
}

base::Result<desk::Ticket> seen_ticket(const desk::Operation& operation, std::string_view number) {
  auto ticket = desk::find_ticket(operation.tx, number);
  if (!ticket || desk::sees(operation, *ticket)) return ticket;
  return base::fail(base::Errc::not_found, "no ticket " + ticket->number);
}

desk::Sight sight_of(const Services& services, store::Transaction& tx, const Request& request) {
  const desk::Act act{request.caller.name, "api", services.clock,
                      desk::roles_of(tx, request.caller.name, standing_of(request.caller.role)),
                      request.caller.tenant};
  return desk::sight_of(tx, act);
}

base::Result<void> check_desk(const desk::Operation& operation) {
  if (desk::is_of_desk(operation.act.roles)) return {};
  return base::fail(base::Errc::permission_denied,
                    "what tells of everybody's tickets is for those who have a role at the desk", {},
                    "ROLE_NEEDED");
}

}  // namespace censo::collector
