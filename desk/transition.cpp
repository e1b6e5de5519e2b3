#include "desk/transition.h"

#include "base/log.h"
#include "base/text.h"
#include "desk/deputy.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/request.h"
#include "desk/tenant.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_note.h"
#include "desk/ticket_store.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

bool has_role(const std::vector<std::string>& needed, const std::set<std::string>& roles) {
  return std::any_of(needed.begin(), needed.end(), [&](const auto& one) { return roles.contains(one); });
}

bool is_listed(const Transition& one, const Ticket& ticket) {
  return one.leads_from(ticket.state) && fits(one.when, ticket);
}

// What was done since the version that the caller read (rule 03).
base::Error stale(store::Transaction& tx, const Ticket& ticket, std::int64_t version) {
  std::string changes;
  for (const auto& row : tx.query("select actor, event, before_change, after_change from ticket_history "
                                  "where ticket_id = $1 and version > $2 order by id limit 20",
                                  ticket.id.value, version)) {
    changes += "; " + row.text(0) + ": " + row.text(1) + " " + row.text(2) + " -> " + row.text(3);
  }
  return base::fail(Errc::stale,
                    ticket.number + " is at version " + std::to_string(ticket.version) + ", not " +
                        std::to_string(version) + changes,
                    "version", "VERSION_CHANGED");
}

base::Result<void> check_version(store::Transaction& tx, const Ticket& ticket, std::int64_t version) {
  if (version == 0 || version == ticket.version) return {};
  return stale(tx, ticket, version);
}

base::Error not_allowed(const Operation& operation, const Ticket& ticket, const std::string& event) {
  std::vector<std::string> events;
  for (const auto& allowed : allowed_transitions(operation, ticket))
    events.push_back(allowed.transition->event);
  const std::string now = events.empty() ? "nothing" : base::join(events, ", ");
  return base::fail(Errc::conflict,
                    "\"" + base::sanitize_utf8(event, 60) + "\" does not lead out of " + ticket.state +
                        "; allowed to you now: " + now,
                    "event", "NOT_ALLOWED_NOW");
}

std::vector<std::string> needed_fields(const Transition& transition, const FieldValues& fields) {
  auto needed = transition.needs;
  for (const auto& [field, by_value] : transition.needs_when) {
    const auto value = fields.find(field);
    const auto more = value == fields.end() ? by_value.end() : by_value.find(value->second);
    if (more != by_value.end()) needed.insert(needed.end(), more->second.begin(), more->second.end());
  }
  return needed;
}

bool takes(const Transition& transition, std::string_view field) {
  if (field == reason_field || field == message_field) return true;
  if (contains(transition.needs, field) || contains(transition.takes, field)) return true;
  for (const auto& [name, by_value] : transition.needs_when)
    for (const auto& [value, fields] : by_value)
      if (contains(fields, field)) return true;
  return false;
}

// One act on a ticket, from the checks to the history.
class Step {
 public:
  Step(const Operation& operation, const TicketKind& kind, const Ticket& ticket)
      : operation_(operation), tx_(operation.tx), kind_(kind), before_(ticket), after_(ticket) {}

  base::Result<void> fill(const Transition& transition, const FieldValues& given) {
    for (const auto& [name, value] : given) {
      if (takes(transition, name)) continue;
      return base::fail(
          Errc::invalid_argument,
          "\"" + transition.event + "\" does not take the field \"" + base::sanitize_utf8(name, 60) + "\"",
          "/fields/" + base::sanitize_utf8(name, 60), "UNKNOWN_FIELD");
    }
    auto values = checked_values(tx_, kind_, given, operation_.act.tenant);
    if (!values) return values.error();
    given_ = std::move(*values);
    for (const auto& name : transition.clears) after_.fields.erase(name);
    put_fields(after_.fields, given_);
    if (const auto named = check_named(tx_, kind_, given_, after_, operation_.act); !named) return named;
    return check_needs(transition);
  }

  base::Result<void> guard(const Transition& transition, const std::set<std::string>& roles) const {
    for (const auto& name : transition.guards) {
      const auto passed = find_guard(name)({operation_, kind_, before_, &given_, roles});
      if (!passed) return passed;
    }
    return {};
  }

  base::Result<Ticket> finish(const Transition& transition) {
    if (!transition.to.empty() && transition.to != before_.state) {
      after_.state = transition.to;
      after_.state_since = operation_.act.clock.now();
    }
    for (const auto& name : transition.effects)
      if (const auto* effect = find_effect(name); effect->change) effect->change(operation_, after_);
    save(transition.event);
    for (const auto& name : transition.effects) {
      const auto* effect = find_effect(name);
      if (!effect->follow) continue;
      if (const auto done = effect->follow(operation_, after_); !done) return done.error();
    }
    return find_ticket(tx_, after_.number);
  }

