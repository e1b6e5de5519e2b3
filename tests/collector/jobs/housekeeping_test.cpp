#include "collector/jobs/housekeeping.h"

#include "cmdb/change_feed.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <future>
#include <utility>

namespace censo::collector::jobs {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;

class HousekeepingRound : public testing::Test {
 protected:
  void run(const std::vector<HousekeepingStep>& steps) {
    run_steps(seeded.database(), steps, seeded.clock().now(), std::stop_token());
  }
  std::int64_t feed_rows() {
    std::int64_t rows = -1;
    EXPECT_TRUE(seeded.database().read([&](store::Transaction& tx) -> store::Outcome {
      rows = tx.query_one("select count(*) from change_feed")->integer(0);
      return {};
    }));
    return rows;
  }

  SeededDatabase seeded;
  cmdb::ClassCatalog catalog = *cmdb::ClassCatalog::load(cmdb::built_in_schemas());
};

TEST_F(HousekeepingRound, AStepIsCalledUntilItHasNoMoreToDo) {
  int left = 3;
  run({{"three", [&](store::Transaction&, base::TimeMs) { return --left > 0; }}});
  EXPECT_EQ(left, 0);
}

TEST_F(HousekeepingRound, AStepThatFailsDoesNotStopTheNext) {
  bool ran = false;
  run({{"bad",
        [](store::Transaction& tx, base::TimeMs) {
          tx.execute("delete from nothing");
          return true;
        }},
       {"good", [&](store::Transaction&, base::TimeMs) {
          ran = true;
          return false;
        }}});
  EXPECT_TRUE(ran);
}

TEST_F(HousekeepingRound, NothingRunsOnceItIsStopped) {
  std::stop_source source;
  source.request_stop();
  bool ran = false;
  run_steps(seeded.database(), {{"late", [&](store::Transaction&, base::TimeMs) { return ran = true; }}},
            seeded.clock().now(), source.get_token());
  EXPECT_FALSE(ran);
}

TEST_F(HousekeepingRound, TheChangeFeedIsPruned) {
  seeded.advance_ms(1'000 * day_ms);  // ids only go up, and other tests of this program have made some
  seeded.write([&](store::Transaction& tx) {
    cmdb::FeedWriter feed;
    feed.add(cmdb::FeedTopic::item, 1);
    feed.write(tx, seeded.clock());
  });
  seeded.advance_ms(2 * day_ms);
  run(housekeeping_steps(catalog, seeded.clock()));
  EXPECT_EQ(feed_rows(), 0);
}

TEST_F(HousekeepingRound, TheThreadRunsTheSteps) {
  std::promise<void> ran;
  bool first = true;
  Housekeeping housekeeping(seeded.database(), seeded.clock(),
                            {{"once",
                              [&](store::Transaction&, base::TimeMs) {
                                if (std::exchange(first, false)) ran.set_value();
                                return false;
                              }}},
                            {std::chrono::milliseconds(0), std::chrono::hours(1)});
  housekeeping.start();
  ran.get_future().wait();
  housekeeping.stop();
  EXPECT_FALSE(first);
}

}  // namespace
}  // namespace censo::collector::jobs
