#include "cmdb/review.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "cmdb/identification_record.h"
#include "cmdb/merge.h"
#include "cmdb/source_move.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr base::TimeMs look_again_ms = 3 * 3'600'000;

constexpr std::string_view columns =
    "select r.id, r.ci_id, r.other_ci_id, a.name, a.class, b.name, b.class, r.kind, r.state, r.score,"
    " r.explanation, r.source_id, r.at, r.decided_at, r.decided_by, r.reason from review r"
    " join ci a on a.id = r.ci_id join ci b on b.id = r.other_ci_id where ";

Review review_from(const store::Row& row) {
  Review review;
  review.id = ReviewId(row.integer(0));
  review.ci = CiId(row.integer(1));
  review.other = CiId(row.integer(2));
  review.ci_name = row.text(3);
  review.ci_class = row.text(4);
  review.other_name = row.text(5);
  review.other_class = row.text(6);
  review.kind = row.text(7);
  review.state = row.text(8);
  review.explanation = explanation_from_json(row.text(10));
  if (!review.explanation.candidates.empty()) review.score = review.explanation.candidates.front().score;
  review.source = SourceId(row.maybe_integer(11).value_or(0));
  review.at = row.integer(12);
  review.decided_at = row.maybe_integer(13).value_or(0);
  review.decided_by = row.maybe_text(14).value_or("");
  review.reason = row.maybe_text(15).value_or("");
  return review;
}

std::optional<Review> review_of_pair(store::Transaction& tx, CiId a, CiId b) {
  static const std::string sql = std::string(columns) + "r.ci_id = $1 and r.other_ci_id = $2";
  auto row = tx.query_one(sql, a.value, b.value);
  if (!row) row = tx.query_one(sql, b.value, a.value);
  return row ? std::optional(review_from(*row)) : std::nullopt;
}

// The values that speak for a pair, one a line.
std::string evidence_for(const Explanation& explanation) {
  std::set<std::string> lines;
  if (explanation.candidates.empty()) return "";
  for (const EvidenceLine& line : explanation.candidates.front().lines) {
    if (line.weight > 0) lines.insert(line.identifier + " " + line.value);
  }
  return base::join({lines.begin(), lines.end()}, "\n");
}

bool has_new_evidence(store::Transaction& tx, const Review& known, const std::string& evidence) {
  const auto row = tx.query_one("select evidence from review where id = $1", known.id.value);
  const std::string before = row->text(0);
  const auto old_lines = base::split(before, '\n');
  return std::ranges::any_of(base::split(evidence, '\n'), [&](std::string_view line) {
    return std::ranges::find(old_lines, line) == old_lines.end();
  });
}

void set_state(store::Transaction& tx, ReviewId id, const ReviewDecision& decision) {
  tx.execute(
      "update review set state = $2, decided_by = $3, decided_at = $4, reason = $5, due_at = null where id = "
      "$1",
      id.value, decision.decision, decision.actor, decision.now, decision.reason);
}

void insert(store::Transaction& tx, const base::Clock& clock, const ReviewQuestion& question) {
  const auto& candidates = question.explanation.candidates;
  const auto due =
      question.waiting ? std::optional(question.now + look_again_ms) : std::optional<base::TimeMs>();
  tx.execute(
      "insert into review (id, ci_id, other_ci_id, kind, state, score, evidence, explanation, source_id, at, "
      "due_at)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (ci_id, other_ci_id) do update set"
      " kind = excluded.kind, state = excluded.state, score = excluded.score, evidence = excluded.evidence,"
      " explanation = excluded.explanation, source_id = excluded.source_id, at = excluded.at,"
      " due_at = excluded.due_at",
      base::next_id(clock), question.ci.value, question.other.value, question.kind,
      question.waiting ? "waiting" : "open", candidates.empty() ? 0.0 : candidates.front().score,
      evidence_for(question.explanation), to_json(question.explanation),
      question.source ? std::optional(question.source.value) : std::optional<std::int64_t>(), question.now,
      due);
}

}  // namespace

void ask_review(store::Transaction& tx, const base::Clock& clock, const ReviewQuestion& question) {
  const auto known = review_of_pair(tx, question.ci, question.other);
  if (known && known->state != "different" && known->state != "dropped") return;
  if (known && known->state == "different" &&
      !has_new_evidence(tx, *known, evidence_for(question.explanation)))
    return;
  ReviewQuestion asked = question;
  if (known) {
    asked.ci = known->ci;
    asked.other = known->other;
  }
  insert(tx, clock, asked);
}