  base::Result<Ticket> finish_edit(const TicketEdit& edit) {
    if (edit.title) after_.title = *edit.title;
    if (edit.description) after_.description = *edit.description;
    for (const auto& name : kind_.edit_effects) find_effect(name)->change(operation_, after_);
    save("edit");
    return after_;
  }

 private:
  base::Result<void> check_needs(const Transition& transition) const {
    std::vector<std::string> missing;
    for (const auto& name : needed_fields(transition, after_.fields)) {
      const bool free = name == reason_field || name == message_field;
      const auto given = given_.find(name);
      const bool filled =
          free ? given != given_.end() && !given->second.empty() : !after_.field(name).empty();
      if (!filled) missing.push_back(name);
    }
    if (missing.empty()) return {};
    return base::fail(Errc::invalid_argument,
                      "\"" + transition.event + "\" needs " + base::join(missing, ", "),
                      "/fields/" + missing.front(), "MISSING_FIELD");
  }

  void save(const std::string& event) {
    set_priority(kind_, after_.fields);
    save_ticket(tx_, kind_, after_, operation_.act.clock);
    auto entry = entry_of(before_, event, operation_.act);
    entry.to_state = after_.state;
    auto was = before_.fields, is = after_.fields;
    if (before_.title != after_.title) was["title"] = before_.title, is["title"] = after_.title;
    if (before_.description != after_.description)
      was["description"] = before_.description, is["description"] = after_.description;
    entry.before = difference_to_json(was, is);
    entry.after = difference_to_json(is, was);
    if (const auto reason = given_.find(reason_field); reason != given_.end()) entry.reason = reason->second;
    add_history(tx_, after_, entry, operation_.act.clock);
    const auto message = given_.find(message_field);
    if (message != given_.end() && !message->second.empty())
      keep_note(operation_, after_, {NoteKind::shared, message->second, 0});
  }

  const Operation& operation_;
  store::Transaction& tx_;
  const TicketKind& kind_;
  const Ticket before_;
  Ticket after_;
  FieldValues given_;
};

base::Result<void> check_edit(const Operation& operation, const TicketKind& kind, const Ticket& ticket,
                              const TicketEdit& edit) {
  if (const auto open = check_open_to_edits(kind, ticket); !open) return open;
  if (!has_role(kind.edit_roles, roles_towards(operation.tx, ticket, operation.act))) {
    return base::fail(Errc::permission_denied,
                      "expected one of the roles " + base::join(kind.edit_roles, ", "), {}, "ROLE_NEEDED");
  }
  for (const auto& [name, value] : edit.fields) {
    const auto* field = kind.find_field(name);
    if (field && field->edit) continue;
    return base::fail(Errc::invalid_argument,
                      "\"" + base::sanitize_utf8(name, 60) + "\" is changed by events alone, or unknown",
                      "/fields/" + base::sanitize_utf8(name, 60), "UNKNOWN_FIELD");
  }
  return check_version(operation.tx, ticket, edit.version);
}

base::Result<void> check_new_tenant(const Operation& operation, const Ticket& ticket,
                                    const TicketEdit& edit) {
  const auto given = edit.fields.find("tenant");
  if (given == edit.fields.end() || given->second == ticket.field("tenant")) return {};
  if (!operation.act.tenant.empty())
    return base::fail(Errc::permission_denied, "whose a ticket is, is said by those who belong to no tenant",
                      "/fields/tenant", "ROLE_NEEDED");
  auto after = ticket;
  after.fields["tenant"] = base::trim(given->second);
  return check_items(operation.tx, after, operation.act);
}

}  // namespace

base::Result<void> check_open_to_edits(const TicketKind& kind, const Ticket& ticket) {
  if (const auto* state = kind.find_state(ticket.state); state && state->final) {
    return base::fail(Errc::conflict,
                      ticket.number + " is " + ticket.state + ", which is final: open one that follows it",
                      {}, "FINAL");
  }
  if (kind.edit_states.empty() || contains(kind.edit_states, ticket.state)) return {};
  return base::fail(Errc::conflict,
                    ticket.number + " is " + ticket.state + ": it is edited when it is " +
                        base::join(kind.edit_states, ", "),
                    {}, "NOT_ALLOWED_NOW");
}

bool fits(const FieldsByValue& when, const Ticket& ticket) {
  return std::all_of(when.begin(), when.end(),
                     [&](const auto& one) { return contains(one.second, ticket.field(one.first)); });
}

