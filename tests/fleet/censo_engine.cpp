#include "tests/fleet/censo_engine.h"

#include "cmdb/ingest.h"
#include "cmdb/merge.h"
#include "cmdb/review.h"
#include "tests/fleet/rates.h"

#include <algorithm>

namespace censo::fleet {
namespace {

constexpr std::size_t group = 500;  // reports in one commit

}  // namespace

CensoEngine::CensoEngine(const std::string& path)
    : clock_(simulation_start),
      catalog_(*cmdb::ClassCatalog::load(cmdb::built_in_schemas())),
      connection_(store::open_connection(path)) {
  connection_->run_script(
      "create temporary table fleet_live (record integer primary key, source_id integer not null)");
}

std::optional<std::int64_t> CensoEngine::take(const Sighting& sighting) {
  begin_group(sighting.at);
  store::Transaction tx(*connection_);
  connection_->savepoint();
  const auto receipt = cmdb::ingest(tx, catalog_, sighting.report, clock_.now(), clock_);
  if (receipt) {
    connection_->release_savepoint();
    if (receipt->ci && sighting.reports_daily) remember_live(sighting, receipt->ci);
  } else {
    connection_->rollback_to_savepoint();
    last_refusal_ = base::to_string(receipt.error());
  }
  if (++waiting_ == group) commit_group();
  return receipt && receipt->ci ? std::optional(receipt->ci.value) : std::nullopt;
}

void CensoEngine::begin_group(base::TimeMs now) {
  if (waiting_ == 0) connection_->begin_write();
  for (base::TimeMs day = clock_.now() / day_ms + 1; day <= now / day_ms; ++day) live_a_day(day * day_ms);
  clock_.set(std::max(now, clock_.now()));
}

void CensoEngine::commit_group() {
  if (waiting_ > 0) connection_->commit();
  waiting_ = 0;
}

// What the unchanged reports of a day do, all at once.
void CensoEngine::live_a_day(base::TimeMs today) {
  clock_.set(today);
  store::Transaction tx(*connection_);
  tx.execute("update ci_source set last_seen = $1 where id in (select source_id from fleet_live)", today);
}

void CensoEngine::remember_live(const Sighting& sighting, cmdb::CiId ci) {
  store::Transaction tx(*connection_);
  tx.execute(
      "insert into fleet_live (record, source_id) select $1, s.id from ci_source s join origin o on o.id = "
      "s.origin_id"
      " where o.kind = 'agent' and o.native_id = $2 and s.ci_id = $3"
      " on conflict (record) do update set source_id = excluded.source_id",
      static_cast<std::int64_t>(sighting.record), sighting.report.origin.id, ci.value);
}

void CensoEngine::end(std::size_t record) {
  store::Transaction tx(*connection_);
  tx.execute("delete from fleet_live where record = $1", static_cast<std::int64_t>(record));
}

void CensoEngine::decide_reviews(const std::function<bool(std::int64_t, std::int64_t)>& is_same) {
  commit_group();
  store::Transaction tx(*connection_);
  connection_->begin_write();
  for (const store::Row& row :
       tx.query("select id from review where state in ('open', 'later') order by id")) {
    const auto review = cmdb::find_review(tx, base::id_to_text(row.integer(0)));
    if (!review) continue;
    const char* decision = is_same(review->ci.value, review->other.value) ? "same" : "different";
    const auto done = cmdb::decide_review(tx, catalog_, clock_, *review,
                                          {decision, "person", "by the truth", clock_.now()});
    if (!done) last_refusal_ = base::to_string(done.error());
  }
  connection_->commit();
}

std::vector<std::string> CensoEngine::open_questions() {
  commit_group();
  store::Transaction tx(*connection_);
  std::vector<std::string> questions;
  const auto reviews = cmdb::list_reviews(tx, "", {1000, ""});
  for (const cmdb::Review& review : reviews->rows) {
    questions.push_back(review.kind + ": " + review.ci_name + " or " + review.other_name + " (" +
                        review.other_class + ")");
    if (review.explanation.candidates.empty()) continue;
    for (const cmdb::EvidenceLine& line : review.explanation.candidates.front().lines)
      questions.back() += ", " + line.identifier + " " + std::to_string(line.weight).substr(0, 5);
  }
  for (const store::Row& row :
       tx.query("select subject_name, problem from unidentified_report where state = 'open'"))
    questions.push_back("unidentified: " + row.text(0) + ", " + row.text(1));
  return questions;
}

Engine CensoEngine::engine() {
  const auto shown_for = [this](std::int64_t item) {
    commit_group();
    store::Transaction tx(*connection_);
    return cmdb::root_of(tx, cmdb::CiId(item)).value;
  };
  const auto reviews = [this] {
    commit_group();
    store::Transaction tx(*connection_);
    const auto row = tx.query_one(
        "select (select count(*) from review where state in ('open', 'later')),"
        " (select count(*) from unidentified_report where state = 'open')");
    return static_cast<std::size_t>(row->integer(0) + row->integer(1));
  };
  return {"Censo", [this](const Sighting& sighting) { return take(sighting); },
          [this](std::size_t record) { end(record); }, shown_for, reviews};
}

}  // namespace censo::fleet
