#include "desk/problem_candidate.h"

#include "base/text.h"
#include "desk/likeness.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_relation.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t most_leaders = 64;  // with one word, that an incident is compared with

struct Incident {
  Ticket ticket;
  Words words;
};
using Incidents = std::map<std::int64_t, Incident, std::greater<>>;  // newest first

struct Group {
  std::string reason;
  cmdb::CiId ci;
  std::set<std::int64_t> incidents;  // one whose items were merged is linked twice
};
using Groups = std::map<std::string, Group>;  // by key

const GatheringRule* rule_of(const TicketKinds& kinds) {
  const auto* kind = kinds.find("problem");
  const auto* relation = kind ? kind->find_relation("incident") : nullptr;
  return relation && relation->gathers ? &*relation->gathers : nullptr;
}

Incidents incidents_since(store::Transaction& tx, base::TimeMs since) {
  Incidents incidents;
  const auto sql = tickets_where(
      "kind = 'incident' and id >= $1 and opened_at >= $2 and state <> 'cancelled' and not exists (select "
      "1 from ticket_relation where to_ticket = ticket.id and relation = 'incident') order by id desc limit "
      "5000");
  for (const auto& row : tx.query(sql, base::lowest_id_at(since), since)) {
    auto ticket = ticket_of(row);
    auto words = telling_words(ticket.title);
    incidents.emplace(ticket.id.value, Incident{std::move(ticket), std::move(words)});
  }
  return incidents;
}

// By what caused them, and by what suffers and the category.
void group_by_items(store::Transaction& tx, const Incidents& incidents, base::TimeMs since, Groups& groups) {
  for (const auto& row : tx.query(
           "select l.ticket_id, l.role, c.id, c.name from ticket_link l join ci m on m.id = l.ci_id join ci "
           "c on c.id = coalesce(m.merged_into, m.id) where l.ticket_id >= $1 and l.role in ('affected', "
           "'cause')",
           base::lowest_id_at(since))) {
    const auto found = incidents.find(row.integer(0));
    if (found == incidents.end()) continue;
    const auto& category = found->second.ticket.field("category");
    const bool cause = row.text(1) == "cause";
    if (!cause && category.empty()) continue;
    const auto ci = cmdb::CiId(row.integer(2));
    auto& group = groups[(cause ? "cause-" : "item-") + base::to_text(ci) + (cause ? "" : "-" + category)];
    group.ci = ci;
    group.reason = cause ? "the same cause, " + row.text(3)
                         : "the same category, " + category + ", on the same item, " + row.text(3);
    group.incidents.insert(found->first);
  }
}

std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Each joins the oldest that is alike enough, else others may join it.
void group_by_words(const Incidents& incidents, double alike_enough, Groups& groups) {
  std::map<std::string, std::vector<const Incident*>, std::less<>> leaders_by_word;
  std::map<const Incident*, std::set<std::int64_t>> joined_to;
  const auto leader_of = [&](const Incident& incident) -> const Incident* {
    for (const auto& word : incident.words)
      for (const auto* leader : leaders_by_word[word])
        if (likeness(incident.words, leader->words) >= alike_enough) return leader;
    return nullptr;
  };
  for (auto one = incidents.rbegin(); one != incidents.rend(); ++one) {
    const auto* leader = leader_of(one->second);
    if (!leader) {
      leader = &one->second;
      for (const auto& word : leader->words)
        if (auto& others = leaders_by_word[word]; others.size() < most_leaders) others.push_back(leader);
    }
    joined_to[leader].insert(one->first);
  }
  for (const auto& [leader, members] : joined_to)
    groups["words-" + leader->ticket.number] = {"titles alike: " + joined(leader->words), {}, members};
}

ProblemCandidate candidate_of(const std::string& key, const Group& group, const Incidents& incidents) {
  ProblemCandidate candidate{key, group.reason, group.ci, {}};
  for (auto id = group.incidents.rbegin(); id != group.incidents.rend(); ++id)
    candidate.incidents.push_back(incidents.at(*id).ticket);
  return candidate;
}

// Whose all of them are; nothing: they are not of one.
std::optional<std::string> tenant_of(const ProblemCandidate& candidate) {
  const auto& first = candidate.incidents.front().field("tenant");
  const bool all = std::ranges::all_of(
      candidate.incidents, [&](const Ticket& incident) { return incident.field("tenant") == first; });
  if (all) return first;
  return {};
}

// Of incidents of several tenants without the words of any (rule 75).
std::string problem_title(const ProblemCandidate& candidate) {
  const auto& first = candidate.incidents.front();
  const auto many = std::to_string(candidate.incidents.size()) + " x ";
  if (tenant_of(candidate)) return many + first.title;
  return many + (first.field("category").empty() ? "incidents" : first.field("category"));
}

}  // namespace

std::vector<ProblemCandidate> problem_candidates(const Operation& operation) {
  const auto* rule = rule_of(operation.kinds);
  if (!rule) return {};
  const auto since = operation.act.clock.now() - rule->within_ms;
  const auto incidents = incidents_since(operation.tx, since);
  Groups groups;  // "cause-" before "item-" before "words-"
  group_by_items(operation.tx, incidents, since, groups);
  group_by_words(incidents, static_cast<double>(rule->alike_percent) / 100, groups);
  std::vector<ProblemCandidate> candidates;
  std::set<std::set<std::int64_t>> seen;
  for (const auto& [key, group] : groups) {
    if (group.incidents.size() < static_cast<std::size_t>(rule->tickets)) continue;
    if (seen.insert(group.incidents).second) candidates.push_back(candidate_of(key, group, incidents));
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.incidents.size() > b.incidents.size(); });
  return candidates;
}

base::Result<Ticket> open_candidate(const Operation& operation, std::string_view key) {
  for (const auto& candidate : problem_candidates(operation)) {
    if (candidate.key != key) continue;
    NewTicket wanted;
    wanted.kind = "problem";
    wanted.title = base::sanitize_utf8(problem_title(candidate), 200);
    wanted.requester = operation.act.actor;
    if (const auto tenant = tenant_of(candidate); tenant && !tenant->empty())
      wanted.fields["tenant"] = *tenant;
    if (candidate.ci) wanted.affected.push_back(candidate.ci);
    wanted.fields["evidence"] =
        std::to_string(candidate.incidents.size()) + " incidents: " + candidate.reason;
    auto problem = open_ticket(operation.tx, operation.kinds, wanted, operation.act);
    for (const auto& incident : candidate.incidents) {
      if (!problem) break;
      problem = relate_tickets(operation, *problem, "incident", incident);
    }
    return problem;
  }
  return base::fail(base::Errc::not_found, "no candidate \"" + base::sanitize_utf8(key, 80) +
                                               "\" any more: its incidents have a problem, or are older");
}

}  // namespace censo::desk
