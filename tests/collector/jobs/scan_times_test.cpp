// Jobs with windows: when they run next, and what becomes of a run outside of them.
#include "collector/jobs/scan_times.h"

#include "tests/cmdb/seeded_database.h"

#include <cstdlib>
#include <ctime>

namespace censo::collector::jobs {
namespace {

base::TimeMs at(std::string_view text) {
  return *base::parse_iso8601(text);
}

class ScanTimes : public testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    tzset();
    db.write([&](store::Transaction& tx) { save_credential(tx, {"public", "v2c", "", 1}, {1}); });
    job.name = "office";
    job.ranges = {"10.0.0.0/30"};
    job.credentials = {"public"};
    job.schedule = "0 12 * * *";
    job.windows = {"mon-fri 22:00-05:00 Europe/Madrid"};  // 2026-12-19 is a Saturday
    job.created_at = at("2026-12-01T00:00Z");
  }

  // "when it is due > when it begins"
  std::string next(std::string_view after) const {
    const auto run = next_run(job, at(after));
    if (!run) return "never";
    return base::to_iso8601(run->due_at).substr(5, 11) + " > " +
           base::to_iso8601(run->begins_at).substr(5, 11);
  }
  void stand_at(std::string_view moment) { db.advance_ms(at(moment) - db.clock().now()); }

  SeededDatabase db;
  StoredJob job;
};

TEST_F(ScanTimes, WhatIsDueOutsideWaitsForTheOpening) {
  EXPECT_EQ(next("2026-12-18T23:00Z"), "12-19T12:00 > 12-21T21:00") << "from an open window";
  EXPECT_EQ(next("2026-12-19T10:00Z"), "12-19T12:00 > 12-21T21:00") << "before it is due";
  EXPECT_EQ(next("2026-12-21T20:59Z"), "12-19T12:00 > 12-21T21:00") << "it was due while they were closed";
  EXPECT_EQ(next("2026-12-21T21:00Z"), "12-22T12:00 > 12-22T21:00") << "and the next";
}

TEST_F(ScanTimes, WhatIsDueInsideBeginsThen) {
  job.schedule = "30 23 * * *";
  EXPECT_EQ(next("2026-12-21T21:00Z"), "12-21T23:30 > 12-21T23:30");
}

TEST_F(ScanTimes, ARunByHandMeanwhileIsTheOneThatWasDue) {
  job.last_started_at = at("2026-12-20T15:00Z");
  EXPECT_EQ(next("2026-12-20T16:00Z"), "12-21T12:00 > 12-21T21:00");
}

TEST_F(ScanTimes, NothingWasDueBeforeTheJobWasThere) {
  job.created_at = at("2026-12-21T13:00Z");
  EXPECT_EQ(next("2026-12-21T14:00Z"), "12-22T12:00 > 12-22T21:00");
}

TEST_F(ScanTimes, AnIntervalWaitsToo) {
  job.schedule = "every 4h";
  job.last_started_at = at("2026-12-19T02:00Z");
  EXPECT_EQ(next("2026-12-19T03:00Z"), "12-19T06:00 > 12-21T21:00");
  EXPECT_EQ(next("2026-12-20T03:00Z"), "12-19T06:00 > 12-21T21:00");
}

TEST_F(ScanTimes, WithoutWindowsTheScheduleAlone) {
  job.windows.clear();
  EXPECT_EQ(next("2026-12-19T10:00Z"), "12-19T12:00 > 12-19T12:00");
  job.schedule = "";
  EXPECT_EQ(next("2026-12-19T10:00Z"), "never");
}

TEST_F(ScanTimes, WindowsAreKeptAndReplaced) {
  db.write([&](store::Transaction& tx) {
    const auto added = add_job(tx, job, db.clock());
    ASSERT_TRUE(added) << to_string(added.error());
    EXPECT_EQ(find_job(tx, "office")->windows, job.windows);
    ASSERT_TRUE(set_windows(tx, *added, {"sat 08:00-09:00 Etc/UTC", "forbidden sun 00:00-24:00 Etc/UTC"},
                            db.clock()));
    EXPECT_EQ(find_job(tx, "office")->windows.size(), 2u);
    const auto bad = set_windows(tx, *added, {"sat 08:00-09:00 Etc/UTC", "sometimes"}, db.clock());
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().where, "/windows/1");
    EXPECT_EQ(find_job(tx, "office")->windows.size(), 2u) << "nothing was written";
  });
}

TEST_F(ScanTimes, AJobWithABadWindowIsRefused) {
  job.windows = {"mon 22:00-05:00 Europe/Atlantis"};
  db.write([&](store::Transaction& tx) {
    const auto added = add_job(tx, job, db.clock());
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().where, "/windows/0");
  });
}

TEST_F(ScanTimes, ARunOutsideIsRefusedOrWaitsOrIsForced) {
  stand_at("2026-12-19T12:00Z");
  db.write([&](store::Transaction& tx) {
    const auto added = *add_job(tx, job, db.clock());
    const auto refused = queue_run(tx, added, db.clock(), "here");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "OUTSIDE_WINDOW");
    EXPECT_EQ(
        refused.error().message,
        "scan job \"office\" may not scan now: its windows open at 2026-12-21T21:00:00.000Z; with --now "
        "(\"force\": true) it scans all the same");
    auto waiting = *queue_run(tx, added, db.clock(), "here", Outside::waits);
    EXPECT_FALSE(may_begin(tx, waiting, db.clock().now()));
    EXPECT_TRUE(may_begin(tx, waiting, at("2026-12-21T21:00Z")));
    EXPECT_EQ(window_left_ms(added, waiting, db.clock().now()), 0);
    waiting.ended_at = db.clock().now();
    waiting.state = "cancelled";
    save_run(tx, waiting);
    const auto forced = *queue_run(tx, added, db.clock(), "here", Outside::forced);
    EXPECT_TRUE(find_run(tx, to_text(forced.id))->forced);
    EXPECT_TRUE(may_begin(tx, forced, db.clock().now()));
    EXPECT_EQ(window_left_ms(added, forced, db.clock().now()), std::nullopt) << "no window ends it";
  });
}

TEST_F(ScanTimes, TheTimeLeftIsThatToTheClosing) {
  EXPECT_EQ(window_left_ms(job, {}, at("2026-12-22T03:00Z")), 3'600'000);
  job.windows.clear();
  EXPECT_EQ(window_left_ms(job, {}, at("2026-12-22T03:00Z")), std::nullopt);
}

}  // namespace
}  // namespace censo::collector::jobs
