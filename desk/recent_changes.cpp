#include "desk/recent_changes.h"

#include "cmdb/impact.h"
#include "desk/change.h"
#include "desk/detected_store.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <map>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t most_rows = 200;

std::vector<RecentDetected> detected_on(store::Transaction& tx, const Suspect& suspect,
                                        const RecentChanges& span) {
  std::vector<RecentDetected> found;
  const auto sql = detected_where(
      "d.ci_id in "
      "(with recursive member (id) as (select cast($1 as bigint) union select c.id from ci c "
      "join member m on c.merged_into = m.id) select id from member) and d.at >= $2 and d.at <= $3 "
      "and d.state not in ('noise', 'expected') order by d.at desc limit 100");
  for (const auto& row : tx.query(sql, suspect.ci.value, span.since, span.until))
    found.push_back({detected_of(row), suspect.depth, suspect.path});
  return found;
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
  const auto sql = tickets_where(
      "kind = 'change' and state not in ('draft', 'cancelled', 'rejected') and id in (select ticket_id from "
      "ticket_link where ci_id in "
      "(with recursive member (id) as (select cast($1 as bigint) union select c.id from ci c "
      "join member m on c.merged_into = m.id) select id from member) and role = 'changed') order by id desc "
      "limit 50");
  for (const auto& row : tx.query(sql, suspect.ci.value)) {
    auto change = ticket_of(row);
    const auto window = window_of(change);
    if (!touches(window, recent)) continue;
    const auto number = change.number;
    planned.try_emplace(number,
                        RecentPlanned{std::move(change), window, suspect.ci, suspect.name, suspect.depth});
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
  if (named.empty()) return named;
  cmdb::ImpactQuestion question;
  question.direction = cmdb::Direction::upstream;
  question.limits.max_items = back.max_suspects;
  question.at = back.walk_at;
  question.sound = std::move(sound);
  for (const auto& suspect : named) question.failed.push_back(suspect.ci);
  const std::set<cmdb::CiId> known(question.failed.begin(), question.failed.end());
  for (const auto& item : cmdb::impact(operation.tx, *operation.impact, question).items) {
    if (known.contains(item.id)) continue;
    named.push_back({item.id, item.class_name, item.name, item.depth, "needed by " + item.through_name});
  }
  return named;
}

RecentChanges changes_before(const Operation& operation, const Ticket& ticket, const LookBack& back) {
  RecentChanges recent;
  recent.since = ticket.opened_at - back.span_ms;
  recent.until = ticket.opened_at;
  std::map<std::string, RecentPlanned> planned;
  for (const auto& suspect : suspects_of(operation, ticket, back)) {
    auto found = detected_on(operation.tx, suspect, recent);
    std::move(found.begin(), found.end(), std::back_inserter(recent.detected));
    add_planned(operation.tx, suspect, recent, planned);
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
