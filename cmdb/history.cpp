#include "cmdb/history.h"

#include "base/text.h"
#include "cmdb/merge.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

HistoryEntry entry_of(const store::Row& row) {
  HistoryEntry entry;
  entry.id = row.integer(0);
  entry.ci = CiId(row.integer(1));
  entry.at = row.integer(2);
  entry.not_before = row.integer(3);
  entry.origin = row.text(4);
  entry.what = row.text(5);
  entry.subject = row.text(6);
  entry.old_value = row.text(7);
  entry.new_value = row.text(8);
  return entry;
}

// Newest first; what a report changed on a merged item and so on the one that is shown is told once.
void join_histories(std::vector<HistoryEntry>& entries) {
  std::ranges::sort(entries, std::ranges::greater(), &HistoryEntry::id);
  std::set<std::tuple<base::TimeMs, std::string, std::string, std::string, std::string>> seen;
  std::erase_if(entries, [&](const HistoryEntry& one) {
    return !seen.emplace(one.at, one.what, one.subject, one.old_value, one.new_value).second;
  });
}

}  // namespace

HistoryWriter::HistoryWriter(store::Transaction& tx, const base::Clock& clock, Moment moment)
    : tx_(tx), clock_(clock), moment_(std::move(moment)) {}

void HistoryWriter::created(CiId ci, std::string_view class_name) {
  created_.insert(ci);
  write({ci, "created", "", "", std::string(class_name)});
}

void HistoryWriter::add(const Change& change) {
  if (!is_new(change.ci)) write(change);
}

void HistoryWriter::conflict(const Change& change) {
  write(change);
}

void HistoryWriter::write(const Change& change) {
  tx_.execute(
      "insert into history (id, ci_id, at, not_before, origin, what, subject, old_value, new_value)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      base::next_id(clock_), change.ci.value, moment_.at, moment_.not_before, moment_.origin, change.what,
      change.subject, change.old_value, change.new_value);
  ++written_;
}

base::Result<Page<HistoryEntry>> history_of(store::Transaction& tx, CiId id, const PageRequest& request) {
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  if (!request.after.empty()) {
    const auto cursor = base::id_from_text(request.after);
    if (!cursor) return base::fail(base::Errc::malformed, cursor.error().message, "after");
    before = *cursor;
  }
  Page<HistoryEntry> page;
  const auto limit = static_cast<std::int64_t>(request.limit);
  const auto members = members_of(tx, id);
  for (const CiId member : members) {
    for (const store::Row& row :
         tx.query("select id, ci_id, at, not_before, origin, what, subject, old_value, new_value from history"
                  " where ci_id = $1 and id < $2 order by id desc limit $3",
                  member.value, before, limit + 1)) {
      page.rows.push_back(entry_of(row));
    }
  }
  if (members.size() > 1) join_histories(page.rows);
  if (page.rows.size() > request.limit) {
    page.rows.resize(request.limit);
    page.next = base::id_to_text(page.rows.back().id);
  }
  return page;
}

}  // namespace censo::cmdb
