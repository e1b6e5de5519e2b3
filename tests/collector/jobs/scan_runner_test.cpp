// The real runner and scanner, a job with windows, and a port of this host where nobody answers.
#include "collector/jobs/scan_runner.h"

#include "tests/cmdb/seeded_database.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace censo::collector::jobs {
namespace {

// The runner looks at it from its own threads.
class SetClock final : public base::Clock {
 public:
  base::TimeMs now() const override { return now_; }
  void set(std::string_view text) { now_ = *base::parse_iso8601(text); }

 private:
  std::atomic<base::TimeMs> now_{0};
};

class ScanRunnerTest : public testing::Test {
 protected:
  ScanRunnerTest() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* general = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(silent, general, sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(silent, general, &size), 0);
    port = ntohs(address.sin_port);
    scanner::SnmpCredential credential;
    credential.name = "public";
    credential.community = "public";
    db.write([&](store::Transaction& tx) {
      save_credential(tx, {"public", "v2c", "", 1}, runner.credential_box().seal(credential));
    });
  }
  ~ScanRunnerTest() override {
    runner.stop();
    close(silent);
  }

  StoredJob add(const std::string& name, std::vector<std::string> windows, const std::string& schedule = "") {
    StoredJob job;
    job.name = name;
    job.ranges = {"127.0.0.1"};
    job.port = port;
    job.credentials = {"public"};
    job.windows = std::move(windows);
    job.schedule = schedule;
    db.write([&](store::Transaction& tx) {
      const auto added = add_job(tx, job, clock);
      ASSERT_TRUE(added) << to_string(added.error());
      job = *added;
    });
    return job;
  }
  // And waits until it looks for work: before that it ends what an earlier process left.
  void start() {
    const auto first = add("first", {}, "every 4h");
    runner.start();
    ASSERT_EQ(when(first, "running")->state, "running");
  }
  void queue(const StoredJob& job, Outside outside) {
    db.write([&](store::Transaction& tx) { ASSERT_TRUE(queue_run(tx, job, clock, "here", outside)); });
    runner.wake();
  }
  std::optional<StoredRun> newest(const StoredJob& job) {
    std::optional<StoredRun> run;
    db.write([&](store::Transaction& tx) { run = newest_run(tx, job.id); });
    return run;
  }
  // As it is then, or after ten seconds.
  std::optional<StoredRun> when(const StoredJob& job, std::string_view state) {
    auto run = newest(job);
    for (int i = 0; i < 500 && (!run || run->state != state); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      run = newest(job);
    }
    return run;
  }

  static ScanRunnerSettings settings() {
    ScanRunnerSettings settings;
    settings.collector = "here";
    settings.parallel_runs = 8;
    return settings;
  }

  const int silent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;
  SetClock clock;
  SeededDatabase db;
  const cmdb::ClassCatalog catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  ScanRunner runner{db.database(), catalog, clock, CredentialBox::open(db.folder() + "/scanner.key").value(),
                    settings()};
};

TEST_F(ScanRunnerTest, ARunStopsWhenItsWindowCloses) {
  clock.set("2026-12-19T04:59:59.700Z");
  const auto job = add("office", {"daily 22:00-05:00 Etc/UTC"});
  start();
  queue(job, Outside::refused);
  const auto run = when(job, "cancelled");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->state, "cancelled");
  EXPECT_NE(run->detail.find("its window closed; addresses not reached: 1"), std::string::npos)
      << run->detail;
  EXPECT_EQ(run->verdicts, (std::map<std::string, std::size_t>{{"window_closed", 1}}));
  db.write([&](store::Transaction& tx) {
    const auto device = device_of(tx, *run, "127.0.0.1");
    ASSERT_TRUE(device);
    EXPECT_EQ(device->verdict, "window_closed");
    EXPECT_EQ(device->detail, "the window of the scan closed");
  });
}

TEST_F(ScanRunnerTest, AForcedRunGoesOnWithoutAWindow) {
  clock.set("2026-12-19T12:00Z");
  const auto job = add("office", {"daily 22:00-05:00 Etc/UTC"});
  start();
  queue(job, Outside::forced);
  const auto run = when(job, "running");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->state, "running");
  EXPECT_TRUE(runner.cancel(run->id));
  const auto ended = when(job, "cancelled");
  EXPECT_EQ(ended->verdicts, (std::map<std::string, std::size_t>{{"cancelled", 1}})) << "a person stopped it";
}

TEST_F(ScanRunnerTest, WhatWaitsBeginsWhenTheWindowsOpen) {
  clock.set("2026-12-19T21:58Z");
  const auto queued = add("queued", {"daily 22:00-05:00 Etc/UTC"});
  const auto scheduled = add("scheduled", {"daily 22:00-05:00 Etc/UTC"}, "59 21 * * *");
  const auto free = add("free", {});
  start();
  queue(queued, Outside::waits);
  queue(free, Outside::refused);
  ASSERT_EQ(when(free, "running")->state, "running");
  clock.set("2026-12-19T21:59:30Z");
  runner.wake();
  const auto second = add("second", {});
  queue(second, Outside::refused);
  ASSERT_EQ(when(second, "running")->state, "running");
  EXPECT_EQ(newest(queued)->state, "queued");
  EXPECT_FALSE(newest(scheduled)) << "it was due at 21:59";
  clock.set("2026-12-19T22:00Z");
  runner.wake();
  EXPECT_EQ(when(queued, "running")->state, "running");
  const auto begun = when(scheduled, "running");
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->state, "running");
}

}  // namespace
}  // namespace censo::collector::jobs
