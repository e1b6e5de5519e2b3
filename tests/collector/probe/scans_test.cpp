// Scans of a probe whose database fails: what is not spooled is counted.
#include "collector/probe/scans.h"

#include "cmdb/store/database.h"
#include "collector/jobs/probe_entry.h"
#include "collector/probe/spool.h"
#include "collector/scanner/scan_job.h"
#include "tests/base/scratch_folder.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace censo::collector::probe {
namespace {

class FailingScans : public testing::Test {
 protected:
  void execute(const char* sql) {
    const auto done = database.write([&](store::Transaction& tx) -> store::Outcome {
      tx.execute(sql);
      return {};
    });
    ASSERT_TRUE(done) << base::to_string(done.error());
  }
  SpoolState state() {
    SpoolState found;
    EXPECT_TRUE(database.read([&](store::Transaction& tx) -> store::Outcome {
      found = spool_state(tx);
      return {};
    }));
    return found;
  }
  // One address where nobody is, to its end.
  void scan() {
    jobs::HandedRun handed;
    handed.run = jobs::RunId(7);
    handed.job.id = "job";
    handed.job.ranges = {"127.0.0.1"};
    handed.job.port = 1;
    handed.job.credentials.emplace_back().community = "public";
    scans.start(std::move(handed));
    const auto is_running = [this] {
      const auto runs = scans.runs();
      return !runs.empty() && runs.front().state == "running";
    };
    for (int i = 0; i < 400 && is_running(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    scans.stop_all();
  }

  base::ScratchFolder folder;
  base::SystemClock clock;
  store::Database database{store::DatabaseSettings{test::location(folder / "probe.db")}};
  scanner::Scanner scanner{clock};
  Unwritten unwritten;
  Scans scans{ScanSurroundings{database, clock, scanner, unwritten, 1'000'000, [] {}}};
};

TEST_F(FailingScans, CountWhatCouldNotBeWritten) {
  execute("alter table probe_spool rename to probe_spool_away");
  scan();
  EXPECT_EQ(unwritten.entries(), 2) << "the address and the end of the scan";
  EXPECT_EQ(state().lost, 0);
  execute("alter table probe_spool_away rename to probe_spool");
  unwritten.settle(database);
  EXPECT_EQ(unwritten.entries(), 0);
  EXPECT_EQ(state().lost, 2);
}

TEST_F(FailingScans, KeepTheCountWhileItCannotBeWrittenEither) {
  execute("alter table probe_counter rename to probe_counter_away");
  unwritten.add(3);
  unwritten.settle(database);
  EXPECT_EQ(unwritten.entries(), 3);
  execute("alter table probe_counter_away rename to probe_counter");
  unwritten.settle(database);
  EXPECT_EQ(state().lost, 3);
}

TEST_F(FailingScans, CountNothingWhileAllIsWell) {
  scan();
  EXPECT_EQ(unwritten.entries(), 0);
  EXPECT_EQ(state().entries, 2);
  EXPECT_EQ(state().lost, 0);
}

}  // namespace
}  // namespace censo::collector::probe
