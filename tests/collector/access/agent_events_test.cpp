#include "collector/access/agent_events.h"

#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

namespace censo::collector::access {
namespace {

class AgentEvents : public testing::Test {
 protected:
  void note(std::string_view what, const std::string& detail = "x") {
    db.write([&](store::Transaction& tx) {
      note_agent_event(tx, "a1", {std::string(what), detail}, db.clock());
    });
  }
  std::vector<AgentEvent> events() {
    std::vector<AgentEvent> found;
    db.write([&](store::Transaction& tx) { found = events_of_agent(tx, "a1", 10); });
    return found;
  }
  SeededDatabase db;
};

TEST_F(AgentEvents, NewestFirst) {
  note(agent_event::enrolled);
  db.advance_ms(1000);
  note(agent_event::two_machines);
  ASSERT_EQ(events().size(), 2U);
  EXPECT_EQ(events()[0].what, "two_machines");
}

TEST_F(AgentEvents, TheSameWithinADayIsCounted) {
  note(agent_event::old_certificate);
  db.advance_ms(3'600'000);
  note(agent_event::old_certificate, "again");
  ASSERT_EQ(events().size(), 1U);
  EXPECT_EQ(events()[0].times, 2);
  EXPECT_EQ(events()[0].detail, "again");
}

TEST_F(AgentEvents, TheSameADayLaterIsAnother) {
  note(agent_event::old_certificate);
  db.advance_ms(25 * 3'600'000);
  note(agent_event::old_certificate);
  EXPECT_EQ(events().size(), 2U);
}

TEST_F(AgentEvents, ACloneIsSuspectedByTheTwoThatProveIt) {
  base::TimeMs at = 1;
  const auto read = [&] { db.write([&](store::Transaction& tx) { at = clone_suspected_at(tx, "a1"); }); };
  note(agent_event::numbers_went_back);
  read();
  EXPECT_EQ(at, 0);
  note(agent_event::two_machines);
  read();
  EXPECT_EQ(at, db.clock().now());
}

TEST(EventOfRefusal, OnlyWhatSpeaksOfACopyIsOne) {
  using base::Errc;
  EXPECT_EQ(event_of_refusal(base::fail(Errc::permission_denied, "x", {}, "CLONE_SUSPECTED"))->what,
            "old_certificate");
  EXPECT_EQ(event_of_refusal(base::fail(Errc::stale, "x", {}, "STALE_SEQUENCE"))->what, "numbers_went_back");
  EXPECT_FALSE(event_of_refusal(base::fail(Errc::malformed, "x", {}, "JSON_SYNTAX")));
}

}  // namespace
}  // namespace censo::collector::access
