#include "desk/recent_changes.h"

#include "base/text.h"
#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "desk/change.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace censo::desk {
namespace {

constexpr double hour_ms = 3'600'000;
constexpr std::size_t most_others = 3;
constexpr base::TimeMs silent_ms = 2 * 60 * 60 * 1000;
constexpr base::TimeMs forgotten_ms = base::TimeMs{7} * 24 * 60 * 60 * 1000;

// Half after six hours.
double decay(base::TimeMs age_ms) {
  return std::exp2(-static_cast<double>(std::max<base::TimeMs>(age_ms, 0)) / (6 * hour_ms));
}

double nearness(std::size_t depth) {
  return std::pow(0.75, static_cast<double>(depth));
}

double weight_of(const DetectedChange& change) {
  if (change.state == "unauthorised") return 1.0;
  if (change.state == "matched") return change.verdict == "exact" ? 0.75 : 0.85;
  if (change.state == "reverted") return 0.4;
  return change.state == "accepted" ? 0.75 : 0.7;
}

double weight_of(const Ticket& change) {
  const auto& result = change.field("result");
  if (result == "failed" || result == "backed_out") return 0.95;
  if (result == "with_issues") return 0.85;
  return change.state == "implementing" ? 0.8 : 0.6;
}

std::string age_text(base::TimeMs age_ms) {
  const auto minutes = std::max<base::TimeMs>(age_ms, 0) / 60'000;
  if (minutes < 120) return std::to_string(minutes) + " min before";
  return std::to_string(minutes / 60) + " h before";
}

struct Incident {
  std::string number, title;
  base::TimeMs opened_at = 0;
};

class Ranking {
 public:
  Ranking(const Operation& operation, const Ticket& ticket, const LookBack& back)
      : operation_(operation), ticket_(ticket), back_(back) {}

