#include "collector/jobs/event_keeper.h"

#include "collector/listen/intake.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace censo::collector::jobs {
namespace {

constexpr base::TimeMs second = 1'000;

class Keeping : public testing::Test {
 protected:
  void tell(const std::string& condition) {
    desk::EventMessage message;
    message.condition = condition;
    intake.admit("syslog", "192.0.2.1", now);
    intake.take("syslog", "192.0.2.1", message);
  }
  void keep(base::TimeMs after = 0, bool last = false) {
    now += after;
    keeper.keep(intake, now, last);
  }
  base::Result<void> write(const listen::Batch& batch, const desk::EventLoss& loss) {
    ++tries;
    if (is_away) return base::fail(base::Errc::unavailable, "the database is away");
    for (const auto& [sender, messages] : batch.events)
      for (const auto& one : messages) written.push_back(one.condition);
    lost += loss.messages;
    return {};
  }

  bool is_away = false;
  int tries = 0, answered = 0;
  std::int64_t lost = 0;
  std::vector<std::string> written;
  base::TimeMs now = 1'790'000'000'000;
  listen::Intake intake{1'000};
  EventKeeper keeper{{[this](const auto& batch, const auto& loss) { return write(batch, loss); },
                      [this](const auto&) { ++answered; }}};
};

TEST_F(Keeping, WritesEventsAtOnceAndCountsOnceASecond) {
  tell("a");
  keep();
  EXPECT_EQ(written, std::vector<std::string>{"a"});
  intake.admit("syslog", "192.0.2.1", now);
  keep(second / 2);
  EXPECT_EQ(tries, 1);
  keep(second);
  EXPECT_EQ(tries, 2);
}

TEST_F(Keeping, TriesAgainAfterLongerAndLongerPausesAndKeepsTheOrder) {
  is_away = true;
  tell("a");
  keep();
  tell("b");
  keep(second / 2);
  EXPECT_EQ(tries, 1) << "the pause is not over";
  keep(second / 2);
  EXPECT_EQ(tries, 2);
  keep(second);
  EXPECT_EQ(tries, 2) << "the second pause is longer";
  is_away = false;
  keep(second);
  EXPECT_EQ(written, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(keeper.is_waiting());
}

TEST_F(Keeping, GivesUpAtLastAndCounts) {
  is_away = true;
  tell("a");
  tell("b");
  for (int i = 0; i < EventKeeper::most_tries; ++i) keep(30 * second);
  EXPECT_EQ(tries, EventKeeper::most_tries + 1) << "and one to write how many are lost";
  EXPECT_TRUE(keeper.is_waiting());
  is_away = false;
  keep(second);
  EXPECT_EQ(lost, 2);
  EXPECT_TRUE(written.empty());
  keep(second);
  EXPECT_EQ(lost, 2) << "once";
}

TEST_F(Keeping, AnswersWhatIsWrittenAlone) {
  is_away = true;
  tell("a");
  intake.answer_later({{}, {"bytes"}});
  keep();
  EXPECT_EQ(answered, 0);
  is_away = false;
  keep(second);
  EXPECT_EQ(answered, 1);
}

TEST_F(Keeping, TriesOnceMoreAtTheEnd) {
  is_away = true;
  tell("a");
  keep();
  tell("b");
  is_away = false;
  keep(0, true);
  EXPECT_EQ(written, (std::vector<std::string>{"a", "b"}));
}

TEST_F(Keeping, GoesOnWhenTheTimeIsSetBack) {
  is_away = true;
  tell("a");
  keep();
  is_away = false;
  keep(-3'600 * second);
  EXPECT_EQ(written, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace censo::collector::jobs
