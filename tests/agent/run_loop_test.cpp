// Hours of the agent's life in a moment: the clock is a number, waiting adds to it.
#include "agent/run_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace censo::agent {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Next = RunSteps::Sending::Next;
using Woken = RunSteps::Woken;

class RunLoop : public testing::Test {
 protected:
  RunLoop() {
    steps_.take_report = [this](Look look) {
      if (look == Look::after_change) {
        looks_.push_back(now_);
        return;
      }
      reports_.push_back(now_);
      ++waiting_;
    };
    steps_.send_oldest = [this]() -> RunSteps::Sending {
      if (waiting_ == 0) return {};
      tries_.push_back(now_);
      return collector_();
    };
    steps_.renew_if_due = [this] {
      renewals_.push_back(now_);
      return milliseconds(hours(10));
    };
    steps_.now = [this] { return now_; };
    steps_.wait = [this](milliseconds time, bool watching) {
      ++wake_ups_;
      const auto until = now_ + time;
      if (wish_ && *wish_ <= until) {
        now_ = *std::exchange(wish_, std::nullopt);
        return Woken::asked;
      }
      const auto change = changes_.lower_bound(now_);
      if (watching && change != changes_.end() && *change <= until) {
        now_ = *change;
        changes_.erase(change);
        return Woken::changed;
      }
      now_ = until;
      changes_.erase(changes_.begin(), changes_.lower_bound(now_));
      return now_ < end_ ? Woken::time_passed : Woken::stop;
    };
    steps_.random = [this] { return random_; };
    collector_ = [this]() -> RunSteps::Sending {
      --waiting_;
      return {Next::more, std::nullopt};
    };
  }
  void run_until(milliseconds end) {
    end_ = end;
    run_loop(steps_, times_);
  }

  RunSteps steps_;
  RunTimes times_{hours(1), minutes(1)};
  std::function<RunSteps::Sending()> collector_;
  std::set<milliseconds> changes_;
  std::optional<milliseconds> wish_;
  std::vector<milliseconds> reports_, looks_, tries_, renewals_;
  milliseconds now_{0}, end_{0};
  double random_ = 0.5;
  int waiting_ = 0;
  int wake_ups_ = 0;
};

TEST_F(RunLoop, StartsWithinTheSplay) {
  run_until(minutes(10));
  EXPECT_EQ(reports_, std::vector<milliseconds>{seconds(30)});
}

TEST_F(RunLoop, ReportsEveryInterval) {
  run_until(hours(3));
  EXPECT_EQ(reports_,
            (std::vector<milliseconds>{seconds(30), hours(1) + seconds(30), hours(2) + seconds(30)}));
}

TEST_F(RunLoop, TheIntervalVariesByATenth) {
  random_ = 0;
  run_until(minutes(60));
  EXPECT_EQ(reports_, (std::vector<milliseconds>{seconds(0), minutes(54)}));
}

TEST_F(RunLoop, WakesUpOnlyWhenThereIsWork) {
  run_until(hours(9));
  EXPECT_EQ(wake_ups_, 10);  // the start splay and nine reports
}

TEST_F(RunLoop, ReportsAtOnceWhenAskedAndEveryIntervalFromThereOn) {
  wish_ = minutes(10);
  run_until(minutes(80));
  EXPECT_EQ(reports_, (std::vector<milliseconds>{seconds(30), minutes(10), minutes(70)}));
}

TEST_F(RunLoop, SendsWhatTheLastRunLeft) {
  waiting_ = 3;
  run_until(minutes(2));
  EXPECT_EQ(tries_.size(), 4U);
  EXPECT_EQ(waiting_, 0);
}

TEST_F(RunLoop, BacksOffTwiceAsLongEachTimeUpToAnHour) {
  random_ = 1;
  times_.start_splay = {};
  times_.interval = hours(1000);
  collector_ = [] { return RunSteps::Sending{Next::later, std::nullopt}; };
  run_until(hours(6));
  ASSERT_GE(tries_.size(), 13U);
  EXPECT_EQ(tries_[1] - tries_[0], seconds(5));
  EXPECT_EQ(tries_[2] - tries_[1], seconds(10));
  EXPECT_EQ(tries_[3] - tries_[2], seconds(20));
  EXPECT_EQ(tries_[12] - tries_[11], hours(1));
}

