// What occurs and has no end that is told; items by several names; addresses that messages came from.
#include "desk/event_source.h"
#include "tests/desk/event_fixture.h"

namespace censo::desk {
namespace {

class Occurrence : public EventTest {
 protected:
  static EventMessage occurs() {
    auto one = message("web01", "OutOfMemory mysqld");
    one.lasts_ms = 60 * minute_ms;
    return one;
  }
  std::vector<EventSource> count(const std::vector<EventSource>& more) {
    return as<std::vector<EventSource>>("collector", {"rule"}, [&](const Operation& operation) {
      count_event_sources(operation.tx, more);
      return event_sources(operation.tx, "", false, 100'000);
    });
  }
};

TEST_F(Occurrence, IsOverByItself) {
  const auto event = send(occurs());
  db.advance_ms(59 * minute_ms);
  forget();
  EXPECT_EQ(again(event).state, "firing");
  db.advance_ms(minute_ms);
  forget();
  EXPECT_EQ(again(event).state, "ended");
}

TEST_F(Occurrence, ToldAgainLastsOn) {
  const auto event = send(occurs());
  db.advance_ms(59 * minute_ms);
  send(occurs());
  db.advance_ms(59 * minute_ms);
  forget();
  EXPECT_EQ(again(event).state, "firing");
  EXPECT_EQ(again(event).times, 2);
}

TEST_F(Occurrence, EndSolvesNothing) {
  const auto event = send(occurs());
  ASSERT_FALSE(event.ticket.empty());
  db.advance_ms(60 * minute_ms);
  forget();
  EXPECT_EQ(incident(event.ticket).state, "new");
  EXPECT_EQ(notes(incident(event.ticket)).back(), "\"OutOfMemory mysqld\" was not told again");
}

TEST_F(Occurrence, NextOneJoinsTheOpenIncident) {
  const auto first = send(occurs());
  db.advance_ms(60 * minute_ms);
  forget();
  const auto second = send(occurs());
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(second.ticket, first.ticket);
}

TEST_F(EventTest, SurestNameDecides) {
  auto one = message("192.0.2.99");
  one.names = {"nobody", "web02", "web01"};
  EXPECT_EQ(send(one).ci, web02);
}

TEST_F(EventTest, NamesAreTriedAgainWithEachMessage) {
  auto one = message("192.0.2.99");
  one.names = {"db09"};
  EXPECT_EQ(send(one).handling, "unknown");
  const auto db09 = db.add_ci("server", "db09");
  const auto told = send(one);
  EXPECT_EQ(told.ci, db09);
  EXPECT_EQ(told.handling, "incident");
}

TEST_F(Occurrence, SourcesAddUp) {
  count({{"snmp", "192.0.2.1", 3, 1, 1, 1, 0, "unknown_community", 7, 7}});
  const auto found = count({{"snmp", "192.0.2.1", 2, 2, 0, 0, 0, "", 0, 9}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].messages, 5);
  EXPECT_EQ(found[0].events, 3);
  EXPECT_EQ(found[0].refused, 1);
  EXPECT_EQ(found[0].reason, "unknown_community");
  EXPECT_EQ(found[0].refused_at, 7);
  EXPECT_EQ(found[0].last_at, 9);
}

TEST_F(Occurrence, InventedAddressesAreCountedTogether) {
  std::vector<EventSource> many;
  for (std::int64_t i = 0; i < most_event_sources + 50; ++i)
    many.push_back({"syslog", "a" + std::to_string(i), 1, 0, 1, 0, 0, "", 0, 5});
  const auto found = count(many);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(most_event_sources) + 1);
  std::int64_t together = 0;
  for (const auto& one : found)
    if (one.address.empty()) together = one.messages;
  EXPECT_EQ(together, 50);
}

TEST_F(Occurrence, SourcesAreForgotten) {
  count({{"snmp", "192.0.2.1", 1, 0, 0, 1, 0, "x", 1, 1}});
  forget();
  EXPECT_TRUE(count({}).empty());
}

}  // namespace
}  // namespace censo::desk
