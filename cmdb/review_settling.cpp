#include "cmdb/review_settling.h"

#include "cmdb/identification_record.h"
#include "cmdb/identification_scheme.h"
#include "cmdb/merge.h"
#include "cmdb/reporting_source.h"
#include "cmdb/review.h"

#include <algorithm>
#include <optional>

namespace censo::cmdb {
namespace {

constexpr base::TimeMs look_again_ms = 3 * 3'600'000, watched_ms = 24 * 3'600'000;
constexpr std::string_view by_rule = "rule boot_ids";

// The agent of an item that reported last.
std::optional<ReportingSource> agent_of(store::Transaction& tx, CiId ci) {
  const auto agents = live_agents_of(tx, ci);
  if (agents.empty()) return std::nullopt;
  return *std::ranges::max_element(agents, {}, &ReportingSource::last_seen);
}

enum class Verdict { unknown, two_machines, one_machine };

Verdict verdict_on(const std::optional<ReportingSource>& old_agent,
                   const std::optional<ReportingSource>& new_agent, base::TimeMs silent_after,
                   base::TimeMs now) {
  if (!old_agent || !new_agent) return Verdict::one_machine;  // revoked meanwhile
  const ReportingSource& a = *old_agent;
  const ReportingSource& b = *new_agent;
  if (a.boot_since <= b.last_seen && b.boot_since <= a.last_seen) return Verdict::two_machines;
  const bool takes_turns = !a.boot_id.empty() && a.boot_since > b.last_seen;
  const bool fell_silent = a.last_seen < b.boot_since && now - a.last_seen >= silent_after;
  return takes_turns || fell_silent ? Verdict::one_machine : Verdict::unknown;
}

class Settling {
 public:
  Settling(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock, base::TimeMs now)
      : tx_(tx), catalog_(catalog), clock_(clock), now_(now) {}

  void settle(const Review& review) {
    const auto* scheme = IdentificationSchemes::built_in().of_class(catalog_, review.other_class);
    const auto verdict = verdict_on(agent_of(tx_, review.other), agent_of(tx_, review.ci),
                                    scheme ? scheme->silent_after_ms : look_again_ms, now_);
    const bool merged = root_of(tx_, review.ci) == root_of(tx_, review.other);
    if (verdict == Verdict::two_machines) {
      ask_people(review, merged);
    } else if (verdict == Verdict::one_machine && !merged) {
      join(review);
    } else {
      const bool watched = !merged || both_report(review);
      tx_.execute("update review set due_at = $2 where id = $1", review.id.value,
                  watched ? std::optional(now_ + look_again_ms) : std::optional<base::TimeMs>());
    }
  }

 private:
  void ask_people(const Review& review, bool merged) {
    const std::string why = "both agents report while the other one's system runs: two machines";
    if (merged) {
      const CiId below = root_of(tx_, review.ci) != review.ci ? review.ci : review.other;
      (void)unmerge_item(tx_, catalog_, clock_, below, {std::string(by_rule), why, now_});
      record(review, "separated", why);
    }
    tx_.execute("update review set state = 'open', due_at = null, reason = $2 where id = $1", review.id.value,
                why);
  }

  void join(const Review& review) {
    const std::string why =
        "the same hardware, and never two systems at a time: installed anew, or two systems on it";
    const auto done = merge_item(tx_, catalog_, clock_, {root_of(tx_, review.ci), review.other},
                                 {std::string(by_rule), why, now_});
    tx_.execute(
        "update review set state = 'same', decided_by = $2, decided_at = $3, reason = $4, due_at = null "
        "where id = $1",
        review.id.value, by_rule, now_, done ? why : done.error().message);
    if (done) record(review, "merged", why);
  }

  // Both did of late: whether they take turns or run at a time shows with the next reports.
  bool both_report(const Review& review) {
    const auto recent = [&](CiId ci) {
      const auto agent = agent_of(tx_, ci);
      return agent && now_ - agent->last_seen < watched_ms;
    };
    return recent(review.ci) && recent(review.other);
  }

  void record(const Review& review, const char* outcome, const std::string& why) {
    Explanation explanation = review.explanation;
    explanation.outcome = outcome;
    explanation.rule = "boot_ids";
    explanation.text = why;
    record_identification(tx_, clock_, {review.ci, {}, now_}, explanation);
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const base::Clock& clock_;
  const base::TimeMs now_;
};

}  // namespace

void settle_reviews(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                    base::TimeMs now, std::size_t limit) {
  const auto due =
      tx.query("select id from review where due_at is not null and due_at <= $1 order by due_at limit $2",
               now, static_cast<std::int64_t>(limit));
  for (const store::Row& row : due) {
    const auto review = find_review(tx, base::id_to_text(row.integer(0)));
    if (review) Settling(tx, catalog, clock, now).settle(*review);
  }
}

void look_again_after_silence(store::Transaction& tx, const ReportingSource& source, base::TimeMs now) {
  constexpr base::TimeMs long_silence_ms = base::TimeMs{24} * 3'600'000;
  if (now - source.last_seen <= long_silence_ms) return;
  for (const char* sql : {"update review set due_at = $2 where ci_id = $1 and kind = 'live_agents'"
                          " and state in ('waiting', 'same')",
                          "update review set due_at = $2 where other_ci_id = $1 and kind = 'live_agents'"
                          " and state in ('waiting', 'same')"}) {
    tx.execute(sql, source.ci.value, now);
  }
}

}  // namespace censo::cmdb
