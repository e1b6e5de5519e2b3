#include "cmdb/change_feed.h"

#include "base/id.h"
#include "cmdb/store/database.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

constexpr base::TimeMs hour_ms = 3'600'000;

class ChangeFeed : public testing::Test {
 protected:
  void tell(std::int64_t id, FeedTopic topic = FeedTopic::item) {
    FeedWriter writer;
    writer.add(topic, id);
    writer.write(tx, clock);
  }
  // As another collector would: its clock is behind by this much.
  void tell_late(std::int64_t id, base::TimeMs behind_ms) {
    base::Bytes entry(9, 0);
    entry[0] = 1;
    entry[8] = static_cast<std::uint8_t>(id);
    tx.execute("insert into change_feed (id, entries) values ($1, $2)",
               base::lowest_id_at(clock.now() - behind_ms) + id, entry);
  }
  std::vector<std::int64_t> taken() {
    std::vector<std::int64_t> ids;
    const auto entries = reader.take(tx, clock);
    EXPECT_TRUE(entries);
    for (const FeedEntry& entry : entries.value_or(std::vector<FeedEntry>())) ids.push_back(entry.id);
    return ids;
  }

  base::ManualClock clock{1'900'000'000'000};
  std::unique_ptr<store::Connection> connection = test::open_connection();
  store::Transaction tx{*connection};
  FeedReader reader;
};

using Ids = std::vector<std::int64_t>;

TEST_F(ChangeFeed, AReaderThatWasNotStartedHasToLoadAll) {
  EXPECT_FALSE(reader.take(tx, clock));
}

TEST_F(ChangeFeed, WhatWasThereAtTheStartIsNotTold) {
  tell(1);
  reader.start(tx, clock);
  EXPECT_EQ(taken(), Ids());
}

TEST_F(ChangeFeed, EachChangeIsToldOnce) {
  reader.start(tx, clock);
  tell(5);
  tell((std::int64_t{1} << 62) + 7, FeedTopic::relationship);
  EXPECT_EQ(taken(), (Ids{5, (std::int64_t{1} << 62) + 7}));
  EXPECT_EQ(taken(), Ids());
  clock.advance(hour_ms);
  tell(6);
  EXPECT_EQ(taken(), (Ids{6}));
}

TEST_F(ChangeFeed, AJobThatChangedNothingWritesNothing) {
  FeedWriter().write(tx, clock);
  EXPECT_EQ(tx.query_one("select count(*) from change_feed")->integer(0), 0);
}

TEST_F(ChangeFeed, ARowThatIsCommittedLateIsFound) {
  reader.start(tx, clock);
  tell(1);
  EXPECT_EQ(taken(), Ids{1});
  tell_late(2, 30'000);
  EXPECT_EQ(taken(), Ids{2});
  EXPECT_EQ(taken(), Ids());
}

TEST_F(ChangeFeed, AReaderThatSleptTooLongLoadsAllAnew) {
  reader.start(tx, clock);
  clock.advance(24 * hour_ms);
  EXPECT_FALSE(reader.take(tx, clock));
}

TEST_F(ChangeFeed, PruningKeepsTheLastDay) {
  clock.advance(1'000 * hour_ms);  // ids only go up, and other tests of this program have made some
  tell(1);
  clock.advance(25 * hour_ms);
  tell(2);
  prune_feed(tx, clock.now());
  EXPECT_EQ(tx.query_one("select count(*) from change_feed")->integer(0), 1);
}

}  // namespace
}  // namespace censo::cmdb