// An outage of two hours: whoever has backed off comes back within the hour after it, and at no moment many
// at once.
TEST_F(RunLoop, AFleetComesBackSpreadOverTheHourAfterAnOutage) {
  constexpr int agents = 10'000, windows = 360;
  constexpr milliseconds outage = hours(2), window = seconds(10);
  std::mt19937 generator{4};
  std::vector<int> arrived(windows + 1);
  steps_.random = [&generator] { return std::uniform_real_distribution<double>()(generator); };
  collector_ = [&]() -> RunSteps::Sending {
    if (now_ < outage) return {Next::later, std::nullopt};
    if (waiting_ > 0) ++arrived.at(static_cast<std::size_t>((now_ - outage) / window));
    waiting_ = 0;
    return {};
  };
  for (int i = 0; i < agents; ++i) {
    now_ = {};
    waiting_ = 0;
    run_until(outage + hours(1));
  }
  const int served = std::accumulate(arrived.begin(), arrived.end(), 0);
  EXPECT_GE(served, agents);
  EXPECT_LE(*std::max_element(arrived.begin(), arrived.end()), 3 * served / windows);
}

TEST_F(RunLoop, NeverTriesBeforeTheCollectorWantsIt) {
  random_ = 0;
  times_.interval = hours(1000);
  collector_ = [] { return RunSteps::Sending{Next::later, seconds(90)}; };
  run_until(seconds(100));
  EXPECT_EQ(tries_, (std::vector<milliseconds>{seconds(0), seconds(90)}));
}

TEST_F(RunLoop, ANewReportDoesNotCutTheBackOffShort) {
  random_ = 0;
  collector_ = [] { return RunSteps::Sending{Next::later, seconds(3 * 3600)}; };
  run_until(hours(2));
  EXPECT_EQ(reports_.size(), 3U);
  EXPECT_EQ(tries_.size(), 1U);
}

TEST_F(RunLoop, ReportsAgainAtOnceWhenItsNumbersWereBehind) {
  collector_ = [this]() -> RunSteps::Sending {
    --waiting_;
    return reports_.size() == 1 ? RunSteps::Sending{Next::report_again, std::nullopt}
                                : RunSteps::Sending{Next::more, std::nullopt};
  };
  run_until(minutes(10));
  ASSERT_EQ(reports_.size(), 2U);
  EXPECT_LE(reports_[1] - reports_[0], seconds(5));
}

TEST_F(RunLoop, DoesNotReportForeverToACollectorThatAlwaysSaysSo) {
  collector_ = [this] {
    --waiting_;
    return RunSteps::Sending{Next::report_again, std::nullopt};
  };
  run_until(minutes(30));
  EXPECT_EQ(reports_.size(), 2U);
}

TEST_F(RunLoop, AsksForRenewalAtTheStartAndWhenItIsDue) {
  run_until(hours(12));
  EXPECT_EQ(renewals_, (std::vector<milliseconds>{hours(0), hours(10)}));
}

TEST_F(RunLoop, AnIntervalThatTheCollectorSetsHoldsFromThatAnswerOn) {
  const auto send = steps_.send_oldest;
  steps_.send_oldest = [this, send] {
    times_.interval = minutes(10);
    return send();
  };
  run_until(minutes(12));
  EXPECT_EQ(reports_, (std::vector<milliseconds>{seconds(30), minutes(10) + seconds(30)}));
}

TEST_F(RunLoop, LooksWithinAMinuteOfAChange) {
  changes_ = {minutes(20)};
  random_ = 1;
  run_until(hours(1));
  ASSERT_EQ(looks_.size(), 1U);
  EXPECT_LT(looks_[0] - minutes(20), minutes(1));
}

TEST_F(RunLoop, ManyChangesInARowAreOneLookAndOneWakeUp) {
  for (int i = 0; i < 5000; ++i) changes_.insert(minutes(20) + milliseconds(i));
  run_until(minutes(30));
  EXPECT_EQ(looks_.size(), 1U);
  EXPECT_LE(wake_ups_, 4);
}

TEST_F(RunLoop, AHostThatNeverRestsIsLookedAtEvery45Seconds) {
  for (int i = 0; i < 3600; ++i) changes_.insert(seconds(i));
  times_.interval = hours(10);
  run_until(hours(1));
  EXPECT_LE(looks_.size(), 80U);
  EXPECT_GE(looks_.size(), 60U);
}

TEST_F(RunLoop, ALookDoesNotPutTheRegularReportOff) {
  changes_ = {minutes(20), minutes(40)};
  run_until(hours(1) + minutes(2));
  EXPECT_EQ(looks_.size(), 2U);
  EXPECT_EQ(reports_, (std::vector<milliseconds>{seconds(30), hours(1) + seconds(30)}));
}

TEST_F(RunLoop, WhatALookSpooledIsSentAtOnce) {
  changes_ = {minutes(20)};
  const auto look = steps_.take_report;
  steps_.take_report = [this, look](Look why) {
    look(why);
    if (why == Look::after_change) ++waiting_;
  };
  run_until(minutes(30));
  ASSERT_EQ(tries_.size(), 2U);
  EXPECT_EQ(tries_[1], looks_[0]);
}

}  // namespace
}  // namespace censo::agent
