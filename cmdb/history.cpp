#include "cmdb/history.h"

#include "base/text.h"
#include "cmdb/merge.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

// What people do stands for itself.
constexpr std::array<std::string_view, 6> folded_words{"attribute",          "component_added",
                                                       "component_removed",  "component_changed",
                                                       "relationship_added", "relationship_removed"};

constexpr base::TimeMs latest = std::numeric_limits<base::TimeMs>::max();

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
  entry.times = row.integer(9);
  entry.first_at = row.integer(10);
  return entry;
}

// Where a page begins: below this time and id.
struct Position {
  base::TimeMs at = latest;
  std::int64_t id = latest;
};

std::string cursor_of(const HistoryEntry& entry) {
  return base::id_to_text(entry.at) + base::id_to_text(entry.id);
}

base::Result<Position> position_of(const std::string& cursor) {
  if (cursor.empty()) return Position{};
  constexpr std::size_t id_characters = 13;
  const auto at = base::id_from_text(std::string_view(cursor).substr(0, id_characters));
  const auto id = cursor.size() > id_characters ? base::id_from_text(cursor.substr(id_characters))
                                                : base::Result<std::int64_t>(at);
  if (!at || !id || cursor.size() <= id_characters) {
    return base::fail(base::Errc::malformed, "expected the \"next\" of a page of this list", "after");
  }
  return Position{*at, *id};
}

// $1 and $2 are the position, $3 to $11 the filter, in this order in every statement.
constexpr std::string_view filtered =
    " and ($3 = '' or h.what = $3 or h.what like $4 escape '\\')"
    " and ($5 = '' or lower(h.subject) like $6 escape '\\')"
    " and ($7 = '' or (h.what = 'attribute' and h.subject = $7))"
    " and ($8 = '' or h.origin = $8 or h.origin like $9 escape '\\')"
    " and h.at >= $10 and case when h.first_at = 0 then h.at else h.first_at end <= $11";
constexpr std::string_view columns =
    "select h.id, h.ci_id, h.at, h.not_before, h.origin, h.what, h.subject, h.old_value, h.new_value, "
    "h.times,"
    " case when h.first_at = 0 then h.at else h.first_at end";

// Calls the statement with the position, the filter and one parameter more.
struct Selection {
  const std::string& sql;
  const HistoryFilter& filter;
  const Position& before;
  std::int64_t more = 0;
};
void each_filtered(store::Transaction& tx, const Selection& selection,
                   const std::function<bool(store::Row&&)>& on_row) {
  const auto& [sql, filter, before, more] = selection;
  const bool family = filter.what == "component" || filter.what == "relationship";
  tx.each(sql, on_row, before.at, before.id, filter.what, family ? filter.what + "\\_%" : std::string(),
          filter.subject, "%" + base::like_escaped(base::to_lower(filter.subject)) + "%", filter.attribute,
          filter.origin, base::like_escaped(filter.origin) + " %", filter.since.value_or(0),
          filter.until.value_or(latest), more);
}

// Newest first; what a report changed on a merged item and so on the one that is shown is told once.
void join_histories(std::vector<HistoryEntry>& entries) {
  std::ranges::sort(entries, std::ranges::greater(),
                    [](const HistoryEntry& one) { return std::tuple(one.at, one.id); });
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
  if (!is_new(change.ci) && !fold(change)) write(change);
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

bool HistoryWriter::fold(const Change& change) {
  if (std::ranges::find(folded_words, change.what) == folded_words.end()) return false;
  Recent& recent = recent_of(change.ci);
  const auto found =
      recent.find({std::string(change.what), change.subject, change.old_value, change.new_value});
  if (found == recent.end()) return false;
  const std::int64_t id = base::next_id(clock_);
  tx_.execute(
      "update history set id = $2, at = $3, not_before = $4, origin = $5, times = times + 1,"
      " first_at = case when first_at = 0 then at else first_at end where id = $1",
      found->second, id, moment_.at, moment_.not_before, moment_.origin);
  found->second = id;
  ++written_;
  return true;
}

HistoryWriter::Recent& HistoryWriter::recent_of(CiId ci) {
  const auto [place, is_new] = recent_.try_emplace(ci);
  if (!is_new) return place->second;
  const auto row =
      moment_.catalog ? tx_.query_one("select class from ci where id = $1", ci.value) : std::nullopt;
  const HistoryRule rule = row ? moment_.catalog->history_rule(row->text(0)) : HistoryRule{};
  for (const store::Row& entry :
       tx_.query("select id, what, subject, old_value, new_value from history where ci_id = $1 and id >= $2"
                 " and at >= $3 order by id",
                 ci.value, base::lowest_id_at(moment_.at - rule.fold_within_ms),
                 moment_.at - rule.fold_within_ms)) {
    place->second[{entry.text(1), entry.text(2), entry.text(3), entry.text(4)}] = entry.integer(0);
  }
  return place->second;
}

base::Result<Page<HistoryEntry>> history_of(store::Transaction& tx, CiId id, const PageRequest& request) {
  return history_of(tx, id, {}, request);
}

base::Result<Page<HistoryEntry>> history_of(store::Transaction& tx, CiId id, const HistoryFilter& filter,
                                            const PageRequest& request) {
  static const std::string sql = std::string(columns) +
                                 " from history h where h.ci_id = $12 and (h.at, h.id) < ($1, $2)" +
                                 std::string(filtered) + " order by h.at desc, h.id desc";
  const auto before = position_of(request.after);
  if (!before) return before.error();
  Page<HistoryEntry> page;
  const auto members = members_of(tx, id);
  for (const CiId member : members) {
    std::size_t taken = 0;
    const auto add = [&](store::Row&& row) {
      page.rows.push_back(entry_of(row));
      return ++taken <= request.limit;
    };
    each_filtered(tx, {sql, filter, *before, member.value}, add);
  }
  if (members.size() > 1) join_histories(page.rows);
  if (page.rows.size() > request.limit) {
    page.rows.resize(request.limit);
    page.next = cursor_of(page.rows.back());
  }
  return page;
}

base::Result<Page<ChangeOfItem>> changes_of(store::Transaction& tx, const ClassCatalog& catalog,
                                            const HistoryFilter& filter, const PageRequest& request) {
  constexpr std::int64_t looked_at = 20'000;
  static const std::string sql = std::string(columns) +
                                 ", c.class, c.name from history h join ci c on c.id = h.ci_id"
                                 " where (h.at, h.id) < ($1, $2)" +
                                 std::string(filtered) + " order by h.at desc, h.id desc limit $12";
  const auto before = position_of(request.after);
  if (!before) return before.error();
  Page<ChangeOfItem> page;
  std::int64_t seen = 0;
  const auto add = [&](store::Row&& row) {
    ChangeOfItem change{entry_of(row), row.text(11), row.text(12)};
    const bool fits = filter.class_name.empty() || catalog.is_a(change.class_name, filter.class_name);
    if (fits && page.rows.size() == request.limit) {
      page.next = cursor_of(page.rows.back().entry);
      return false;
    }
    if (++seen == looked_at) page.next = cursor_of(change.entry);
    if (fits) page.rows.push_back(std::move(change));
    return true;
  };
  each_filtered(tx, {sql, filter, *before, looked_at}, add);
  return page;
}

}  // namespace censo::cmdb
