#include "cmdb/forgetting.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace censo::cmdb {
namespace {

class Forgetting {
 public:
  Forgetting(store::Transaction& tx, const ClassCatalog& catalog, base::TimeMs now)
      : tx_(tx), catalog_(catalog), now_(now) {
    const auto row = tx.query_one("select min(at) from baseline");
    oldest_baseline_ = row ? row->maybe_integer(0).value_or(latest) : latest;
  }

  void forget(std::int64_t ci, const std::string& class_name) {
    const HistoryRule& rule = catalog_.history_rule(class_name);
    if (rule.keep_ms) {
      const base::TimeMs before = horizon(*rule.keep_ms);
      if (forget_states(ci, before) + forget_relationships(ci, before) > 0) {
        tx_.execute("update ci set kept_from = $2 where id = $1 and kept_from < $2", ci, before);
        tell(class_name, "items", before);
      }
    }
    if (rule.keep_components_ms) {
      const base::TimeMs before = horizon(*rule.keep_components_ms);
      if (forget_components(ci, before) > 0) {
        tx_.execute("update ci set components_kept_from = $2 where id = $1 and components_kept_from < $2", ci,
                    before);
        tell(class_name, "components", before);
      }
    }
  }

 private:
  static constexpr base::TimeMs latest = std::numeric_limits<base::TimeMs>::max();

  base::TimeMs horizon(base::TimeMs keep_ms) const { return std::min(now_ - keep_ms, oldest_baseline_); }

  // What held until the horizon or longer stays: the horizon itself can be asked for.
  std::int64_t forget_states(std::int64_t ci, base::TimeMs before) {
    tx_.execute(
        "delete from history where ci_id = $1 and at <= $2 and what <> 'created'"
        " and what not in ('component_added', 'component_removed', 'component_changed')",
        ci, before);
    return tx_.execute("delete from ci_past where ci_id = $1 and until <= $2", ci, before);
  }

  std::int64_t forget_relationships(std::int64_t ci, base::TimeMs before) {
    tx_.execute(
        "update ci set kept_from = $2 where kept_from < $2 and id in (select to_ci from relationship"
        " where from_ci = $1 and ended_at is not null and coalesce(gone_at, ended_at) <= $2)",
        ci, before);
    return tx_.execute(
        "delete from relationship where from_ci = $1 and ended_at is not null"
        " and coalesce(gone_at, ended_at) <= $2",
        ci, before);
  }

  std::int64_t forget_components(std::int64_t ci, base::TimeMs before) {
    tx_.execute(
        "delete from history where ci_id = $1 and at <= $2"
        " and what in ('component_added', 'component_removed', 'component_changed')",
        ci, before);
    return tx_.execute("delete from component_past where ci_id = $1 and at <= $2", ci, before);
  }

  void tell(const std::string& class_name, std::string_view what, base::TimeMs kept_from) {
    tx_.execute(
        "insert into history_horizon (class, what, kept_from) values ($1, $2, $3) on conflict (class, what)"
        " do update set kept_from = excluded.kept_from where excluded.kept_from > history_horizon.kept_from",
        class_name, what, kept_from);
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const base::TimeMs now_;
  base::TimeMs oldest_baseline_ = latest;
};

}  // namespace

bool forget_past(store::Transaction& tx, const ClassCatalog& catalog, base::TimeMs now,
                 const ForgettingLimits& limits) {
  const auto round = tx.query_one("select started_at, next_ci from history_round where id = 1");
  const bool is_over = round->integer(1) == 0;
  if (is_over && now - round->integer(0) < limits.round_every_ms) return false;
  const base::TimeMs started_at = is_over ? now : round->integer(0);
  Forgetting forgetting(tx, catalog, now);
  const auto rows = tx.query("select id, class from ci where id > $1 order by id limit $2", round->integer(1),
                             static_cast<std::int64_t>(limits.items_a_step));
  for (const store::Row& row : rows) forgetting.forget(row.integer(0), row.text(1));
  const bool more = rows.size() == limits.items_a_step;
  tx.execute("update history_round set started_at = $1, next_ci = $2 where id = 1", started_at,
             more ? rows.back().integer(0) : 0);
  return more;
}

}  // namespace censo::cmdb
