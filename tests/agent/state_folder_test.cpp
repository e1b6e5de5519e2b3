#include "agent/state_folder.h"

#include "base/file.h"
#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

using base::Errc;

class StateFolder : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  base::ManualClock clock_{1'790'000'000'000};
};

TEST_F(StateFolder, SequencesCountFromOne) {
  EXPECT_EQ(*next_sequence(folder_.path(), clock_), 1U);
  EXPECT_EQ(*next_sequence(folder_.path(), clock_), 2U);
}

TEST_F(StateFolder, ASequenceIsOnDiskBeforeItIsUsed) {
  next_sequence(folder_.path(), clock_).value();
  EXPECT_EQ(*base::read_own_file(folder_.path() + "/sequence"), "1\n");
}

TEST_F(StateFolder, ADamagedCounterGoesOnFromTheTimeOfDay) {
  base::write_own_file(folder_.path() + "/sequence", "garbage").value();
  EXPECT_EQ(*next_sequence(folder_.path(), clock_), 1'790'000'001U);
}

TEST_F(StateFolder, AnAdvancedCounterIsAheadOfAnyEarlierOne) {
  next_sequence(folder_.path(), clock_).value();
  ASSERT_TRUE(advance_sequence(folder_.path(), clock_));
  EXPECT_EQ(*next_sequence(folder_.path(), clock_), 1'790'000'001U);
}

TEST_F(StateFolder, ACounterNeverGoesBack) {
  base::write_own_file(folder_.path() + "/sequence", "2000000000\n").value();
  ASSERT_TRUE(advance_sequence(folder_.path(), clock_));
  EXPECT_EQ(*next_sequence(folder_.path(), clock_), 2'000'000'001U);
}

TEST_F(StateFolder, OneAgentAtATime) {
  const auto lock = StateLock::take(folder_.path());
  ASSERT_TRUE(lock);
  EXPECT_EQ(StateLock::take(folder_.path()).error().code, Errc::conflict);
}

TEST_F(StateFolder, TheLockEndsWithItsHolder) {
  { const auto lock = StateLock::take(folder_.path()); }
  EXPECT_TRUE(StateLock::take(folder_.path()));
}

TEST_F(StateFolder, TheLastReportReadsBackAsWritten) {
  ASSERT_TRUE(save_last_report(folder_.path(), {7, "updated", "01h2xcejqtf2n", 1'790'000'000'123}));
  const auto last = load_last_report(folder_.path());
  ASSERT_TRUE(last);
  EXPECT_EQ(last->sequence, 7U);
  EXPECT_EQ(last->ci, "01h2xcejqtf2n");
  EXPECT_EQ(last->at, 1'790'000'000'123);
}

}  // namespace
}  // namespace censo::agent
