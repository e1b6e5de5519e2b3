#include "cmdb/change_feed.h"

#include "base/id.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr base::TimeMs overlap_ms = 60'000;
constexpr base::TimeMs kept_ms = base::TimeMs{24} * 60 * 60 * 1000;
constexpr std::size_t entry_bytes = 9;  // topic, then the id with its highest byte first

base::Bytes pack(const std::set<FeedEntry>& entries) {
  base::Bytes bytes;
  bytes.reserve(entries.size() * entry_bytes);
  for (const FeedEntry& entry : entries) {
    bytes.push_back(static_cast<std::uint8_t>(entry.topic));
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(entry.id) >> shift));
    }
  }
  return bytes;
}

void unpack(const base::Bytes& bytes, std::set<FeedEntry>& entries) {
  if (bytes.size() % entry_bytes != 0) throw std::runtime_error("the change feed is broken");
  for (std::size_t at = 0; at < bytes.size(); at += entry_bytes) {
    std::uint64_t id = 0;
    for (std::size_t i = 1; i < entry_bytes; ++i) id = id << 8 | bytes[at + i];
    entries.insert({static_cast<FeedTopic>(bytes[at]), static_cast<std::int64_t>(id)});
  }
}

}  // namespace

void FeedWriter::add_relationship(std::int64_t id, std::array<CiId, 2> ends, base::TimeMs at) {
  add(FeedTopic::relationship, id);
  with_ends_.insert(id);
  for (const CiId end : ends) touch(end, at);
}

void FeedWriter::write(store::Transaction& tx, const base::Clock& clock) {
  for (const auto& [topic, id] : entries_) {
    if (topic != FeedTopic::relationship) {
      touch(CiId(id), clock.now());
    } else if (!with_ends_.contains(id)) {
      touch_ends(tx, id, clock.now());
    }
  }
  touch_roots(tx);
  for (const auto& [ci, at] : touched_) {
    tx.execute(
        "insert into item_change (ci_id, at) values ($1, $2)"
        " on conflict (ci_id) do update set at = excluded.at where excluded.at > item_change.at",
        ci.value, at);
  }
  touched_.clear();
  with_ends_.clear();
  if (entries_.empty()) return;
  tx.execute("insert into change_feed (id, entries) values ($1, $2)", base::next_id(clock), pack(entries_));
  entries_.clear();
}

// What is merged into another item is shown there.
void FeedWriter::touch_roots(store::Transaction& tx) {
  constexpr std::size_t a_query = 8;
  std::vector<CiId> waiting;
  for (const auto& [ci, at] : touched_) waiting.push_back(ci);
  while (!waiting.empty()) {
    std::vector<store::Parameter> ids;
    for (; ids.size() < a_query && !waiting.empty(); waiting.pop_back())
      ids.emplace_back(waiting.back().value);
    ids.resize(a_query, std::int64_t{0});
    for (const store::Row& row :
         tx.query_list("select id, merged_into from ci where id in ($1, $2, $3, $4, $5, $6, $7, $8)"
                       " and merged_into is not null",
                       ids)) {
      const base::TimeMs at = touched_.at(CiId(row.integer(0)));
      const CiId root(row.integer(1));
      if (touched_[root] >= at) continue;
      touch(root, at);
      waiting.push_back(root);
    }
  }
}

void FeedWriter::touch_ends(store::Transaction& tx, std::int64_t relationship, base::TimeMs at) {
  const auto ends = tx.query_one("select from_ci, to_ci from relationship where id = $1", relationship);
  if (!ends) return;
  touch(CiId(ends->integer(0)), at);
  touch(CiId(ends->integer(1)), at);
}

void FeedReader::start(store::Transaction& tx, const base::Clock& clock) {
  last_taken_ = clock.now();
  seen_.clear();
  const auto row = tx.query_one("select max(id) from change_feed");
  last_id_ = row ? row->maybe_integer(0).value_or(0) : 0;
  for (const store::Row& recent :
       tx.query("select id from change_feed where id >= $1", base::lowest_id_at(last_taken_ - overlap_ms))) {
    seen_.insert(recent.integer(0));
  }
}

// What was seen of the last minute is only counted: that costs a tenth of reading it. Where the count
// differs, another collector has committed a row late.
std::optional<std::vector<FeedEntry>> FeedReader::take(store::Transaction& tx, const base::Clock& clock) {
  const base::TimeMs now = clock.now();
  if (last_taken_ == 0 || now - last_taken_ > kept_ms - overlap_ms) return std::nullopt;
  const std::int64_t overlap = base::lowest_id_at(now - overlap_ms);
  seen_.erase(seen_.begin(), seen_.lower_bound(overlap));
  const auto known =
      tx.query_one("select count(*) from change_feed where id >= $1 and id <= $2", overlap, last_id_);
  const bool nothing_late = known->integer(0) == static_cast<std::int64_t>(seen_.size());
  std::set<FeedEntry> entries;
  tx.each(
      "select id, entries from change_feed where id >= $1 order by id",
      [&](store::Row&& row) {
        if (seen_.insert(row.integer(0)).second) unpack(row.bytes(1), entries);
        last_id_ = std::max(last_id_, row.integer(0));
        return true;
      },
      nothing_late ? last_id_ + 1 : std::min(last_id_ + 1, overlap));
  last_taken_ = now;
  return std::vector<FeedEntry>(entries.begin(), entries.end());
}

void prune_feed(store::Transaction& tx, base::TimeMs now) {
  tx.execute("delete from change_feed where id < $1", base::lowest_id_at(now - kept_ms));
}

}  // namespace censo::cmdb
