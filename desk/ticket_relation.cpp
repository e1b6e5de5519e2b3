#include "desk/ticket_relation.h"

#include "base/text.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// An act on the ticket that changes none of its fields.
void record(const Operation& operation, const Ticket& ticket, const std::string& event,
            const FieldValues& after) {
  auto moved = ticket;
  moved.version = operation.tx
                      .query_one(
                          "update ticket set updated_at = $2, version = version + 1 where id = $1 "
                          "returning version",
                          ticket.id.value, operation.act.clock.now())
                      ->integer(0);
  auto entry = entry_of(moved, event, operation.act);
  entry.after = fields_to_json(after);
  add_history(operation.tx, moved, entry, operation.act.clock);
}

base::Result<const RelationDefinition*> definition_of(const Operation& operation, const Ticket& ticket,
                                                      std::string_view relation, const Ticket& other) {
  const auto* kind = operation.kinds.find(ticket.kind);
  const auto* found = kind ? kind->find_relation(relation) : nullptr;
  if (!found) {
    std::vector<std::string> names;
    for (const auto& one : kind ? kind->relations : std::vector<RelationDefinition>())
      names.push_back(one.name);
    return base::fail(Errc::invalid_argument,
                      "no relation \"" + base::sanitize_utf8(relation, 60) + "\" of a ticket of kind " +
                          ticket.kind + ", which has " + (names.empty() ? "none" : base::join(names, ", ")),
                      "relation", "UNKNOWN_RELATION");
  }
  if (contains(found->to, other.kind) && other.id != ticket.id) return found;
  return base::fail(Errc::invalid_argument,
                    found->name + ": expected another ticket of kind " + base::join(found->to, " or ") +
                        ", found " + other.number,
                    "other", "BAD_VALUE");
}

base::Result<void> check_may(const Operation& operation, const Ticket& ticket,
                             const RelationDefinition& relation) {
  const auto roles = roles_towards(operation.tx, ticket, operation.act);
  const auto has = [&](const std::string& role) { return roles.contains(role); };
  if (std::none_of(relation.roles.begin(), relation.roles.end(), has)) {
    return base::fail(Errc::permission_denied,
                      "expected one of the roles " + base::join(relation.roles, ", "), {}, "ROLE_NEEDED");
  }
  const auto* state = operation.kinds.find(ticket.kind)->find_state(ticket.state);
  if (state && state->final) {
    return base::fail(Errc::conflict, ticket.number + " is " + ticket.state + ", which is final", {},
                      "FINAL");
  }
  if (relation.states.empty() || contains(relation.states, ticket.state)) return {};
  return base::fail(
      Errc::conflict,
      ticket.number + " is " + ticket.state + ": expected it to be " + base::join(relation.states, ", "), {},
      "NOT_ALLOWED_NOW");
}

base::Result<void> check_alone(store::Transaction& tx, const RelationDefinition& relation,
                               const Ticket& other) {
  if (!relation.one) return {};
  const auto row = tx.query_one(
      "select t.number from ticket_relation r join ticket t on t.id = r.from_ticket where r.to_ticket = $1 "
      "and r.relation = $2 and t.is_open = 1",
      other.id.value, relation.name);
  if (!row) return {};
  return base::fail(Errc::conflict, other.number + " stands in " + row->text(0) + " already", "other",
                    "IN_ANOTHER");
}

bool is_said(store::Transaction& tx, const Ticket& ticket, std::string_view relation, const Ticket& other) {
  return tx
      .query_one("select 1 from ticket_relation where from_ticket = $1 and relation = $2 and to_ticket = $3",
                 ticket.id.value, relation, other.id.value)
      .has_value();
}

