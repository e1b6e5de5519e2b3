// Two programs write into one server, and one is in the other's way at a known moment.
#include "cmdb/store/database.h"

#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

namespace censo::store {
namespace {

constexpr auto insert_origin = "insert into origin (id, kind, native_id) values ($1, $2, $3)";

class Collisions : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::on_postgres()) GTEST_SKIP() << "CENSO_TEST_POSTGRES names no server";
    const std::string url = test::location("shared");
    ours.emplace(DatabaseSettings{url});
    theirs.emplace(DatabaseSettings{url});
  }
  static std::int64_t count(Transaction& tx, std::string_view kind) {
    return tx.query_one("select count(*) from origin where kind = $1", kind)->integer(0);
  }
  std::optional<Database> ours, theirs;
};

// Each adds a row because it saw none of the other's: one after the other, the second would have seen it.
TEST_F(Collisions, AJobWhoseGroundWasTakenAwayIsRunAgain) {
  int runs = 0;
  std::int64_t seen = -1;
  const auto written = ours->write([&](Transaction& tx) -> Outcome {
    seen = count(tx, "theirs");
    if (++runs == 1) {
      EXPECT_TRUE(theirs->write([](Transaction& other) -> Outcome {
        if (count(other, "ours") == 0) other.execute(insert_origin, 2, "theirs", "a");
        return {};
      }));
    }
    tx.execute(insert_origin, 1, "ours", "a");
    return {};
  });
  EXPECT_TRUE(written);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(ours->counters().collisions, 1u);
}

TEST_F(Collisions, AJobWhoseKeyWasTakenMeanwhileIsRunAgainAndSeesIt) {
  int runs = 0;
  std::int64_t seen = -1;
  EXPECT_TRUE(ours->write([&](Transaction& tx) -> Outcome {
    seen = count(tx, "agent");
    if (++runs == 1) {
      EXPECT_TRUE(theirs->write([](Transaction& other) -> Outcome {
        other.execute(insert_origin, 2, "agent", "same");
        return {};
      }));
    }
    if (seen == 0) tx.execute(insert_origin, 1, "agent", "same");
    return {};
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(seen, 1);
}

TEST_F(Collisions, AJobThatBreaksAKeyByItselfFailsAlone) {
  std::atomic<int> done = 0;
  const Done count_done = [&](const Outcome& outcome) { done += outcome ? 1 : 0; };
  ASSERT_TRUE(ours->submit_write(
      [](Transaction& tx) -> Outcome {
        tx.execute(insert_origin, 1, "agent", "a");
        return {};
      },
      count_done));
  const auto broken = ours->write([](Transaction& tx) -> Outcome {
    tx.execute(insert_origin, 2, "agent", "b");
    tx.execute(insert_origin, 3, "agent", "b");
    return {};
  });
  EXPECT_EQ(done, 1);
  EXPECT_EQ(broken.error().code, base::Errc::io_failed);
}

TEST_F(Collisions, StepsAfterTheCommitRunOnceHoweverOftenTheJobRan) {
  int runs = 0, steps = 0;
  EXPECT_TRUE(ours->write([&](Transaction& tx) -> Outcome {
    tx.after_commit([&] { ++steps; });
    count(tx, "theirs");
    if (++runs == 1) {
      EXPECT_TRUE(theirs->write([](Transaction& other) -> Outcome {
        if (count(other, "ours") == 0) other.execute(insert_origin, 2, "theirs", "a");
        return {};
      }));
    }
    tx.execute(insert_origin, 1, "ours", "a");
    return {};
  }));
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(steps, 1);
}

}  // namespace
}  // namespace censo::store
