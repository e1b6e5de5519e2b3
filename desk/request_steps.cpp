// Guards and effects that only requests have (service-desk rules 19 to 22).
#include "base/text.h"
#include "desk/deputy.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/request.h"
#include "desk/request_item.h"
#include "desk/reservation.h"
#include "desk/transition.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

constexpr base::TimeMs deputies_after_ms = base::TimeMs{2} * 24 * 60 * 60 * 1'000;

// Votes count for one asking: it begins anew when a rejected request is asked for again.
std::int64_t asking_of(const Ticket& request) {
  return base::parse_integer(request.field("asked")).value_or(0);
}

std::int64_t votes_in_favour(store::Transaction& tx, const Ticket& request) {
  return tx
      .query_one(
          "select count(*) from change_vote where ticket_id = $1 and plan_version = $2 and "
          "in_favour = 1",
          request.id.value, asking_of(request))
      ->integer(0);
}

// Nobody approves what he asked for.
std::vector<std::string> asked_at(const Ticket& request, std::string_view step) {
  auto asked = people_in(request.field(step));
  std::erase(asked, request.requester);
  return asked;
}

bool step_is_done(const Operation& operation, const Ticket& request) {
  const auto asked = asked_at(request, request.field("approval_step"));
  const auto needed = request.field("agreement") == "all" ? static_cast<std::int64_t>(asked.size()) : 1;
  return votes_in_favour(operation.tx, request) >= needed;
}

// Rule 19: who is asked is what the catalogue says, whatever was edited since.
base::Result<void> check_item(const Ticket& request) {
  const auto* item = RequestItems::built_in().find(request.field("item"));
  if (!item) return {};
  for (const auto& step : item->approval)
    if (people_in(request.field(step)).empty())
      return in_the_way(item->name + " needs somebody who agrees as " + step, "APPROVAL_NEEDED");
  for (const auto& [step, people] : item->approvers)
    if (people_in(request.field(step)) != people_in(people))
      return in_the_way(item->name + " is agreed to by " + people + " as " + step, "APPROVAL_NEEDED");
  return {};
}

base::Result<void> needs_approval(const GuardCase& one) {
  if (const auto checked = check_item(one.ticket); !checked) return checked;
  const auto steps_needed = approval_steps(one.ticket);
  for (const auto& step : steps_needed) {
    if (asked_at(one.ticket, step).empty())
      return in_the_way(step + " is the requester alone, who does not approve what he asked for",
                        "OWN_REQUEST");
  }
  if (!steps_needed.empty()) return {};
  return in_the_way("nobody is named who has to agree: fill in manager, cost_owner or service_owner",
                    "NO_APPROVAL_NEEDED");
}

base::Result<void> needs_no_approval(const GuardCase& one) {
  if (const auto checked = check_item(one.ticket); !checked) return checked;
  if (approval_steps(one.ticket).empty()) return {};
  return in_the_way("it has to be approved: submit it", "APPROVAL_NEEDED");
}

bool has_agreed(store::Transaction& tx, const Ticket& request, std::string_view person) {
  return tx
      .query_one("select 1 from change_vote where ticket_id = $1 and plan_version = $2 and person = $3",
                 request.id.value, asking_of(request), person)
      .has_value();
}

// In this person's stead, at once or because the step has waited for long.
bool is_deputy_of(store::Transaction& tx, const Ticket& request, const std::string& person, const Act& act) {
  const auto deputy = deputy_of(tx, person);
  if (!deputy || deputy->deputy != act.actor) return false;
  const auto late = people_in(request.field("deputies_asked"));
  return decides_at_once(*deputy, act.clock.now()) ||
         std::find(late.begin(), late.end(), act.actor) != late.end();
}

// Whose word the actor's is: his own, else that of somebody whose deputy he is. "": nobody's.
std::string decider_of(store::Transaction& tx, const Ticket& request, const Act& act) {
  const auto asked = asked_at(request, request.field("approval_step"));
  const bool himself = std::find(asked.begin(), asked.end(), act.actor) != asked.end();
  if (himself && !has_agreed(tx, request, act.actor)) return std::string(act.actor);
  for (const auto& person : asked)
    if (!has_agreed(tx, request, person) && is_deputy_of(tx, request, person, act)) return person;
  return {};
}

// Rule 20. Each votes once a step.
base::Result<void> may_decide(const GuardCase& one) {
  const auto& act = one.operation.act;
  if (act.actor == one.ticket.requester)
    return base::fail(base::Errc::permission_denied, "nobody approves what he asked for", {}, "OWN_REQUEST");
  if (decider_of(one.operation.tx, one.ticket, act).empty())
    return in_the_way("you have agreed already", "VOTED");
  return {};
}

// Rules 21 and 22.
base::Result<void> tasks_done(const GuardCase& one) {
  const auto open = one.operation.tx.query_one(
      "select number, state from ticket where parent = $1 and parent <> '' and is_open = 1 order by id",
      one.ticket.number);
  if (!open) return {};
  return in_the_way(open->text(0) + " is " + open->text(1) + ": expected all that hangs on it to be done",
                    "TASKS_OPEN");
}

