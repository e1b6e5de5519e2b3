// Hours of the agent's life in a moment: the clock is a number, waiting adds to it.
#include "agent/run_loop.h"

#include <gtest/gtest.h>

#include <vector>

namespace censo::agent {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Next = RunSteps::Sending::Next;

class RunLoop : public testing::Test {
 protected:
  RunLoop() {
    steps_.take_report = [this] {
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
    steps_.wait = [this](milliseconds time) {
      now_ += time;
      ++wake_ups_;
      return now_ < end_;
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
  std::vector<milliseconds> reports_, tries_, renewals_;
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

}  // namespace
}  // namespace censo::agent
