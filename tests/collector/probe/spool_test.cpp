#include "collector/probe/spool.h"

#include "cmdb/store/database.h"
#include "collector/jobs/probe_entry.h"
#include "tests/base/scratch_folder.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <optional>

namespace censo::collector::probe {
namespace {

constexpr std::int64_t plenty = 1'000'000;

class SpoolTest : public testing::Test {
 protected:
  void SetUp() override { database_.emplace(store::DatabaseSettings{test::location(folder_ / "probe.db")}); }
  template <class F>
  void write(const F& action) {
    const auto done = database_->write([&](store::Transaction& tx) -> store::Outcome {
      action(tx);
      return {};
    });
    ASSERT_TRUE(done) << base::to_string(done.error());
  }
  void add(const std::string& kind, const std::string& about, std::int64_t most = plenty) {
    write([&](store::Transaction& tx) { add_entry(tx, {0, kind, about, {}}, most, clock_); });
  }
  std::vector<jobs::ProbeEntry> waiting() {
    std::vector<jobs::ProbeEntry> entries;
    write([&](store::Transaction& tx) { entries = oldest_entries(tx, plenty); });
    return entries;
  }
  SpoolState state() {
    SpoolState found;
    write([&](store::Transaction& tx) { found = spool_state(tx); });
    return found;
  }
  static jobs::StoredRun ended_run(std::int64_t id) {
    jobs::StoredRun run;
    run.id = jobs::RunId(id);
    run.state = "done";
    return run;
  }

  base::ScratchFolder folder_;
  std::optional<store::Database> database_;
  base::ManualClock clock_{1'800'000'000'000};
};

TEST_F(SpoolTest, GivesTheOldestFirstWithRisingNumbers) {
  add("report", "{\"a\":1}");
  add("devices", "{\"a\":2}");
  const auto entries = waiting();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].about, "{\"a\":1}");
  EXPECT_EQ(entries[1].kind, "devices");
  EXPECT_LT(entries[0].sequence, entries[1].sequence);
}

TEST_F(SpoolTest, NumbersRiseWhenTheClockGoesBack) {
  add("report", "{}");
  clock_.set(1'700'000'000'000);
  add("report", "{}");
  const auto entries = waiting();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_LT(entries[0].sequence, entries[1].sequence);
}

TEST_F(SpoolTest, DropsTheOldestWhenItIsFullAndCountsThem) {
  add("report", "{\"n\":1}", 20);
  add("report", "{\"n\":2}", 20);
  add("report", "{\"n\":3}", 20);
  const auto entries = waiting();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].about, "{\"n\":2}");
  EXPECT_EQ(state().lost, 1);
  EXPECT_EQ(state().entries, 2);
  EXPECT_EQ(state().bytes, 14);
}

TEST_F(SpoolTest, NeverDropsTheEndOfAScan) {
  write([&](store::Transaction& tx) { end_run(tx, ended_run(7), 10, clock_); });
  add("report", "{\"n\":1}", 10);
  const auto entries = waiting();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind, "run");
}

TEST_F(SpoolTest, ForgetsWhatWasDeliveredAndNoMore) {
  add("report", "{\"n\":1}");
  add("report", "{\"n\":2}");
  const auto first = waiting().front().sequence;
  write([&](store::Transaction& tx) { forget_delivered(tx, first); });
  ASSERT_EQ(waiting().size(), 1u);
  EXPECT_EQ(waiting().front().about, "{\"n\":2}");
  EXPECT_EQ(state().bytes, 7);
}

TEST_F(SpoolTest, GoesOnAboveWhatTheCentreHasAfterAnOlderStateCameBack) {
  const std::int64_t far = 8'000'000'000'000'000'000;
  write([&](store::Transaction& tx) { forget_delivered(tx, far); });
  add("report", "{}");
  EXPECT_EQ(waiting().front().sequence, far + 1);
}

TEST_F(SpoolTest, ARunIsOpenUntilItsEndIsDelivered) {
  write([&](store::Transaction& tx) {
    begin_run(tx, jobs::RunId(7));
    begin_run(tx, jobs::RunId(8));
    end_run(tx, ended_run(7), plenty, clock_);
  });
  const auto end = waiting().front().sequence;
  std::vector<OpenRun> before, after;
  write([&](store::Transaction& tx) { before = open_runs(tx); });
  write([&](store::Transaction& tx) {
    forget_delivered(tx, end);
    after = open_runs(tx);
  });
  ASSERT_EQ(before.size(), 2u);
  EXPECT_TRUE(before[0].ended);
  EXPECT_FALSE(before[1].ended);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].id, jobs::RunId(8));
}

TEST_F(SpoolTest, WhatIsGivenUpKeepsItsPlaceAndSaysWhy) {
  write([&](store::Transaction& tx) {
    add_entry(tx, {0, "report", jobs::to_json(jobs::ReportAbout{"a-1", "s-1"}), "body"}, plenty, clock_);
  });
  const auto entry = waiting().front();
  write([&](store::Transaction& tx) {
    give_up(tx, entry, base::fail(base::Errc::malformed, "STALE_SEQUENCE: it is older"));
  });
  const auto given_up = waiting().front();
  const auto about = jobs::parse_refused_about(given_up.about);
  EXPECT_EQ(given_up.sequence, entry.sequence);
  EXPECT_EQ(given_up.kind, "refused");
  EXPECT_EQ(given_up.body, "");
  EXPECT_EQ(about.reason, "STALE_SEQUENCE");
  EXPECT_EQ(about.agent_id, "a-1");
  EXPECT_EQ(state().bytes, static_cast<std::int64_t>(given_up.about.size()));
}

TEST_F(SpoolTest, IsThereAfterARestart) {
  add("report", "{\"n\":1}");
  const auto location = test::location(folder_ / "probe.db");
  if (location.find("postgresql") == 0) GTEST_SKIP() << "a probe's spool is a file";
  database_.reset();
  database_.emplace(store::DatabaseSettings{folder_ / "probe.db"});
  EXPECT_EQ(waiting().size(), 1u);
  EXPECT_EQ(state().entries, 1);
}

}  // namespace
}  // namespace censo::collector::probe
