#include "desk/change.h"
#include "desk/desk_window.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <map>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t most_neighbours = 1'000;

bool overlap(const Window& a, const Window& b) {
  return a.start != 0 && b.start != 0 && a.start < b.end && b.start < a.end;
}

// Each with the name of the item of the scope that it is next to; "" for the scope itself.
std::map<cmdb::CiId, std::string> scope_and_neighbours(store::Transaction& tx,
                                                       const std::vector<cmdb::CiId>& scope) {
  std::map<cmdb::CiId, std::string> near;
  for (const auto ci : scope) near.emplace(ci, "");
  for (const auto ci : scope) {
    const auto name = tx.query_one("select name from ci where id = $1", ci.value);
    if (!name || near.size() > most_neighbours) continue;
    for (const auto& row : tx.query(
             "select to_ci from relationship where from_ci = $1 and ended_at is null limit 1000", ci.value))
      near.emplace(cmdb::CiId(row.integer(0)), name->text(0));
    for (const auto& row : tx.query(
             "select from_ci from relationship where to_ci = $1 and ended_at is null limit 1000", ci.value))
      near.emplace(cmdb::CiId(row.integer(0)), name->text(0));
  }
  return near;
}

std::string reason_of(const std::string& name, const std::string& next_to) {
  return next_to.empty() ? "also changes " + name : "changes " + name + ", a neighbour of " + next_to;
}

// Other changes that are asked for or under way, by number, with the reason.
std::map<std::string, std::string> candidates(store::Transaction& tx, const Ticket& change) {
  std::map<std::string, std::string> found;
  for (const auto& [ci, next_to] : scope_and_neighbours(tx, scope_of(tx, change))) {
    for (const auto& row :
         tx.query("select t.number, c.name from ticket_link l join ticket t on t.id = l.ticket_id "
                  "join ci c on c.id = l.ci_id where l.ci_id = $1 and l.role = 'changed' "
                  "and t.is_open = 1 and t.state <> 'draft' and t.id <> $2",
                  ci.value, change.id.value)) {
      auto& reason = found[row.text(0)];
      if (reason.empty() || next_to.empty()) reason = reason_of(row.text(1), next_to);
    }
  }
  const auto& assignee = change.field("assignee");
  if (assignee.empty()) return found;
  for (const auto& row : tx.query(
           "select number from ticket where assignee = $1 and assignee <> '' and is_open = 1 and kind = $2 "
           "and state <> 'draft' and id <> $3",
           assignee, change.kind, change.id.value))
    found.emplace(row.text(0), "is carried out by " + assignee + " too");
  return found;
}

}  // namespace

std::vector<ChangeConflict> conflicts_of(const Operation& operation, const Ticket& change) {
  auto& tx = operation.tx;
  std::vector<ChangeConflict> conflicts;
  const auto window = planned_window(change);
  for (const auto& [number, reason] : candidates(tx, change)) {
    const auto other = find_ticket(tx, number);
    if (!other || !overlap(window, planned_window(*other))) continue;
    conflicts.push_back({"change", number, other->title, other->state, planned_window(*other), reason});
  }
  const auto scope = scope_of(tx, change);
  for (const auto kind : {freeze, maintenance}) {
    for (const auto& one : windows_over(operation, kind, scope, window)) {
      const auto reason =
          "is a " + std::string(kind == freeze ? "freeze" : "maintenance window") + " of " + one.ci_name;
      conflicts.push_back({std::string(kind), one.window.name, one.window.title, "", one.when, reason});
    }
  }
  return conflicts;
}

}  // namespace censo::desk
