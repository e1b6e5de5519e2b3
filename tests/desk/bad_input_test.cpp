// What is out of order, stale, missing or hostile is refused in words or kept as plain text, in every kind of
// ticket. Mail bombs are in incoming_mail_test.cpp, floods of events in event_queue_test.cpp.
#include "desk/ticket_kind.h"
#include "desk/ticket_target.h"
#include "tests/desk/desk_fixture.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace censo::desk {
namespace {

const std::string markup = "<img src=x onerror=alert(1)>";

class BadInput : public DeskTest, public testing::WithParamInterface<const char*> {
 protected:
  const TicketKind& kind() const { return *kinds.find(GetParam()); }
  base::Result<Ticket> open_titled(const std::string& title, const FieldValues& fields) {
    NewTicket wanted;
    wanted.kind = kind().name;
    wanted.title = title;
    wanted.description = markup;
    wanted.requester = "luis";
    wanted.fields = fields;
    return open_with(wanted);
  }
  // Whatever it takes to get there.
  Ticket in_state(const std::string& state) {
    const auto ticket = open_titled("x", {}).value();
    db.write([&](store::Transaction& tx) {
      tx.execute("update ticket set state = $2 where id = $1", ticket.id.value, state);
    });
    return now(ticket);
  }
  // By somebody who may do everything: what is refused is refused for another reason.
  base::Result<Ticket> by_all(const Ticket& ticket, const std::string& event) {
    auto roles = all_desk_roles();
    for (const auto* more : {"assignee", "decider", "deputy", "rule"}) roles.emplace_back(more);
    return move_as("luis", roles, ticket, {event, {}, 0});
  }
  bool is_listed(const Ticket& ticket, const std::string& event) const {
    return std::ranges::any_of(kind().transitions, [&](const Transition& one) {
      return one.event == event && one.leads_from(ticket.state) && fits(one.when, ticket);
    });
  }
};

TEST_P(BadInput, EventsOutOfOrderAreRefusedInEveryState) {
  std::set<std::string> events;
  for (const auto& one : kind().transitions) events.insert(one.event);
  for (const auto& state : kind().states) {
    const auto ticket = in_state(state.name);
    for (const auto& event : events) {
      if (is_listed(ticket, event)) continue;
      EXPECT_EQ(refusal(by_all(ticket, event)), "conflict NOT_ALLOWED_NOW") << state.name << " " << event;
    }
    EXPECT_EQ(refusal(by_all(ticket, "no such event")), "conflict NOT_ALLOWED_NOW");
    EXPECT_EQ(now(ticket).version, ticket.version) << state.name;
  }
}

TEST_P(BadInput, FieldsThatAreMissingAreAllNamed) {
  for (const auto& transition : kind().transitions) {
    const auto ticket = in_state(transition.from.front());
    if (!is_listed(ticket, transition.event) || !fits(transition.when, ticket)) continue;
    std::vector<std::string> missing;
    for (const auto& name : transition.needs)
      if (name == reason_field || name == message_field || ticket.field(name).empty())
        missing.push_back(name);
    if (missing.empty()) continue;
    const auto refused = by_all(ticket, transition.event);
    EXPECT_EQ(refusal(refused), "invalid_argument MISSING_FIELD") << transition.event;
    if (refused) continue;
    for (const auto& name : missing)
      EXPECT_NE(refused.error().message.find(name), std::string::npos) << refused.error().message;
    EXPECT_EQ(now(ticket).state, ticket.state);
  }
}

TEST_P(BadInput, StaleVersionsAreRefusedWhateverTheEvent) {
  const auto ticket = open_titled("x", {}).value();
  for (const auto& transition : kind().transitions) {
    if (!is_listed(ticket, transition.event)) continue;
    for (const std::int64_t version : {ticket.version + 1, std::int64_t{99}}) {
      const auto refused = move_as("luis", all_desk_roles(), ticket, {transition.event, {}, version});
      EXPECT_EQ(refusal(refused), "stale VERSION_CHANGED") << transition.event;
    }
  }
}

TEST_P(BadInput, MarkupStaysTextInEveryField) {
  const auto plain = open_titled(markup, {}).value();
  EXPECT_EQ(now(plain).title, markup);
  EXPECT_EQ(now(plain).description, markup);
  for (const auto& field : kind().fields) {
    if (!field.edit && !field.open) continue;
    const auto opened = open_titled("x", {{field.name, markup}});
    if (field.type == FieldType::text && field.max_bytes >= markup.size()) {
      ASSERT_TRUE(opened) << field.name << ": " << opened.error().message;
      EXPECT_EQ(now(*opened).field(field.name), markup) << field.name;
      EXPECT_TRUE(history(*opened).front().after.find("onerror") != std::string::npos) << field.name;
    } else {
      ASSERT_FALSE(opened) << field.name << " takes what it is not";
      EXPECT_EQ(opened.error().code, base::Errc::invalid_argument) << field.name;
      EXPECT_EQ(opened.error().where, "/fields/" + field.name);
    }
  }
}

TEST_P(BadInput, ControlCharactersAndBrokenTextAreRefusedInEveryField) {
  for (const auto& field : kind().fields) {
    if (!field.edit && !field.open) continue;
    for (const std::string& bad : {std::string("a\x1b[31mz"), std::string("a\0z", 3),
                                   std::string("a\xff\xfez"), std::string(200'000, 'x')}) {
      const auto opened = open_titled("x", {{field.name, bad}});
      ASSERT_FALSE(opened) << field.name;
      EXPECT_EQ(opened.error().code, base::Errc::invalid_argument) << field.name;
    }
  }
}

TEST_P(BadInput, UnknownFieldsAndThoseOfEventsAreRefusedWhenItIsOpened) {
  EXPECT_EQ(refusal(open_titled("x", {{"no_such_field", "1"}})), "invalid_argument UNKNOWN_FIELD");
  for (const auto& field : kind().fields) {
    if (field.edit || field.open) continue;
    EXPECT_FALSE(open_titled("x", {{field.name, "1"}})) << field.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BadInput,
                         testing::Values("incident", "request", "problem", "change", "release", "task"));

class ClockSetBack : public DeskTest {
 protected:
  std::vector<TicketTarget> targets(const Ticket& ticket) {
    return as<std::vector<TicketTarget>>("ana", {}, [&](const Operation& operation) {
      return targets_of(operation.tx, *kinds.find("incident"), now_in(operation, ticket), db.clock().now());
    });
  }
  static Ticket now_in(const Operation& operation, const Ticket& ticket) {
    return find_ticket(operation.tx, ticket.number).value();
  }
  void expect_sound(const Ticket& ticket) {
    for (const auto& target : targets(ticket)) {
      EXPECT_GE(target.elapsed_ms, 0) << target.name;
      EXPECT_GE(target.wall_ms, 0) << target.name;
      for (const auto& interval : target.intervals) EXPECT_GE(interval.open_ms, 0) << target.name;
    }
  }
  static constexpr base::TimeMs hour = 60 * 60'000;
  const FieldValues urgent{{"impact", "1"}, {"urgency", "1"}};
};

TEST_F(ClockSetBack, TargetsNeverUseUpLessThanNothing) {
  auto ticket = open(urgent);
  db.advance_ms(hour);
  ticket = move(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
  db.advance_ms(-3 * hour);
  expect_sound(ticket);
  ticket = move(ticket, "start").value();
  ticket = move(ticket, "hold", {{"hold_reason", "caller"}, {"message", "when?"}}).value();
  expect_sound(ticket);
  db.advance_ms(-hour);
  ticket = move(ticket, "resume").value();
  db.advance_ms(6 * hour);
  expect_sound(ticket);
  EXPECT_EQ(resolved(ticket).state, "resolved");
}

TEST_F(ClockSetBack, StepsOfEscalationAreTakenOnceNonetheless) {
  const auto ticket = open(urgent);
  const auto escalations = [&] {
    as<bool>("collector", {"rule"}, [](const Operation& operation) {
      while (escalate_due_targets(operation, 10)) continue;
      return true;
    });
    return std::ranges::count(history(ticket), "escalate", &TicketHistoryEntry::event);
  };
  db.advance_ms(5 * hour);
  const auto first = escalations();
  EXPECT_GT(first, 0);
  db.advance_ms(-5 * hour);
  EXPECT_EQ(escalations(), first);
  db.advance_ms(5 * hour);
  EXPECT_EQ(escalations(), first);
}

TEST_F(ClockSetBack, HistoryKeepsItsOrder) {
  auto ticket = started();
  db.advance_ms(-2 * hour);
  ticket = move(ticket, "hold", {{"hold_reason", "parts"}}).value();
  std::vector<std::string> events;
  for (const auto& entry : history(ticket)) events.push_back(entry.event);
  EXPECT_EQ(events, (std::vector<std::string>{"open", "assign", "start", "hold"}));
}

TEST_F(ClockSetBack, ASleepingTicketWakesWhenItIsTimeAgain) {
  auto ticket = started();
  ticket = move(ticket, "hold",
                {{"hold_reason", "scheduled"}, {"wake_at", base::to_iso8601(db.clock().now() + hour)}})
               .value();
  const auto wake = [&] {
    as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
    return now(ticket).state;
  };
  db.advance_ms(-hour);
  EXPECT_EQ(wake(), "on_hold");
  db.advance_ms(3 * hour);
  EXPECT_EQ(wake(), "in_progress");
}

}  // namespace
}  // namespace censo::desk
