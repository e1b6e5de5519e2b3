// The part of scan_store.h about runs.
#include "collector/jobs/scan_store.h"

#include "base/text.h"
#include "collector/jobs/scan_times.h"

#include <boost/json.hpp>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;

constexpr std::string_view run_columns =
    "select id, job_id, job_name, state, detail, queued_at, started_at, ended_at, total, done, answered, "
    "created, updated, verdicts, collector, sweep, stop_wanted, forced "
    "from scan_run";

std::size_t count_in(const store::Row& row, std::size_t column) {
  return static_cast<std::size_t>(row.integer(column));
}

using Counts = std::map<std::string, std::size_t>;

Counts counts_from(const std::string& text) {
  Counts counts;
  const auto object = boost::json::parse(text);
  for (const auto& [name, count] : object.as_object())
    counts[std::string(name)] = static_cast<std::size_t>(count.as_int64());
  return counts;
}

std::string text_of(const Counts& counts) {
  boost::json::object object;
  for (const auto& [name, count] : counts) object[name] = static_cast<std::int64_t>(count);
  return boost::json::serialize(object);
}

StoredRun run_of(const store::Row& row) {
  StoredRun run;
  run.id = RunId(row.integer(0));
  run.job = JobId(row.integer(1));
  run.job_name = row.text(2);
  run.state = row.text(3);
  run.detail = row.text(4);
  run.queued_at = row.integer(5);
  run.started_at = row.integer(6);
  run.ended_at = row.integer(7);
  run.total = count_in(row, 8);
  run.done = count_in(row, 9);
  run.answered = count_in(row, 10);
  run.created = count_in(row, 11);
  run.updated = count_in(row, 12);
  run.verdicts = counts_from(row.text(13));
  run.collector = row.text(14);
  run.sweep = counts_from(row.text(15));
  run.stop_wanted = row.integer(16) != 0;
  run.forced = row.integer(17) != 0;
  return run;
}

std::int64_t number(std::size_t count) {
  return static_cast<std::int64_t>(count);
}

// The cursor of runs is the id of the last one seen; of devices, its address and port.
base::Result<std::int64_t> run_cursor(const cmdb::PageRequest& page) {
  if (page.after.empty()) return std::numeric_limits<std::int64_t>::max();
  auto id = base::id_from_text(page.after);
  if (!id) return fail(Errc::malformed, "expected a cursor of an earlier page", "after");
  return *id;
}

constexpr std::string_view probe_mark = "probe:";  // a collector's place has a path after the colon

// None when it can do the job, now or when it is heard of.
std::string fault_of_probe(store::Transaction& tx, const std::string& name) {
  const auto row = tx.query_one("select state from probe where name = $1", name);
  if (row && row->text(0) != "revoked") return {};
  return "the probe \"" + name + "\" " + (row ? "was revoked" : "is not there any more");
}

}  // namespace

std::string place_of_probe(std::string_view name) {
  return std::string(probe_mark) + std::string(name);
}

std::string probe_at(std::string_view place) {
  const bool marked = place.starts_with(probe_mark) && place.find('/') == std::string_view::npos;
  return marked ? std::string(place.substr(probe_mark.size())) : std::string();
}

base::Result<StoredRun> queue_run(store::Transaction& tx, const StoredJob& job, const base::Clock& clock,
                                  std::string_view collector, Outside outside) {
  if (const auto last = newest_run(tx, job.id); last && (last->state == "queued" || last->state == "running"))
    return fail(Errc::conflict,
                "scan job \"" + job.name + "\" is " + last->state + " already, as run " + to_text(last->id));
  if (const auto why = why_closed(job, clock.now()); outside == Outside::refused && !why.empty())
    return fail(Errc::conflict,
                "scan job \"" + job.name + "\" may not scan now: " + why +
                    "; with --now (\"force\": true) it scans all the same",
                {}, "OUTSIDE_WINDOW");
  StoredRun run;
  run.id = RunId(base::next_id(clock));
  run.job = job.id;
  run.job_name = job.name;
  run.state = "queued";
  run.queued_at = clock.now();
  run.forced = outside == Outside::forced;
  run.collector = job.probe.empty() ? std::string(collector) : place_of_probe(job.probe);
  if (!job.probe.empty()) run.detail = fault_of_probe(tx, job.probe);
  if (!run.detail.empty()) {
    run.state = "failed";
    run.ended_at = run.queued_at;
  }
  tx.execute(
      "insert into scan_run (id, job_id, job_name, state, detail, queued_at, started_at, ended_at, total, "
      "done, "
      "answered, created, updated, verdicts, collector, forced) "
      "values ($1, $2, $3, $4, $7, $5, 0, $8, 0, 0, 0, 0, 0, '{}', $6, $9)",
      run.id.value, run.job.value, run.job_name, run.state, run.queued_at, run.collector, run.detail,
      run.ended_at, std::int64_t{run.forced ? 1 : 0});
  tx.execute("update scan_job set last_started_at = $2 where id = $1", job.id.value, run.queued_at);
  return run;
}

