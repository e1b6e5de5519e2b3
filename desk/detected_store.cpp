#include "desk/detected_store.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "cmdb/merge.h"
#include "desk/conditions.h"
#include "desk/detected_change.h"

#include <algorithm>
#include <array>
#include <limits>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 7> states{"new",          "noise",    "expected", "matched",
                                                 "unauthorised", "accepted", "reverted"};

}  // namespace

bool is_detected_state(std::string_view state) {
  return std::find(states.begin(), states.end(), state) != states.end();
}

std::string detected_where(std::string_view condition) {
  constexpr std::string_view columns =
      "d.id, d.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), d.at, d.not_before, d.origin, d.what, "
      "d.subject, d.old_value, d.new_value, d.state, d.verdict, d.rule, d.ticket, d.group_id, d.decided_at, "
      "d.decided_by, d.reason";
  return "select " + std::string(columns) +
         " from detected_change d left join ci c on c.id = d.ci_id where " + std::string(condition);
}

DetectedChange detected_of(const store::Row& row) {
  DetectedChange change;
  change.id = DetectedId(row.integer(0));
  change.ci = cmdb::CiId(row.integer(1));
  change.class_name = row.text(2);
  change.ci_name = row.text(3);
  change.at = row.integer(4);
  change.not_before = row.integer(5);
  change.origin = row.text(6);
  change.what = row.text(7);
  change.subject = row.text(8);
  change.old_value = row.text(9);
  change.new_value = row.text(10);
  change.state = row.text(11);
  change.verdict = row.text(12);
  change.rule = row.text(13);
  change.ticket = row.text(14);
  change.group = DetectedId(row.integer(15));
  change.decided_at = row.integer(16);
  change.decided_by = row.text(17);
  change.reason = row.text(18);
  return change;
}

void insert_detected(store::Transaction& tx, const DetectedChange& change) {
  tx.execute(
      "insert into detected_change (id, ci_id, at, not_before, origin, what, subject, old_value, new_value, "
      "state, "
      "verdict, rule, ticket, group_id, decided_at, decided_by, reason) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
      change.id.value, change.ci.value, change.at, change.not_before, change.origin, change.what,
      change.subject, change.old_value, change.new_value, change.state, change.verdict, change.rule,
      change.ticket, change.group.value, change.decided_at, change.decided_by, change.reason);
}

void save_decision(store::Transaction& tx, const DetectedChange& change) {
  tx.execute(
      "update detected_change set state = $2, verdict = $3, rule = $4, ticket = $5, group_id = $6, "
      "decided_at = $7, decided_by = $8, reason = $9 where id = $1",
      change.id.value, change.state, change.verdict, change.rule, change.ticket, change.group.value,
      change.decided_at, change.decided_by, change.reason);
}

base::Result<cmdb::Page<DetectedChange>> list_detected(store::Transaction& tx, const DetectedFilter& filter,
                                                       const cmdb::PageRequest& page) {
  const auto before = cmdb::position_of(page, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  Conditions query("d.id < $1 order by d.id desc limit $2",
                   {*before, static_cast<std::int64_t>(page.limit) + 1});
  if (filter.ci) query.add_any("d.ci_id", cmdb::members_of(tx, cmdb::root_of(tx, filter.ci)));
  if (!filter.ticket.empty()) query.add("d.ticket <> '' and d.ticket = ", base::to_upper(filter.ticket));
  if (filter.group) query.add("d.group_id = ", filter.group.value);
  query.add_if("d.state = ", filter.state);
  if (filter.since != 0) query.add("d.at >= ", filter.since);
  if (filter.until != 0) query.add("d.at <= ", filter.until);
  const auto sql = detected_where(query.text());
  cmdb::Page<DetectedChange> found;
  for (const auto& row : tx.query_list(sql, query.parameters())) found.rows.push_back(detected_of(row));
  cmdb::cut(found, page);
  return found;
}

base::Result<DetectedChange> find_detected(store::Transaction& tx, DetectedId id) {
  const auto sql = detected_where("d.id = $1");
  const auto row = tx.query_one(sql, id.value);
  if (!row) return base::fail(Errc::not_found, "no detected change " + base::to_text(id));
  return detected_of(*row);
}

base::Result<cmdb::Page<DetectedGroup>> list_groups(store::Transaction& tx, const cmdb::PageRequest& page) {
  const auto before = cmdb::position_of(page, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  cmdb::Page<DetectedGroup> groups;
  for (const auto& row : tx.query(
           "select f.id, f.ci_id, coalesce(c.class, ''), coalesce(c.name, ''), f.subject, "
           "(select min(at) from detected_change m where m.group_id = f.id and m.state = 'unauthorised'), "
           "(select max(at) from detected_change m where m.group_id = f.id and m.state = 'unauthorised'), "
           "(select count(*) from detected_change m where m.group_id = f.id and m.state = 'unauthorised') "
           "from detected_change f left join ci c on c.id = f.ci_id "
           "where f.group_id = f.id and f.id < $1 and exists (select 1 from detected_change m "
           "where m.group_id = f.id and m.state = 'unauthorised') order by f.id desc limit $2",
           *before, static_cast<std::int64_t>(page.limit) + 1)) {
    groups.rows.push_back({DetectedId(row.integer(0)), cmdb::CiId(row.integer(1)), row.text(2), row.text(3),
                           row.integer(5), row.integer(6), row.integer(7), row.text(4)});
  }
  cmdb::cut(groups, page);
  return groups;
}

}  // namespace censo::desk
