// Events in a database of their own, and what becomes of them.
#pragma once

#include "desk/event.h"
#include "desk/event_rules.h"
#include "tests/desk/change_fixture.h"

#include <string>
#include <vector>

namespace censo::desk {

class EventTest : public ChangeTest {
 protected:
  static EventMessage message(const std::string& item = "web01",
                              const std::string& condition = "DiskFull /var") {
    EventMessage one;
    one.source = "prometheus";
    one.condition = condition;
    one.item = item;
    one.severity = "critical";
    one.summary = "Disk is full";
    return one;
  }
  static EventMessage ended(EventMessage one) {
    one.firing = false;
    return one;
  }
  TakenEvents send_all(const std::vector<EventMessage>& messages,
                       const std::string& sender = "alertmanager") {
    return as<TakenEvents>(
        sender, {}, [&](const Operation& operation) { return take_events(operation, rules, messages); });
  }
  Event send(const EventMessage& one, const std::string& sender = "alertmanager") {
    const auto taken = send_all({one}, sender);
    return taken.events.empty() ? Event{} : taken.events.front();
  }
  Ticket incident(const std::string& number) {
    return as<Ticket>("ana", {},
                      [&](const Operation& operation) { return find_ticket(operation.tx, number).value(); });
  }
  Event again(const Event& one) {
    return as<Event>("ana", {},
                     [&](const Operation& operation) { return find_event(operation.tx, one.id).value(); });
  }
  std::vector<Event> events(const EventFilter& filter = {}) {
    return as<std::vector<Event>>("ana", {}, [&](const Operation& operation) {
      return list_events(operation.tx, filter, {}).value().rows;
    });
  }
  base::Result<Event> place(const Event& one, cmdb::CiId ci) {
    return as<base::Result<Event>>("ana", desk_agent, [&](const Operation& operation) {
      return place_event(operation, rules, one.id, ci);
    });
  }
  void look() {
    as<bool>("collector", {"rule"},
             [&](const Operation& operation) { return look_at_events(operation, rules, 100); });
  }
  void forget() {
    as<bool>("collector", {"rule"},
             [&](const Operation& operation) { return forget_events(operation, rules, 100); });
  }
  std::vector<std::string> notes(const Ticket& ticket) {
    return as<std::vector<std::string>>("ana", desk_agent, [&](const Operation& operation) {
      std::vector<std::string> texts;
      for (const auto& one : notes_of(operation, ticket)) texts.push_back(one.what.text);
      return texts;
    });
  }
  std::size_t incidents() {
    return as<std::size_t>("ana", {}, [&](const Operation& operation) {
      TicketFilter filter;
      filter.kind = "incident";
      return list_tickets(operation.tx, filter, {}).value().rows.size();
    });
  }
  EventSender sender() {
    return as<EventSender>("ana", {},
                           [](const Operation& operation) { return event_senders(operation.tx).at(0); });
  }

  EventRules rules = EventRules::load(cmdb::built_in_schemas()).value();
};

}  // namespace censo::desk
