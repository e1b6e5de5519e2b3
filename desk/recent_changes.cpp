#include "desk/recent_changes.h"

#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "desk/change.h"
#include "desk/detected_store.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <map>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t most_rows = 200;

void add_detected(store::Transaction& tx, const Suspect& suspect, RecentChanges& recent) {
  static const auto sql = detected_where(
      "d.ci_id = $1 and d.at >= $2 and d.at <= $3 and d.state not in ('noise', 'expected') order by d.at "
      "desc "
      "limit 100");
  for (const cmdb::CiId member : suspect.members) {
    for (const auto& row : tx.query(sql, member.value, recent.since, recent.until))
      recent.detected.push_back({detected_of(row), suspect.depth, suspect.path});
  }
}

Window window_of(const Ticket& change) {
  const auto actual = actual_window(change);
  return actual.start != 0 ? actual : planned_window(change);
}

bool touches(const Window& window, const RecentChanges& span) {
  return window.start != 0 && window.start <= span.until && (window.end == 0 || window.end >= span.since);
}

void add_planned(store::Transaction& tx, const Suspect& suspect, RecentChanges& recent,
                 std::map<std::string, RecentPlanned>& planned) {
  static const auto sql =
      tickets_where("id = $1 and kind = 'change' and state not in ('draft', 'cancelled', 'rejected')");
  for (const cmdb::CiId member : suspect.members) {
    const auto changes = tx.query(
        "select ticket_id from ticket_link where ci_id = $1 and role = 'changed' order by ticket_id desc "
        "limit "
        "50",
        member.value);
    for (const auto& changing : changes) {
      const auto row = tx.query_one(sql, changing.integer(0));
      if (!row) continue;
      auto change = ticket_of(*row);
      const auto window = window_of(change);
      if (!touches(window, recent)) continue;
      const auto number = change.number;
      planned.try_emplace(number,
                          RecentPlanned{std::move(change), window, suspect.ci, suspect.name, suspect.depth});
    }
  }
}

}  // namespace

std::vector<Suspect> suspects_of(const Operation& operation, const Ticket& ticket, const LookBack& back) {
  std::vector<Suspect> suspects;
  std::vector<cmdb::CiId> sound;
  for (const auto& link : links_of(operation.tx, ticket.id)) {
    if (link.role == LinkRole::excluded) sound.push_back(link.ci);
    if (link.role != LinkRole::affected && link.role != LinkRole::cause) continue;
    suspects.push_back({link.ci, link.class_name, link.name, 0, "named in the ticket"});
  }
  return with_what_they_need(operation, std::move(suspects), std::move(sound), back);
}

std::vector<Suspect> with_what_they_need(const Operation& operation, std::vector<Suspect> named,
                                         std::vector<cmdb::CiId> sound, const LookBack& back) {
  if (!named.empty() && operation.impact) {
    cmdb::ImpactQuestion question;
    question.direction = cmdb::Direction::upstream;
    question.limits.max_items = back.max_suspects;
    question.at = back.walk_at;
    question.verdicts = false;
    question.sound = std::move(sound);
    for (const auto& suspect : named) question.failed.push_back(suspect.ci);
    const std::set<cmdb::CiId> known(question.failed.begin(), question.failed.end());
    for (const auto& item : cmdb::impact(operation.tx, *operation.impact, question).items) {
      if (known.contains(item.id)) continue;
      named.push_back(
          {item.id, item.class_name, item.name, item.depth, "needed by " + item.through_name, item.through});
    }
  }
  for (auto& suspect : named) suspect.members = cmdb::members_of(operation.tx, suspect.ci);
  return named;
}

RecentChanges changes_before(const Operation& operation, const Ticket& ticket, const LookBack& back) {
  return changes_before(operation.tx, ticket, suspects_of(operation, ticket, back), back.span_ms);
}

RecentChanges changes_before(store::Transaction& tx, const Ticket& ticket,
                             const std::vector<Suspect>& suspects, base::TimeMs span_ms) {
  RecentChanges recent;
  recent.since = ticket.opened_at - span_ms;
  recent.until = ticket.opened_at;
  std::map<std::string, RecentPlanned> planned;
  for (const auto& suspect : suspects) {
    add_detected(tx, suspect, recent);
    add_planned(tx, suspect, recent, planned);
  }
  std::stable_sort(recent.detected.begin(), recent.detected.end(),
                   [](const auto& a, const auto& b) { return a.change.at > b.change.at; });
  if (recent.detected.size() > most_rows) {
    recent.detected.resize(most_rows);
    recent.truncated = true;
  }
  for (auto& [number, change] : planned) recent.planned.push_back(std::move(change));
  return recent;
}

}  // namespace censo::desk
