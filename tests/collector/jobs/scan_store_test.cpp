#include "collector/jobs/scan_store.h"

#include "cmdb/store/database.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace censo::collector::jobs {
namespace {

class ScanStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/censo-scans-XXXXXX";
    folder_ = mkdtemp(pattern);
    database_ =
        std::make_unique<store::Database>(store::DatabaseSettings{test::location(folder_ + "/censo.db")});
    write([&](store::Transaction& tx) { save_credential(tx, {"public", "v2c", "", 1}, {1, 2, 3}); });
  }
  void TearDown() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  template <class F>
  void write(const F& action) {
    const auto done = database_->write([&](store::Transaction& tx) -> store::Outcome {
      action(tx);
      return {};
    });
    ASSERT_TRUE(done) << base::to_string(done.error());
  }

  static StoredJob job(std::string name = "office") {
    StoredJob job;
    job.name = std::move(name);
    job.ranges = {"10.0.0.0/30"};
    job.credentials = {"public"};
    return job;
  }

  // The field at fault, or "" when the job is taken.
  std::string fault_of(const StoredJob& job) {
    std::string where;
    write([&](store::Transaction& tx) {
      const auto added = add_job(tx, job, clock_);
      where = added ? "" : added.error().where;
    });
    return where;
  }

  std::string folder_;
  std::unique_ptr<store::Database> database_;
  base::ManualClock clock_{1'800'000'000'000};
};

TEST_F(ScanStoreTest, AJobIsFoundByNameAndById) {
  write([&](store::Transaction& tx) {
    auto made = job();
    made.exclusions = {"10.0.0.2"};
    made.schedule = "every 4h";
    made.probe_ports = true;
    made.announcements = true;
    const auto added = add_job(tx, made, clock_);
    ASSERT_TRUE(added) << base::to_string(added.error());
    const auto by_name = find_job(tx, "office");
    const auto by_id = find_job(tx, to_text(added->id));
    ASSERT_TRUE(by_name);
    ASSERT_TRUE(by_id);
    EXPECT_EQ(by_name->id, by_id->id);
    EXPECT_EQ(by_name->ranges, made.ranges);
    EXPECT_EQ(by_name->exclusions, made.exclusions);
    EXPECT_EQ(by_name->schedule, "every 4h");
    EXPECT_TRUE(by_name->probe_ports);
    EXPECT_TRUE(by_name->announcements);
  });
}

TEST_F(ScanStoreTest, AJobThatCannotRunIsRefusedWithItsField) {
  auto bad = job();
  bad.name = "";
  EXPECT_EQ(fault_of(bad), "/name");
  bad = job();
  bad.ranges = {"10.0.0.0/33"};
  EXPECT_EQ(fault_of(bad), "/ranges");
  bad = job();
  bad.exclusions = {"10.0.0.0/24"};
  EXPECT_EQ(fault_of(bad), "/ranges");
  bad = job();
  bad.schedule = "hourly";
  EXPECT_EQ(fault_of(bad), "/schedule");
  bad = job();
  bad.sweep_rate = 0;
  EXPECT_EQ(fault_of(bad), "/sweep_rate");
  bad = job();
  bad.subnet_rate = most_sweep_rate + 1;
  EXPECT_EQ(fault_of(bad), "/subnet_rate");
  bad = job();
  bad.credentials = {"private"};
  EXPECT_EQ(fault_of(bad), "/credentials");
  bad = job();
  bad.credentials = {};
  EXPECT_EQ(fault_of(bad), "/credentials");
}

TEST_F(ScanStoreTest, ANameIsTakenOnce) {
  EXPECT_EQ(fault_of(job()), "");
  EXPECT_EQ(fault_of(job()), "/name");
}

TEST_F(ScanStoreTest, AJobRunsOnceAtATime) {
  write([&](store::Transaction& tx) {
    const auto added = add_job(tx, job(), clock_);
    ASSERT_TRUE(queue_run(tx, *added, clock_, "here"));
    const auto second = queue_run(tx, *added, clock_, "here");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::Errc::conflict);
  });
}

TEST_F(ScanStoreTest, ARunKeepsItsCounts) {
  write([&](store::Transaction& tx) {
    auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    run.state = "done";
    run.answered = 2;
    run.verdicts = {{"ok", 2}, {"auth_failed", 1}};
    save_run(tx, run);
    const auto found = find_run(tx, to_text(run.id));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->answered, 2u);
    EXPECT_EQ(found->verdicts, run.verdicts);
    EXPECT_EQ(found->job_name, "office");
  });
}

