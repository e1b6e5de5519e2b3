#include "agent/renewal.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

using base::Errc;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class RenewalTimes : public testing::Test {
 protected:
  base::Result<void> renew() {
    ++asked_;
    if (answers_after_ > 0 && --answers_after_ > 0)
      return base::fail(Errc::unavailable, "passed on", {}, "PASSED_ON");
    if (refused_) return base::fail(Errc::permission_denied, "revoked", {}, "AGENT_REVOKED");
    due_ += 1'000'000'000;
    return {};
  }

  base::ManualClock clock_{1'000'000};
  base::TimeMs due_ = 1'000'000;
  int answers_after_ = 0;  // so many tries
  bool refused_ = false;
  int asked_ = 0;
  Renewal renewal_{{[this] { return due_; }, [this] { return renew(); }}, clock_};
};

TEST_F(RenewalTimes, BeforeItIsDueNothingIsAsked) {
  due_ += 90'000;
  EXPECT_EQ(renewal_.renew_if_due(), seconds(90));
  EXPECT_EQ(asked_, 0);
}

TEST_F(RenewalTimes, WhatIsRefusedIsAskedAgainInAnHour) {
  refused_ = true;
  EXPECT_EQ(renewal_.renew_if_due(), hours(1));
  EXPECT_EQ(asked_, 1);
}

TEST_F(RenewalTimes, WhileAProbeAsksEachTryIsAMomentLaterAndNobodyWaits) {
  answers_after_ = 4;
  EXPECT_EQ(renewal_.renew_if_due(), seconds(1));
  EXPECT_EQ(renewal_.renew_if_due(), seconds(2));
  EXPECT_EQ(renewal_.renew_if_due(), seconds(4));
  EXPECT_EQ(renewal_.renew_if_due(), hours(1));
  EXPECT_EQ(asked_, 4) << "the fourth was answered";
}

TEST_F(RenewalTimes, AProbeWithoutAWayToItsCollectorIsLeftAloneForAnHour) {
  answers_after_ = 1000;
  milliseconds waited{0}, pause = renewal_.renew_if_due();
  for (; pause < hours(1); pause = renewal_.renew_if_due()) waited += pause;
  EXPECT_GE(waited, minutes(4));
  EXPECT_LE(waited, minutes(10)) << "as long as the probe keeps the answer";
  EXPECT_EQ(renewal_.renew_if_due(), seconds(1)) << "an hour later";
}

}  // namespace
}  // namespace censo::agent
