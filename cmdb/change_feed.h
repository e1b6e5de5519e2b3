// What was changed by whom is told in `history`; here stands only that something changed, for what is kept in
// memory beside the database: the graph, the index of components. A reader looks the rows up again by their
// ids, in the transaction in which it reads the feed, so what it learns is what that transaction sees.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace censo::cmdb {

enum class FeedTopic : std::uint8_t {
  item = 1,          // id: a ci whose class, name, stage, keys or merge edge changed, or a new one
  relationship = 2,  // id: a relationship that began, ended, or was locked or unlocked
  components = 3,    // id: a ci some of whose component sets changed
};

struct FeedEntry {
  FeedTopic topic = FeedTopic::item;
  std::int64_t id = 0;
  friend auto operator<=>(const FeedEntry&, const FeedEntry&) = default;
};

// Of one job: gathers, and writes one row (none when nothing changed). Also keeps item_change, the last time
// that anything of an item changed.
class FeedWriter {
 public:
  void add(FeedTopic topic, std::int64_t id) { entries_.insert({topic, id}); }
  // As add(), by one who knows the ends.
  void add_relationship(std::int64_t id, std::array<CiId, 2> ends, base::TimeMs at);
  // Something of the item changed that no topic tells, or at another time than write() is called.
  void touch(CiId ci, base::TimeMs at) { touched_[ci] = std::max(touched_[ci], at); }
  void write(store::Transaction& tx, const base::Clock& clock);

 private:
  void touch_roots(store::Transaction& tx);
  void touch_ends(store::Transaction& tx, std::int64_t relationship, base::TimeMs at);

  std::set<FeedEntry> entries_;
  std::set<std::int64_t> with_ends_;  // relationships whose ends are in touched_
  std::map<CiId, base::TimeMs> touched_;
};

// Follows the feed. One thread at a time.
class FeedReader {
 public:
  // The feed begins for this reader now: what it keeps in memory is loaded in the same transaction.
  void start(store::Transaction& tx, const base::Clock& clock);
  // Each changed row once. Rows that another collector commits late, with an id below one that was seen, are
  // found for a minute. Nothing (std::nullopt): not started, or the feed was pruned since the last call; load
  // all anew.
  std::optional<std::vector<FeedEntry>> take(store::Transaction& tx, const base::Clock& clock);

 private:
  std::int64_t last_id_ = 0;
  base::TimeMs last_taken_ = 0;
  std::set<std::int64_t> seen_;  // ids of rows of the last minute
};

// Takes away what every reader has seen long ago. To be called now and then.
void prune_feed(store::Transaction& tx, base::TimeMs now);

}  // namespace censo::cmdb
