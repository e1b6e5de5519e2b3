// The list of a past moment: two tables in one order, the states of now and the states of before, of which
// every item has at most one that held then.
#include "cmdb/as_of.h"

#include "cmdb/stored_json.h"
#include "cmdb/time_spans.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr std::int64_t largest_chunk = 1'024;

}  // namespace

std::optional<ItemThen> item_then(store::Transaction& tx, CiId ci, base::TimeMs at) {
  auto state = state_of(tx, ci, at);
  if (!state || state->merged_into) return std::nullopt;
  const auto row = tx.query_one("select first_seen from ci where id = $1", ci.value);
  return ItemThen{ci, std::move(*state), row->integer(0)};
}

ItemsThen::ItemsThen(store::Transaction& tx, base::TimeMs at, std::string class_name, std::string name,
                     CiId id)
    : tx_(tx), at_(at), class_name_(std::move(class_name)) {
  current_.last = {name, id.value, 0, false};
  past_.last = {std::move(name), id.value, std::numeric_limits<std::int64_t>::max(), false};
}

void ItemsThen::fill_current() {
  if (!current_.rows.empty() || current_.ended) return;
  const Candidate& last = current_.last;
  const auto rows =
      class_name_.empty()
          ? tx_.query(
                "select name, id, since, merged_into from ci where (name, id) > ($1, $2)"
                " order by name, id limit $3",
                last.name, last.id, current_.chunk)
          : tx_.query(
                "select name, id, since, merged_into from ci where class = $4 and (name, id) > ($1, $2)"
                " order by name, id limit $3",
                last.name, last.id, current_.chunk, class_name_);
  for (const store::Row& row : rows) {
    current_.rows.push_back({row.text(0), row.integer(1), 0, row.integer(2) <= at_ && row.is_null(3)});
  }
  current_.ended = static_cast<std::int64_t>(rows.size()) < current_.chunk;
  if (!current_.rows.empty()) current_.last = current_.rows.back();
  current_.chunk = std::min(current_.chunk * 2, largest_chunk);
}

void ItemsThen::fill_past() {
  if (!past_.rows.empty() || past_.ended) return;
  const Candidate& last = past_.last;
  const auto rows =
      class_name_.empty()
          ? tx_.query(
                "select name, ci_id, until, merged_into, since, until, again from ci_past"
                " where (name, ci_id, until) > ($1, $2, $3) order by name, ci_id, until limit $4",
                last.name, last.id, last.until, past_.chunk)
          : tx_.query(
                "select name, ci_id, until, merged_into, since, until, again from ci_past where class = $5"
                " and (name, ci_id, until) > ($1, $2, $3) order by name, ci_id, until limit $4",
                last.name, last.id, last.until, past_.chunk, class_name_);
  for (const store::Row& row : rows) {
    past_.rows.push_back(
        {row.text(0), row.integer(1), row.integer(2), row.is_null(3) && holds(spans_of_past(row, 4), at_)});
  }
  past_.ended = static_cast<std::int64_t>(rows.size()) < past_.chunk;
  if (!past_.rows.empty()) past_.last = past_.rows.back();
  past_.chunk = std::min(past_.chunk * 2, largest_chunk);
}

std::optional<ItemThen> ItemsThen::next(const std::function<bool(CiId)>& wanted) {
  while (true) {
    fill_current();
    fill_past();
    if (current_.rows.empty() && past_.rows.empty()) return std::nullopt;
    const auto place = [](const Candidate& candidate) { return std::tie(candidate.name, candidate.id); };
    const bool from_past = current_.rows.empty() ||
                           (!past_.rows.empty() && place(past_.rows.front()) < place(current_.rows.front()));
    Stream& stream = from_past ? past_ : current_;
    const Candidate candidate = std::move(stream.rows.front());
    stream.rows.pop_front();
    if (candidate.fits && (!wanted || wanted(CiId(candidate.id)))) return load(candidate);
  }
}

std::optional<ItemThen> ItemsThen::load(const Candidate& candidate) {
  const auto row =
      candidate.until == 0
          ? tx_.query_one("select class, stage, attributes, first_seen from ci where id = $1", candidate.id)
          : tx_.query_one(
                "select p.class, p.stage, p.attributes, c.first_seen from ci_past p join ci c"
                " on c.id = p.ci_id where p.ci_id = $1 and p.until = $2",
                candidate.id, candidate.until);
  return ItemThen{CiId(candidate.id),
                  {row->text(0), candidate.name, row->text(1), attributes_from_json(row->text(2)), {}},
                  row->integer(3)};
}

}  // namespace censo::cmdb