base::Result<void> receiver_accepted(const GuardCase& one) {
  const auto& item = one.ticket.field("handed_over");
  if (item.empty() || item == "none" || !one.ticket.field("accepted_by").empty()) return {};
  return in_the_way("what was handed over was not accepted by its receiver", "NOT_ACCEPTED");
}

void ask(const Operation& operation, Ticket& request, const std::string& step) {
  request.fields["approval_step"] = step;
  request.fields["deputies_at"] = base::to_iso8601(operation.act.clock.now() + deputies_after_ms);
  request.fields.erase("deputies_asked");
  count_field(request, "asked");
}

void first_step(const Operation& operation, Ticket& request) {
  ask(operation, request, approval_steps(request).front());
}

// Rule 19: who does not answer has his deputy asked.
void ask_deputies(const Operation& operation, Ticket& request) {
  std::vector<std::string> asked;
  for (const auto& person : asked_at(request, request.field("approval_step"))) {
    const auto deputy = deputy_of(operation.tx, person);
    if (deputy && !has_agreed(operation.tx, request, person)) asked.push_back(deputy->deputy);
  }
  request.fields["deputies_asked"] = base::join(asked, ", ");
  if (asked.empty()) request.fields.erase("deputies_asked");
}

// The last vote of a step asks the next one.
void agree(const Operation& operation, Ticket& request) {
  operation.tx.execute(
      "insert into change_vote (ticket_id, plan_version, person, in_favour, at, voter) values ($1, $2, $3, "
      "1, "
      "$4, $5)",
      request.id.value, asking_of(request), decider_of(operation.tx, request, operation.act),
      operation.act.clock.now(), operation.act.actor);
  if (!step_is_done(operation, request)) return;
  const auto order = approval_steps(request);
  auto next = std::find(order.begin(), order.end(), request.field("approval_step"));
  if (next == order.end() || ++next == order.end()) {
    request.fields.erase("approval_step");
    return;
  }
  ask(operation, request, *next);
}

base::Result<void> approved_when_all_agreed(const Operation& operation, const Ticket& request) {
  if (!request.field("approval_step").empty()) return {};
  return move_by_rule(operation, request.number, {"agreed", {}, 0});
}

void sign(const Operation& operation, Ticket& request) {
  request.fields["accepted_by"] = operation.act.actor;
}

constexpr std::array guards{
    NamedGuard{"needs_approval", needs_approval},
    NamedGuard{"needs_no_approval", needs_no_approval},
    NamedGuard{"may_decide", may_decide},
    NamedGuard{"tasks_done", tasks_done},
    NamedGuard{"receiver_accepted", receiver_accepted},
};
// Rule 21: of the request that a task hangs on.
base::Result<void> open_next_tasks(const Operation& operation, const Ticket& task) {
  if (task.field("item_task").empty()) return {};
  const auto request = find_ticket(operation.tx, task.field("parent"));
  if (!request || request->kind != "request") return {};
  if (request->state != "in_fulfilment" && request->state != "on_hold") return {};
  return open_item_tasks(operation, *request);
}

constexpr std::array effects{
    Effect{"first_step", first_step, nullptr},
    Effect{"ask_deputies", ask_deputies, nullptr},
    Effect{"agree", agree, nullptr},
    Effect{"approved_when_all_agreed", nullptr, approved_when_all_agreed},
    Effect{"sign", sign, nullptr},
    Effect{"open_item_tasks", nullptr, open_item_tasks},
    Effect{"open_next_tasks", nullptr, open_next_tasks},
    Effect{"reserve_items", nullptr, reserve_items},
    Effect{"use_reservations", nullptr, use_reservations},
    Effect{"release_reservations", nullptr, release_reservations},
};

}  // namespace

std::vector<std::string> approval_steps(const Ticket& request) {
  std::vector<std::string> needed;
  for (const auto step : approval_fields)
    if (!people_in(request.field(step)).empty()) needed.emplace_back(step);
  return needed;
}

std::vector<std::string> people_in(std::string_view text) {
  std::vector<std::string> people;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const std::string name(base::trim(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (!name.empty() && std::find(people.begin(), people.end(), name) == people.end())
      people.push_back(name);
  }
  return people;
}

bool is_asked(store::Transaction& tx, const Ticket& ticket, const Act& act) {
  const auto& step = ticket.field("approval_step");
  if (step.empty()) return false;
  const auto named = people_in(ticket.field(step));
  if (std::find(named.begin(), named.end(), act.actor) != named.end()) return true;
  const auto asked = asked_at(ticket, step);
  return std::any_of(asked.begin(), asked.end(),
                     [&](const std::string& person) { return is_deputy_of(tx, ticket, person, act); });
}

std::span<const NamedGuard> request_guards() {
  return guards;
}

std::span<const Effect> request_effects() {
  return effects;
}

}  // namespace censo::desk