base::Result<StoredRun> find_run(store::Transaction& tx, std::string_view id) {
  static const std::string sql = std::string(run_columns) + " where id = $1";
  if (const auto number = base::id_from_text(id))
    if (const auto row = tx.query_one(sql, *number)) return run_of(*row);
  return fail(Errc::not_found, "no scan run " + std::string(id));
}

std::optional<StoredRun> newest_run(store::Transaction& tx, JobId job) {
  static const std::string sql = std::string(run_columns) + " where job_id = $1 order by id desc limit 1";
  const auto row = tx.query_one(sql, job.value);
  if (!row) return std::nullopt;
  return run_of(*row);
}

base::Result<cmdb::Page<StoredRun>> list_runs(store::Transaction& tx, JobId job,
                                              const cmdb::PageRequest& page) {
  static const std::string of_all = std::string(run_columns) + " where id < $1 order by id desc limit $2";
  static const std::string of_job =
      std::string(run_columns) + " where id < $1 and job_id = $3 order by id desc limit $2";
  const auto before = run_cursor(page);
  if (!before) return before.error();
  const auto rows = job ? tx.query(of_job, *before, number(page.limit + 1), job.value)
                        : tx.query(of_all, *before, number(page.limit + 1));
  cmdb::Page<StoredRun> answer;
  for (const auto& row : rows) {
    if (answer.rows.size() == page.limit) {
      answer.next = to_text(answer.rows.back().id);
      break;
    }
    answer.rows.push_back(run_of(row));
  }
  return answer;
}

std::vector<StoredRun> queued_runs(store::Transaction& tx, std::string_view collector) {
  static const std::string sql =
      std::string(run_columns) + " where state = 'queued' and collector in ('', $1) order by id";
  std::vector<StoredRun> runs;
  for (const auto& row : tx.query(sql, collector)) runs.push_back(run_of(row));
  return runs;
}

void want_stop(store::Transaction& tx, RunId run) {
  tx.execute("update scan_run set stop_wanted = 1 where id = $1", run.value);
}

std::vector<StoredRun> open_runs(store::Transaction& tx, std::string_view place) {
  static const std::string sql =
      std::string(run_columns) + " where state in ('queued', 'running') and collector = $1 order by id";
  std::vector<StoredRun> runs;
  for (const auto& row : tx.query(sql, place)) runs.push_back(run_of(row));
  return runs;
}

void save_run(store::Transaction& tx, const StoredRun& run) {
  tx.execute(
      "update scan_run set state = $2, detail = $3, started_at = $4, ended_at = $5, total = $6, done = $7, "
      "answered = $8, created = $9, updated = $10, verdicts = $11, sweep = $12 where id = $1",
      run.id.value, run.state, run.detail, run.started_at, run.ended_at, number(run.total), number(run.done),
      number(run.answered), number(run.created), number(run.updated), text_of(run.verdicts),
      text_of(run.sweep));
  if (run.ended_at != 0) tx.execute("delete from scan_job where id = $1 and once = 1", run.job.value);
}

void fail_interrupted_runs(store::Transaction& tx, std::string_view collector, base::TimeMs now) {
  tx.execute(
      "update scan_run set state = 'failed', detail = 'the collector stopped during the run', ended_at = $1 "
      "where state in ('queued', 'running') and collector in ('', $2)",
      now, collector);
  tx.execute(
      "delete from scan_job where once = 1 and not exists (select 1 from scan_run r where r.job_id = "
      "scan_job.id and r.state in ('queued', 'running'))");
}

void drop_old_runs(store::Transaction& tx, JobId job, std::size_t keep) {
  const auto oldest_kept =
      tx.query_one("select id from scan_run where job_id = $1 order by id desc limit 1 offset $2", job.value,
                   number(keep));
  if (!oldest_kept) return;
  tx.execute(
      "delete from scan_device where run_id in (select id from scan_run where job_id = $1 and id <= $2)",
      job.value, oldest_kept->integer(0));
  tx.execute("delete from scan_run where job_id = $1 and id <= $2", job.value, oldest_kept->integer(0));
}

}  // namespace censo::collector::jobs
