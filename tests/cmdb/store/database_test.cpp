#include "cmdb/store/database.h"

#include "tests/cmdb/store/temporary_folder.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace censo::store {
namespace {

using base::Errc;

constexpr auto insert_origin = "insert into origin (id, kind, native_id) values ($1, 'agent', $2)";

Job insert(std::int64_t id) {
  return [id](Transaction& tx) -> Outcome {
    tx.execute(insert_origin, id, std::to_string(id));
    return {};
  };
}

std::int64_t count(Database& database) {
  std::int64_t rows = -1;
  const auto outcome = database.read([&](Transaction& tx) -> Outcome {
    rows = tx.query_one("select count(*) from origin")->integer(0);
    return {};
  });
  EXPECT_TRUE(outcome);
  return rows;
}

// Holds the writer inside a job until it is let go, so that other jobs gather behind it.
class HeldWriter {
 public:
  explicit HeldWriter(Database& database) {
    const auto gate = gate_;
    EXPECT_TRUE(database.submit_write(
        [gate](Transaction&) -> Outcome {
          gate->entered.set_value();
          gate->let_go.get_future().wait();
          return {};
        },
        [](const Outcome&) {}));
    gate_->entered.get_future().wait();
  }
  void let_go() { gate_->let_go.set_value(); }

 private:
  struct Gate {
    std::promise<void> entered, let_go;
  };
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();  // the job may end after the test's body
};

class DatabaseTest : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  DatabaseSettings settings{test::location(folder / "censo.db"), 2, 1024, 200};
};

TEST_F(DatabaseTest, WhatWasWrittenIsReadByAnotherConnection) {
  Database database(settings);
  ASSERT_TRUE(database.write(insert(1)));
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, WhatWasWrittenIsThereAfterReopening) {
  { ASSERT_TRUE(Database(settings).write(insert(1))); }
  Database database(settings);
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, JobsThatWaitShareOneCommit) {
  Database database(settings);
  HeldWriter held(database);
  std::atomic<int> done{0};
  for (std::int64_t id = 1; id <= 50; ++id) {
    ASSERT_TRUE(database.submit_write(insert(id), [&](const Outcome& outcome) { done += outcome ? 1 : 0; }));
  }
  held.let_go();
  ASSERT_TRUE(database.write(insert(51)));
  EXPECT_EQ(done, 50);
  EXPECT_LE(database.counters().commits, 3u);
}

TEST_F(DatabaseTest, AGroupIsNeverLargerThanItsLimit) {
  settings.group_limit = 10;
  Database database(settings);
  HeldWriter held(database);
  for (std::int64_t id = 1; id <= 50; ++id)
    ASSERT_TRUE(database.submit_write(insert(id), [](const Outcome&) {}));
  held.let_go();
  ASSERT_TRUE(database.write(insert(51)));
  EXPECT_GE(database.counters().commits, 6u);
}

TEST_F(DatabaseTest, AJobThatFailsTakesOnlyItsOwnWritesBack) {
  Database database(settings);
  HeldWriter held(database);
  const auto failing = [](Transaction& tx) -> Outcome {
    tx.execute(insert_origin, 2, "2");
    return base::fail(Errc::conflict, "on purpose");
  };
  std::promise<Outcome> failed;
  ASSERT_TRUE(database.submit_write(insert(1), [](const Outcome&) {}));
  ASSERT_TRUE(database.submit_write(failing, [&](Outcome outcome) { failed.set_value(std::move(outcome)); }));
  ASSERT_TRUE(database.submit_write(insert(3), [](const Outcome&) {}));
  held.let_go();
  EXPECT_EQ(failed.get_future().get().error().code, Errc::conflict);
  ASSERT_TRUE(database.write(insert(4)));
  EXPECT_EQ(count(database), 3);
}

TEST_F(DatabaseTest, AGroupIsRunAgainOnceAJobOfItFailedAndTheNextOnesAreRunApart) {
  Database database(settings);
  std::vector<int> runs(6);
  const auto job = [&runs](std::size_t id, bool fails) {
    return [&runs, id, fails](Transaction& tx) -> Outcome {
      ++runs[id];
      const auto written = insert(static_cast<std::int64_t>(id))(tx);
      return fails ? base::fail(Errc::conflict, "on purpose") : written;
    };
  };
  const auto group = [&](std::size_t first) {
    HeldWriter held(database);
    std::promise<void> answered;
    ASSERT_TRUE(database.submit_write(job(first, false), [](const Outcome&) {}));
    ASSERT_TRUE(database.submit_write(job(first + 1, true), [](const Outcome&) {}));
    ASSERT_TRUE(database.submit_write(job(first + 2, false), [&](const Outcome&) { answered.set_value(); }));
    held.let_go();
    answered.get_future().wait();
  };
  group(0);
  EXPECT_EQ(std::vector(runs.begin(), runs.begin() + 3), (std::vector<int>{2, 2, 1}));
  group(3);
  EXPECT_EQ(std::vector(runs.begin() + 3, runs.end()), (std::vector<int>{1, 1, 1}));
  EXPECT_EQ(count(database), 4);
}

TEST_F(DatabaseTest, AJobThatFailsAloneIsRunOnceAndTakenBack) {
  Database database(settings);
  int runs = 0;
  const auto outcome = database.write([&](Transaction& tx) -> Outcome {
    ++runs;
    tx.execute(insert_origin, 2, "2");
    return base::fail(Errc::conflict, "on purpose");
  });
  EXPECT_EQ(outcome.error().code, Errc::conflict);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(count(database), 0);
  EXPECT_TRUE(database.write(insert(1)));
}