std::set<std::string> roles_towards(store::Transaction& tx, const Ticket& ticket, const Act& act) {
  std::set<std::string> roles(act.roles.begin(), act.roles.end());
  roles.erase("requester");  // not in general: of this ticket, or not
  if (act.actor == ticket.requester) roles.insert("requester");
  if (!act.actor.empty() && act.actor == ticket.field("assignee")) roles.insert("assignee");
  if (is_asked(tx, ticket, act)) roles.insert("decider");
  if (!stands_in_for(tx, act.actor, act.clock.now()).empty()) roles.insert("deputy");
  return roles;
}

base::Result<Ticket> transition(const Operation& operation, const Ticket& ticket,
                                const WantedTransition& wanted) {
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind) return base::fail(Errc::not_found, "no kind of ticket \"" + ticket.kind + "\" any more");
  if (const auto fresh = check_version(operation.tx, ticket, wanted.version); !fresh) return fresh.error();
  const auto found = std::find_if(
      kind->transitions.begin(), kind->transitions.end(),
      [&](const Transition& one) { return one.event == wanted.event && is_listed(one, ticket); });
  if (found == kind->transitions.end()) return not_allowed(operation, ticket, wanted.event);
  const auto roles = roles_towards(operation.tx, ticket, operation.act);
  if (!has_role(found->roles, roles)) {
    return base::fail(Errc::permission_denied,
                      "\"" + found->event + "\" needs one of the roles " + base::join(found->roles, ", "), {},
                      "ROLE_NEEDED");
  }
  Step step(operation, *kind, ticket);
  if (const auto filled = step.fill(*found, wanted.fields); !filled) return filled.error();
  if (const auto passed = step.guard(*found, roles); !passed) return passed.error();
  return step.finish(*found);
}

std::vector<AllowedTransition> allowed_transitions(const Operation& operation, const Ticket& ticket) {
  std::vector<AllowedTransition> allowed;
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind) return allowed;
  const auto roles = roles_towards(operation.tx, ticket, operation.act);
  for (const auto& one : kind->transitions) {
    if (!is_listed(one, ticket) || !has_role(one.roles, roles)) continue;
    const bool passed = std::all_of(one.guards.begin(), one.guards.end(), [&](const std::string& name) {
      return find_guard(name)({operation, *kind, ticket, nullptr, roles}).has_value();
    });
    if (passed) allowed.push_back({&one, one.to.empty() ? ticket.state : one.to});
  }
  return allowed;
}

base::Result<Ticket> edit_ticket(const Operation& operation, const Ticket& ticket, const TicketEdit& wanted) {
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind) return base::fail(Errc::not_found, "no kind of ticket \"" + ticket.kind + "\" any more");
  if (const auto checked = check_edit(operation, *kind, ticket, wanted); !checked) return checked.error();
  auto edit = wanted;
  if (edit.title) {
    auto title = checked_title(*edit.title);
    if (!title) return title.error();
    edit.title = std::move(*title);
  }
  Transition takes_all;
  takes_all.event = "edit";
  for (const auto& field : kind->fields) takes_all.takes.push_back(field.name);
  Step step(operation, *kind, ticket);
  if (const auto filled = step.fill(takes_all, edit.fields); !filled) return filled.error();
  if (const auto tenant = check_new_tenant(operation, ticket, edit); !tenant) return tenant.error();
  if (const auto parent = edit.fields.find("parent"); parent != edit.fields.end()) {
    const auto checked = check_parent(operation.tx, ticket, base::to_upper(base::trim(parent->second)));
    if (!checked) return checked.error();
  }
  return step.finish_edit(edit);
}

bool end_due_states(const Operation& operation, std::size_t limit) {
  const auto due = operation.tx.query(
      "select number from ticket where wake_at > 0 and wake_at <= $1 order by wake_at limit $2",
      operation.act.clock.now(), static_cast<std::int64_t>(limit));
  for (const auto& row : due) {
    const auto ticket = find_ticket(operation.tx, row.text(0));
    const auto* kind = operation.kinds.find(ticket->kind);
    const auto* state = kind ? kind->find_state(ticket->state) : nullptr;
    const auto moved =
        state && !state->end_event.empty()
            ? transition(operation, *ticket, {state->end_event, {{"reason", "it was time"}}, 0})
            : *ticket;
    if (state && !state->end_event.empty() && moved) continue;
    operation.tx.execute("update ticket set wake_at = 0 where id = $1", ticket->id.value);
    if (!moved)
      base::log(base::LogLevel::warning, "desk.timer", ticket->number + ": " + moved.error().message);
  }
  return due.size() == limit;
}

}  // namespace censo::desk