  std::vector<ProbableCause> rank(std::size_t limit) {
    const auto suspects = suspects_of(operation_, ticket_, back_);
    for (const auto& suspect : suspects) suspects_.emplace(suspect.ci, suspect);
    const auto recent = changes_before(operation_.tx, ticket_, suspects, back_.span_ms);
    for (const auto& one : recent.detected) add_detected(one);
    for (const auto& one : recent.planned) add_planned(one);
    for (const auto& [ci, suspect] : suspects_) {
      add_incidents(suspect);
      if (suspect.depth > 0) add_stale(suspect);
    }
    std::vector<ProbableCause> causes;
    for (auto& [ci, cause] : best_) {
      auto& others = others_[ci];
      if (others.size() > most_others) others.resize(most_others);
      for (const auto& other : others) cause.reasons.push_back("also " + other);
      causes.push_back(std::move(cause));
    }
    std::stable_sort(causes.begin(), causes.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    if (causes.size() > limit) causes.resize(limit);
    return causes;
  }

 private:
  void add(ProbableCause cause) {
    // An incident is no evidence for itself.
    const auto others = other_incidents(cause.ci).size() - (cause.kind == "incident" ? 1 : 0);
    const auto between = incidents_between(cause.ci);
    if (others + between > 0)
      cause.score *= 1 + 0.25 * static_cast<double>(std::min<std::size_t>(others + between, 4));
    if (others > 0) cause.reasons.push_back(std::to_string(others) + " other open incidents name it");
    if (between > 0)
      cause.reasons.push_back(std::to_string(between) + " open incidents name what stands between");
    auto [place, is_new] = best_.try_emplace(cause.ci, cause);
    if (is_new) return;
    if (place->second.score < cause.score) std::swap(place->second, cause);
    if (cause.kind == "detected_change") others_[cause.ci].push_back(cause.reasons.front());
  }

  const std::vector<Incident>& other_incidents(cmdb::CiId ci) {
    const auto [place, is_new] = incidents_.try_emplace(ci);
    if (!is_new) return place->second;
    const auto suspect = suspects_.find(ci);
    // A detected change may be of a member.
    const auto members =
        suspect == suspects_.end() ? cmdb::members_of(operation_.tx, ci) : suspect->second.members;
    for (const cmdb::CiId member : members) {
      const auto rows = operation_.tx.query(
          "select t.number, t.title, t.opened_at from ticket_link l cross join ticket t where l.ci_id = $1 "
          "and "
          "t.id = l.ticket_id and l.role in ('affected', 'cause') and t.kind = 'incident' and t.is_open = 1 "
          "and t.id <> $2 order by t.id desc limit 1000",
          member.value, ticket_.id.value);
      for (const auto& row : rows) place->second.push_back({row.text(0), row.text(1), row.integer(2)});
    }
    std::ranges::stable_sort(place->second, std::ranges::greater(), &Incident::opened_at);
    return place->second;
  }

  // Of what needs it on the way to the ticket: what suffers from the same.
  std::size_t incidents_between(cmdb::CiId ci) {
    std::set<std::string> numbers;
    auto suspect = suspects_.find(ci);
    while (suspect != suspects_.end() && suspect->second.depth > 1) {
      suspect = suspects_.find(suspect->second.needed_by);
      if (suspect == suspects_.end()) break;
      for (const auto& incident : other_incidents(suspect->first)) numbers.insert(incident.number);
    }
    for (const auto& incident : other_incidents(ci)) numbers.erase(incident.number);
    return numbers.size();
  }

  void add_detected(const RecentDetected& one) {
    const auto age = ticket_.opened_at - one.change.at;
    // What is merged with an item is shown as it; the row may be of either.
    ProbableCause cause{one.change.ci,
                        one.change.class_name,
                        one.change.ci_name,
                        0,
                        "detected_change",
                        base::to_text(one.change.id),
                        {}};
    cause.score = decay(age) * nearness(one.depth) * weight_of(one.change);
    cause.reasons = {one.change.subject + " " + one.change.old_value + " -> " + one.change.new_value,
                     one.change.state, age_text(age), one.path};
    add(std::move(cause));
  }

  void add_planned(const RecentPlanned& one) {
    const bool running = one.window.end == 0 || one.window.end >= ticket_.opened_at;
    const auto age = running ? 0 : ticket_.opened_at - one.window.end;
    const auto suspect = suspects_.find(one.ci);
    if (suspect == suspects_.end()) return;
    ProbableCause cause{one.ci, suspect->second.class_name, one.ci_name, 0, "change", one.change.number, {}};
    cause.score = decay(age) * nearness(one.depth) * weight_of(one.change);
    cause.reasons = {one.change.number + " " + one.change.title, one.change.state,
                     running ? "its window was open" : "ended " + age_text(age), suspect->second.path};
    add(std::move(cause));
  }

  // Only of what is needed: an incident on the same item is no cause of this one.
  void add_incidents(const Suspect& suspect) {
    if (suspect.depth == 0 || other_incidents(suspect.ci).empty()) return;
    const Incident& latest = other_incidents(suspect.ci).front();
    const auto age = ticket_.opened_at - latest.opened_at;
    ProbableCause cause{suspect.ci, suspect.class_name, suspect.name, 0, "incident", latest.number, {}};
    cause.score = decay(age) * nearness(suspect.depth) * 0.6;
    cause.reasons = {latest.number + " " + latest.title + " is open", suspect.path};
    add(std::move(cause));
  }

  // It used to report and had fallen silent.
  void add_stale(const Suspect& suspect) {
    const auto row =
        operation_.tx.query_one("select max(last_seen) from ci_source where ci_id = $1", suspect.ci.value);
    const auto seen = row ? row->maybe_integer(0).value_or(0) : 0;
    const auto silent = ticket_.opened_at - seen;
    if (seen == 0 || silent < silent_ms || silent > forgotten_ms) return;
    ProbableCause cause{suspect.ci, suspect.class_name, suspect.name, 0, "stale", "", {}};
    cause.score = decay(silent) * nearness(suspect.depth) * 0.5;
    cause.reasons = {"has not reported since " + age_text(silent), suspect.path};
    add(std::move(cause));
  }

  const Operation& operation_;
  const Ticket& ticket_;
  const LookBack& back_;
  std::map<cmdb::CiId, Suspect> suspects_;
  std::map<cmdb::CiId, std::vector<Incident>> incidents_;
  std::map<cmdb::CiId, ProbableCause> best_;
  std::map<cmdb::CiId, std::vector<std::string>> others_;  // what else changed on the same item
};

}  // namespace

std::vector<ProbableCause> probable_causes(const Operation& operation, const Ticket& ticket,
                                           const LookBack& back, std::size_t limit) {
  return Ranking(operation, ticket, back).rank(limit);
}

void keep_ranking(const Operation& operation, const Ticket& ticket) {
  const auto cause = base::id_from_text(ticket.field("cause"));
  if (!operation.impact || !cause) return;  // "none"
  auto& tx = operation.tx;
  // As it stands without the answer: the cause is no suspect because somebody said so.
  LookBack back;
  back.max_suspects = 200;
  back.walk_at = operation.act.clock.now();  // from the tables: the writer does not wait for the graph
  const auto causes = probable_causes(operation, ticket, back);
  tx.execute("delete from cause_ranking where ticket_id = $1", ticket.id.value);
  std::int64_t rank = 0, found = 0;
  for (const auto& one : causes) {
    ++rank;
    const bool hit = one.ci.value == *cause;
    if (hit) found = rank;
    tx.execute(
        "insert into cause_ranking (ticket_id, rank, ci_id, score, reason, was_cause) values ($1, $2, $3, "
        "$4, $5, $6)",
        ticket.id.value, rank, one.ci.value, one.score, base::join(one.reasons, "; "),
        std::int64_t{hit ? 1 : 0});
  }
  tx.execute(
      "insert into cause_found (ticket_id, ci_id, rank, at) values ($1, $2, $3, $4) "
      "on conflict (ticket_id) do update set ci_id = excluded.ci_id, rank = excluded.rank, at = excluded.at",
      ticket.id.value, *cause, found, operation.act.clock.now());
}

HitRate hit_rate(store::Transaction& tx) {
  const auto row = tx.query_one(
      "select count(*), count(case when rank = 1 then 1 end), count(case when rank between 1 and 3 then 1 "
      "end), "
      "count(case when rank > 0 then 1 end) from cause_found");
  return {row->integer(0), row->integer(1), row->integer(2), row->integer(3)};
}

}  // namespace censo::desk