TEST_F(DatabaseTest, StepsAfterTheCommitRunInTheOrderOfTheJobsThatEndedWell) {
  Database database(settings);
  std::vector<std::string> steps;
  const auto job = [&steps](std::int64_t id, bool fails) {
    return [&steps, id, fails](Transaction& tx) -> Outcome {
      tx.after_commit([&steps, id] { steps.push_back(std::to_string(id)); });
      const auto written = insert(id)(tx);
      return fails ? base::fail(Errc::conflict, "no") : written;
    };
  };
  HeldWriter held(database);
  std::promise<void> answered;
  ASSERT_TRUE(database.submit_write(job(1, false), [&steps](const Outcome&) { steps.push_back("answer 1"); }));
  ASSERT_TRUE(database.submit_write(job(2, true), [](const Outcome&) {}));
  ASSERT_TRUE(database.submit_write(job(3, false), [&answered](const Outcome&) { answered.set_value(); }));
  held.let_go();
  answered.get_future().wait();
  EXPECT_EQ(steps, (std::vector<std::string>{"1", "3", "answer 1"}));
}

TEST_F(DatabaseTest, AnExceptionOfAJobBecomesItsOutcome) {
  Database database(settings);
  const auto outcome =
      database.write([](Transaction&) -> Outcome { throw std::runtime_error("on purpose"); });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::io_failed);
  EXPECT_EQ(outcome.error().message, "on purpose");
}

TEST_F(DatabaseTest, TheWriterGoesOnAfterBadSql) {
  Database database(settings);
  EXPECT_FALSE(database.write([](Transaction& tx) -> Outcome {
    tx.execute("insert into nowhere (x) values (1)");
    return {};
  }));
  EXPECT_TRUE(database.write(insert(1)));
  EXPECT_EQ(database.failure(), "");
}

TEST_F(DatabaseTest, AFullQueueRefusesAndCounts) {
  settings.queue_limit = 2;
  Database database(settings);
  HeldWriter held(database);
  EXPECT_TRUE(database.submit_write(insert(1), [](const Outcome&) {}));
  EXPECT_TRUE(database.submit_write(insert(2), [](const Outcome&) {}));
  EXPECT_FALSE(database.submit_write(insert(3), [](const Outcome&) { FAIL() << "done of a refused job"; }));
  EXPECT_EQ(database.write(insert(4)).error().reason, "QUEUE_FULL");
  EXPECT_EQ(database.counters().refused_jobs, 2u);
  EXPECT_EQ(database.counters().waiting, 2u);
  held.let_go();
}

TEST_F(DatabaseTest, TheDestructorFinishesWhatWasAccepted) {
  std::atomic<int> done{0};
  {
    Database database(settings);
    for (std::int64_t id = 1; id <= 100; ++id) {
      ASSERT_TRUE(
          database.submit_write(insert(id), [&](const Outcome& outcome) { done += outcome ? 1 : 0; }));
    }
  }
  EXPECT_EQ(done, 100);
  Database database(settings);
  EXPECT_EQ(count(database), 100);
}

TEST_F(DatabaseTest, AReadSeesOneMomentWhileAWriterGoesOn) {
  Database database(settings);
  std::int64_t before = -1, after = -1;
  ASSERT_TRUE(database.read([&](Transaction& tx) -> Outcome {
    before = tx.query_one("select count(*) from origin")->integer(0);
    EXPECT_TRUE(database.write(insert(1)));
    after = tx.query_one("select count(*) from origin")->integer(0);
    return {};
  }));
  EXPECT_EQ(before, 0);
  EXPECT_EQ(after, 0);
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, AReadThatWritesFails) {
  Database database(settings);
  EXPECT_FALSE(database.read(insert(1)));
  EXPECT_EQ(count(database), 0);
}

TEST_F(DatabaseTest, ASecondProcessMayWriteWhileTheFirstIsBusy) {
  Database database(settings);
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> id{1'000};
  std::jthread busy([&] {
    while (!stop) EXPECT_TRUE(database.write(insert(++id)));
  });
  {
    Database second(settings);
    for (std::int64_t own = 1; own <= 20; ++own) EXPECT_TRUE(second.write(insert(own)));
  }
  stop = true;
  busy.join();
  EXPECT_EQ(count(database), 20 + id - 1'000);
}

TEST_F(DatabaseTest, TwoProcessesMayMakeTheSameFileAtOnce) {
  auto other = std::async(std::launch::async, [this] { return bool(Database(settings).write(insert(1))); });
  Database database(settings);
  EXPECT_TRUE(database.write(insert(2)));
  EXPECT_TRUE(other.get());
  EXPECT_EQ(count(database), 2);
}

TEST_F(DatabaseTest, ManyThreadsWriteAndReadAtOnce) {
  Database database(settings);
  std::atomic<std::int64_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 25; ++j) {
          EXPECT_TRUE(database.write(insert(++next)));
          EXPECT_GT(count(database), 0);
        }
      });
    }
  }
  EXPECT_EQ(count(database), 200);
  EXPECT_EQ(database.counters().jobs, 401u);
}

}  // namespace
}  // namespace censo::store