TEST_F(ScanStoreTest, WhatReadADeviceIsLearntFromTheLastWholeRun) {
  write([&](store::Transaction& tx) {
    const auto added = *add_job(tx, job(), clock_);
    const auto ran = [&](const std::string& state, const std::string& credential) {
      auto run = *queue_run(tx, added, clock_, "here");
      run.state = state;
      save_run(tx, run);
      for (const char* address : {"10.0.0.1", "10.0.0.2"}) {
        StoredDevice device;
        device.target = {address, 161};
        device.verdict = "ok";
        if (address == std::string("10.0.0.1")) device.credential = credential;
        save_device(tx, run.id, device);
      }
    };
    EXPECT_TRUE(learnt_credentials(tx, added.id).empty());
    ran("done", "public");
    ran("failed", "other");
    EXPECT_EQ(learnt_credentials(tx, added.id), (std::map<std::string, std::string>{{"10.0.0.1", "public"}}));
  });
}

TEST_F(ScanStoreTest, RunsThatAStoppedCollectorLeftHaveFailed) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    fail_interrupted_runs(tx, "here", clock_.now() + 5);
    const auto found = find_run(tx, to_text(run.id));
    EXPECT_EQ(found->state, "failed");
    EXPECT_NE(found->detail.find("stopped"), std::string::npos);
    EXPECT_EQ(found->ended_at, clock_.now() + 5);
  });
}

TEST_F(ScanStoreTest, RunsOfAnotherCollectorAreLeftToIt) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "there");
    EXPECT_TRUE(queued_runs(tx, "here").empty());
    EXPECT_EQ(queued_runs(tx, "there").size(), 1u);
    fail_interrupted_runs(tx, "here", clock_.now());
    EXPECT_EQ(find_run(tx, to_text(run.id))->state, "queued");
  });
}

TEST_F(ScanStoreTest, OnlyTheNewestRunsAreKept) {
  write([&](store::Transaction& tx) {
    const auto added = *add_job(tx, job(), clock_);
    std::vector<RunId> ids;
    for (int i = 0; i < 4; ++i) {
      auto run = *queue_run(tx, added, clock_, "here");
      ids.push_back(run.id);
      save_device(tx, run.id, {{"10.0.0.1", 161}, "ok", "", "public", {}, "", "", "", 3});
      run.state = "done";
      save_run(tx, run);
    }
    drop_old_runs(tx, added.id, 2);
    EXPECT_FALSE(find_run(tx, to_text(ids[1])));
    EXPECT_TRUE(find_run(tx, to_text(ids[2])));
    EXPECT_TRUE(devices_of(tx, ids[0], "", {})->rows.empty());
    EXPECT_EQ(devices_of(tx, ids[3], "", {})->rows.size(), 1u);
  });
}

TEST_F(ScanStoreTest, DevicesComeInPagesAndByVerdict) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    save_device(tx, run.id, {{"10.0.0.1", 161}, "ok", "", "public", {}, "", "", "", 3});
    save_device(tx, run.id, {{"10.0.0.2", 161}, "auth_failed", "unknown user", "", {}, "", "", "", 3});
    const auto first = devices_of(tx, run.id, "", {1, ""});
    ASSERT_EQ(first->rows.size(), 1u);
    EXPECT_EQ(first->rows[0].target.address, "10.0.0.1");
    const auto second = devices_of(tx, run.id, "", {1, first->next});
    ASSERT_EQ(second->rows.size(), 1u);
    EXPECT_EQ(second->rows[0].target.address, "10.0.0.2");
    EXPECT_EQ(second->next, "");
    EXPECT_EQ(devices_of(tx, run.id, "auth_failed", {})->rows.size(), 1u);
  });
}

TEST_F(ScanStoreTest, AnAddressIsFoundWithWhatWasTriedOnIt) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    StoredDevice device{{"2001:db8::5", 161}, "ok", "", "public", {}, "", "", "", 3};
    device.attempts = {{1000, "snmp", "core", "v3", scanner::Verdict::auth_failed, "unknown user", 12},
                       {1012, "snmp", "public", "v2c", scanner::Verdict::ok, std::string(1000, 'x'), 34}};
    save_device(tx, run.id, device);
    const auto found = device_of(tx, run, "2001:DB8:0::5");
    ASSERT_TRUE(found) << base::to_string(found.error());
    ASSERT_EQ(found->attempts.size(), 2u);
    const auto& first = found->attempts[0];
    EXPECT_EQ(first.at, 1000);
    EXPECT_EQ(first.what + " " + first.credential + " " + first.version, "snmp core v3");
    EXPECT_EQ(first.verdict, scanner::Verdict::auth_failed);
    EXPECT_EQ(first.detail, "unknown user");
    EXPECT_EQ(first.duration_ms, 12);
    EXPECT_EQ(found->attempts[1].detail.size(), 300u);
  });
}

