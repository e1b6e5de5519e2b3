// Tickets in a database of their own, acted on by people with roles.
#pragma once

#include "cmdb/impact.h"
#include "cmdb/impact_graph.h"
#include "desk/detection_rules.h"
#include "desk/ticket_note.h"
#include "desk/transition.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace censo::desk {

class DeskTest : public testing::Test {
 protected:
  using Roles = std::vector<std::string>;

  // In one write transaction, as this person.
  template <class Answer>
  Answer as(const std::string& person, const Roles& roles,
            const std::function<Answer(const Operation&)>& work) {
    std::optional<Answer> answer;
    db.write([&](store::Transaction& tx) {
      const Act act{person, "api", db.clock(), roles};
      const cmdb::ImpactSource impact{graph, catalog};
      answer.emplace(work({tx, kinds, act, &impact, &detection}));
    });
    return *answer;
  }
  base::Result<Ticket> open_with(const NewTicket& wanted) {
    return as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
      return open_ticket(operation.tx, kinds, wanted, operation.act);
    });
  }
  Ticket open(const FieldValues& fields = {}, const std::vector<cmdb::CiId>& affected = {}) {
    NewTicket wanted;
    wanted.title = "Web is slow";
    wanted.requester = "luis";
    wanted.fields = fields;
    wanted.affected = affected;
    return open_with(wanted).value();
  }
  base::Result<Ticket> move_as(const std::string& person, const Roles& roles, const Ticket& ticket,
                               const WantedTransition& wanted) {
    return as<base::Result<Ticket>>(person, roles, [&](const Operation& operation) {
      return transition(operation, find_ticket(operation.tx, ticket.number).value(), wanted);
    });
  }
  // As a desk agent.
  base::Result<Ticket> move(const Ticket& ticket, const std::string& event, const FieldValues& fields = {}) {
    return move_as("ana", desk_agent, ticket, {event, fields, 0});
  }
  Ticket now(const Ticket& ticket) {
    return as<Ticket>("ana", {}, [&](const Operation& operation) {
      return find_ticket(operation.tx, ticket.number).value();
    });
  }
  // In progress, with ana.
  Ticket started(const FieldValues& fields = {}) {
    const auto ticket = move(open(fields), "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
    return move(ticket, "start").value();
  }
  Ticket resolved(const Ticket& ticket) { return move(ticket, "resolve", resolution).value(); }
  std::vector<std::string> allowed_to(const std::string& person, const Roles& roles, const Ticket& ticket) {
    return as<std::vector<std::string>>(person, roles, [&](const Operation& operation) {
      std::vector<std::string> events;
      for (const auto& one : allowed_transitions(operation, find_ticket(operation.tx, ticket.number).value()))
        events.push_back(one.transition->event);
      return events;
    });
  }
  std::vector<TicketHistoryEntry> history(const Ticket& ticket) {
    return as<std::vector<TicketHistoryEntry>>(
        "ana", {}, [&](const Operation& operation) { return history_of(operation.tx, ticket.id); });
  }

  const Roles desk_agent{"desk_agent", "specialist", "implementer"};
  const FieldValues resolution{
      {"resolution_code", "fixed"}, {"solution", "restarted"}, {"category", "web"}, {"cause", "none"}};
  SeededDatabase db;
  const cmdb::ClassCatalog catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  const TicketKinds kinds = TicketKinds::load(cmdb::built_in_schemas()).value();
  const DetectionRules detection = DetectionRules::load(cmdb::built_in_schemas()).value();
  cmdb::ImpactGraph graph{db.clock()};
};

// "code reason": what a refusal says to programs.
template <class T>
std::string refusal(const base::Result<T>& result) {
  if (result) return "done";
  return std::string(base::name_of(result.error().code)) + " " + result.error().reason;
}

}  // namespace censo::desk