base::Result<Page<Review>> list_reviews(store::Transaction& tx, std::string_view state,
                                        const PageRequest& request) {
  const auto before = position_of(request, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  static const std::string undecided =
      std::string(columns) + "r.state in ('open', 'later') and r.id < $1 order by r.id desc limit $2";
  static const std::string of_state =
      std::string(columns) + "r.state = $3 and r.id < $1 order by r.id desc limit $2";
  static const std::string all = std::string(columns) + "r.id < $1 order by r.id desc limit $2";
  const auto limit = static_cast<std::int64_t>(request.limit) + 1;
  const auto rows = state.empty()    ? tx.query(undecided, *before, limit)
                    : state == "all" ? tx.query(all, *before, limit)
                                     : tx.query(of_state, *before, limit, state);
  Page<Review> page;
  for (const store::Row& row : rows) page.rows.push_back(review_from(row));
  cut(page, request);
  return page;
}

base::Result<Review> find_review(store::Transaction& tx, std::string_view id) {
  static const std::string sql = std::string(columns) + "r.id = $1";
  const auto number = base::id_from_text(id);
  const auto row = number ? tx.query_one(sql, *number) : std::nullopt;
  if (!row)
    return base::fail(Errc::not_found, "no review has the id \"" + base::sanitize_utf8(id, 40) + "\"");
  return review_from(*row);
}

std::vector<Review> reviews_of(store::Transaction& tx, CiId ci) {
  static const std::string as_first =
      std::string(columns) + "r.ci_id = $1 and r.state in ('waiting', 'open', 'later')";
  static const std::string as_other =
      std::string(columns) +
      "r.other_ci_id = $1 and r.ci_id <> $1 and r.state in ('waiting', 'open', 'later')";
  std::vector<Review> reviews;
  for (const CiId member : members_of(tx, ci)) {
    for (const store::Row& row : tx.query(as_first, member.value)) reviews.push_back(review_from(row));
    for (const store::Row& row : tx.query(as_other, member.value)) reviews.push_back(review_from(row));
  }
  return reviews;
}

base::Result<void> decide_review(store::Transaction& tx, const ClassCatalog& catalog,
                                 const base::Clock& clock, const Review& review,
                                 const ReviewDecision& decision) {
  const auto& word = decision.decision;
  if (word != "same" && word != "different" && word != "later")
    return base::fail(Errc::invalid_argument, "expected same, different or later", "decision");
  const bool merged = root_of(tx, review.ci) == root_of(tx, review.other) && review.ci != review.other;
  if (word == "later" && (merged || review.state == "different"))
    return base::fail(Errc::conflict, "the review is decided: " + review.state);
  const MergeAct act{decision.actor, decision.reason, decision.now};
  if (word == "same" && !merged && review.ci != review.other) {
    const auto done = merge_item(tx, catalog, clock, {root_of(tx, review.ci), review.other}, act);
    if (!done) return done.error();
  }
  if (word == "different" && merged) {
    const bool below = root_of(tx, review.ci) != review.ci;
    const auto done = unmerge_item(tx, catalog, clock, below ? review.ci : review.other, act);
    if (!done) return done.error();
  }
  if (word == "different" && review.ci == review.other && review.source)
    move_source(tx, catalog, clock, review.source, act);
  set_state(tx, review.id, decision);
  Explanation explanation = review.explanation;
  explanation.outcome = word == "same" ? "merged" : word == "different" ? "separated" : "review";
  explanation.rule = "person";
  explanation.text =
      decision.actor + " decided: " + word + (decision.reason.empty() ? "" : ", " + decision.reason);
  record_identification(tx, clock, {review.ci, {}, decision.now}, explanation);
  return {};
}

void note_decision(store::Transaction& tx, const base::Clock& clock, std::pair<CiId, CiId> pair,
                   const ReviewDecision& decision) {
  auto known = review_of_pair(tx, pair.first, pair.second);
  if (!known) {
    insert(tx, clock,
           {pair.first,
            pair.second,
            "person",
            false,
            {decision.decision, "person", decision.reason, 0, 0, {}, {}},
            {},
            decision.now});
    known = review_of_pair(tx, pair.first, pair.second);
  }
  set_state(tx, known->id, decision);
}

}  // namespace censo::cmdb