TEST_F(ScanStoreTest, OnlySoManyAttemptsAreKept) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    StoredDevice device{{"10.0.0.1", 161}, "ok", "", "public", {}, "", "", "", 3};
    device.attempts.resize(most_attempts + 5);
    save_device(tx, run.id, device);
    EXPECT_EQ(device_of(tx, run, "10.0.0.1")->attempts.size(), most_attempts);
  });
}

TEST_F(ScanStoreTest, AnAddressThatTheRunDoesNotListIsSaidSo) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    EXPECT_EQ(device_of(tx, run, "10.0.0.9").error().code, base::Errc::not_found);
    EXPECT_EQ(device_of(tx, run, "ten").error().message, "expected an IP address, found \"ten\"");
  });
}

TEST_F(ScanStoreTest, DevicesAreReadOnInTheOrderInWhichTheyWereSaved) {
  write([&](store::Transaction& tx) {
    const auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    save_device(tx, run.id, {{"10.0.0.2", 161}, "ok", "", "public", {}, "", "", "", 3, 1});
    save_device(tx, run.id, {{"10.0.0.1", 161}, "ok", "", "public", {}, "", "", "", 3, 2});
    const auto all = devices_since(tx, run.id, 0, 10);
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].target.address, "10.0.0.2");
    const auto rest = devices_since(tx, run.id, 1, 10);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].target.address, "10.0.0.1");
    EXPECT_TRUE(devices_since(tx, run.id, 2, 10).empty());
  });
}

TEST_F(ScanStoreTest, MoreThanSixteenAddressesAreSweptUnlessTheJobSaysOtherwise) {
  write([&](store::Transaction& tx) {
    auto small = job("small");
    small.ranges = {"10.0.0.1-10.0.0.16"};
    auto large = job("large");
    large.ranges = {"10.0.0.1-10.0.0.17"};
    auto patient = job("patient");
    patient.ranges = {"10.0.0.0/24"};
    patient.sweep = false;
    auto told = job("told");
    told.sweep = true;
    told.sweep_rate = 7;
    told.subnet_rate = most_sweep_rate;
    for (const auto& one : {small, large, patient, told}) ASSERT_TRUE(add_job(tx, one, clock_));
    EXPECT_EQ(find_job(tx, "small")->sweep, false);
    EXPECT_EQ(find_job(tx, "large")->sweep, true);
    EXPECT_EQ(find_job(tx, "large")->sweep_rate, 20'000u);
    EXPECT_EQ(find_job(tx, "large")->subnet_rate, 500u);
    EXPECT_EQ(find_job(tx, "patient")->sweep, false);
    EXPECT_EQ(find_job(tx, "told")->sweep, true);
    EXPECT_EQ(find_job(tx, "told")->sweep_rate, 7u);
    EXPECT_EQ(find_job(tx, "told")->subnet_rate, most_sweep_rate);
  });
}

TEST_F(ScanStoreTest, ARunKeepsWhatItsSweepCounted) {
  write([&](store::Transaction& tx) {
    auto run = *queue_run(tx, *add_job(tx, job(), clock_), clock_, "here");
    EXPECT_TRUE(find_run(tx, to_text(run.id))->sweep.empty());
    run.sweep = {{"swept", 254}, {"responding", 7}};
    save_run(tx, run);
    EXPECT_EQ(find_run(tx, to_text(run.id))->sweep, run.sweep);
  });
}

TEST_F(ScanStoreTest, ACredentialInUseStays) {
  write([&](store::Transaction& tx) {
    ASSERT_TRUE(add_job(tx, job(), clock_));
    const auto removed = remove_credential(tx, "public");
    ASSERT_FALSE(removed);
    EXPECT_NE(removed.error().message.find("office"), std::string::npos);
    remove_job(tx, find_job(tx, "office")->id);
    EXPECT_TRUE(remove_credential(tx, "public"));
    EXPECT_FALSE(remove_credential(tx, "public"));
  });
}

}  // namespace
}  // namespace censo::collector::jobs