// The event that the relation brings, where it is listed and what it needs holds.
base::Result<void> move_by(const Operation& operation, const Ticket& ticket,
                           const RelationDefinition& relation, const Ticket& other) {
  if (relation.event.empty()) return {};
  const Act act{operation.act.actor, "rule", operation.act.clock, {"rule"}};
  const Operation by_rule{operation.tx, operation.kinds, act, operation.impact, operation.detection};
  const auto allowed = allowed_transitions(by_rule, ticket);
  const auto listed = [&](const AllowedTransition& one) { return one.transition->event == relation.event; };
  if (std::none_of(allowed.begin(), allowed.end(), listed)) return {};
  const auto moved = transition(by_rule, ticket, {relation.event, {{"reason", other.number}}, 0});
  if (!moved) return moved.error();
  return {};
}

}  // namespace

std::vector<RelatedTicket> related_tickets(store::Transaction& tx, const Ticket& ticket) {
  std::vector<RelatedTicket> related;
  for (const auto& row :
       tx.query("select r.relation, t.number from ticket_relation r join ticket t on t.id = r.to_ticket "
                "where r.from_ticket = $1 order by r.relation, t.id",
                ticket.id.value))
    related.push_back({row.text(0), true, find_ticket(tx, row.text(1)).value()});
  for (const auto& row :
       tx.query("select r.relation, t.number from ticket_relation r join ticket t on t.id = r.from_ticket "
                "where r.to_ticket = $1 order by r.relation, t.id",
                ticket.id.value))
    related.push_back({row.text(0), false, find_ticket(tx, row.text(1)).value()});
  return related;
}

std::vector<Ticket> tickets_it_names(store::Transaction& tx, const Ticket& ticket,
                                     std::string_view relation) {
  const auto sql = tickets_where(
      "id in (select to_ticket from ticket_relation where from_ticket = $1 and relation = $2) order by id");
  std::vector<Ticket> named;
  for (const auto& row : tx.query(sql, ticket.id.value, relation)) named.push_back(ticket_of(row));
  return named;
}

void keep_relation(const Operation& operation, const Ticket& ticket, std::string_view relation,
                   const Ticket& other) {
  if (is_said(operation.tx, ticket, relation, other)) return;
  operation.tx.execute(
      "insert into ticket_relation (from_ticket, relation, to_ticket, at, actor) values ($1, $2, $3, $4, $5)",
      ticket.id.value, relation, other.id.value, operation.act.clock.now(), operation.act.actor);
  record(operation, ticket, "relate", {{"relation", std::string(relation)}, {"to", other.number}});
  record(operation, other, "relate", {{"relation", std::string(relation)}, {"from", ticket.number}});
}

base::Result<Ticket> relate_tickets(const Operation& operation, const Ticket& ticket,
                                    std::string_view relation, const Ticket& other) {
  const auto definition = definition_of(operation, ticket, relation, other);
  if (!definition) return definition.error();
  if (const auto may = check_may(operation, ticket, **definition); !may) return may.error();
  if (is_said(operation.tx, ticket, relation, other)) return ticket;
  if (const auto alone = check_alone(operation.tx, **definition, other); !alone) return alone.error();
  keep_relation(operation, ticket, relation, other);
  const auto related = find_ticket(operation.tx, ticket.number).value();
  if (const auto moved = move_by(operation, related, **definition, other); !moved) return moved.error();
  return find_ticket(operation.tx, ticket.number);
}

base::Result<Ticket> unrelate_tickets(const Operation& operation, const Ticket& ticket,
                                      std::string_view relation, const Ticket& other) {
  const auto definition = definition_of(operation, ticket, relation, other);
  if (!definition) return definition.error();
  if (const auto may = check_may(operation, ticket, **definition); !may) return may.error();
  const auto gone = operation.tx.execute(
      "delete from ticket_relation where from_ticket = $1 and relation = $2 and to_ticket = $3",
      ticket.id.value, relation, other.id.value);
  if (gone == 0) {
    return base::fail(Errc::not_found,
                      ticket.number + " does not say " + std::string(relation) + " of " + other.number);
  }
  record(operation, ticket, "unrelate", {{"relation", std::string(relation)}, {"to", other.number}});
  record(operation, other, "unrelate", {{"relation", std::string(relation)}, {"from", ticket.number}});
  return find_ticket(operation.tx, ticket.number);
}

}  // namespace censo::desk
