#include "cmdb/junk_review.h"

#include "cmdb/identification_record.h"
#include "cmdb/merge.h"
#include "cmdb/review.h"

#include <algorithm>
#include <optional>

namespace censo::cmdb {
namespace {

bool is_of(const EvidenceLine& line, const LearntJunk& junk) {
  return line.value == junk.value && (junk.identifier.empty() || line.identifier == junk.identifier);
}

// The score without the value; nothing: the value took no part.
std::optional<double> rest_without(const Explanation& explanation, const LearntJunk& junk) {
  if (explanation.candidates.empty()) return std::nullopt;
  const Candidate& best = explanation.candidates.front();
  const bool took_part =
      std::ranges::any_of(best.lines, [&](const EvidenceLine& line) { return is_of(line, junk); });
  if (!took_part) return std::nullopt;
  double rest = 0;
  for (const EvidenceLine& line : best.lines) rest += is_of(line, junk) ? 0 : line.weight;
  return rest;
}

void drop_reviews(store::Transaction& tx, CiId ci, const LearntJunk& junk, base::TimeMs now) {
  for (const Review& review : reviews_of(tx, ci)) {
    const auto rest = rest_without(review.explanation, junk);
    if (!rest || *rest >= review.explanation.review) continue;
    tx.execute(
        "update review set state = 'dropped', due_at = null, decided_by = 'rule junk', decided_at = "
        "$2,"
        " reason = $3 where id = $1",
        review.id.value, now, std::string(name_of(junk.kind)) + " " + junk.value + " names nothing");
  }
}

void ask_about_links(store::Transaction& tx, const base::Clock& clock, CiId ci, const LearntJunk& junk,
                     base::TimeMs now) {
  for (const store::Row& row :
       tx.query("select source_id, explanation from identification where ci_id = $1 and outcome = 'linked'",
                ci.value)) {
    const Explanation explanation = explanation_from_json(row.text(1));
    const auto rest = rest_without(explanation, junk);
    if (!rest || *rest >= explanation.link) continue;
    ask_review(tx, clock,
               {ci, ci, "learnt_junk", false, explanation, SourceId(row.maybe_integer(0).value_or(0)), now});
  }
}

}  // namespace

void look_at_past_links(store::Transaction& tx, const base::Clock& clock, const LearntJunk& junk,
                        base::TimeMs now) {
  for (const CiId root : junk.carriers) {
    drop_reviews(tx, root, junk, now);
    for (const CiId member : members_of(tx, root)) ask_about_links(tx, clock, member, junk, now);
  }
}

}  // namespace censo::cmdb
