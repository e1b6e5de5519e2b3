#include "collector/jobs/scan_coverage.h"

#include <algorithm>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;
using scanner::Reach;
using scanner::Reached;

constexpr std::int64_t subnets_at_once = 1000;

struct JobReach {
  std::string name;
  base::TimeMs scanned_at = 0;
  Reach reach;
};

struct AllReach {
  std::vector<JobReach> jobs;
  Reach scanned;  // by those that have run to their end
};

// Jobs were checked when they came; one that cannot be read now reaches nothing.
AllReach reach_of_jobs(store::Transaction& tx) {
  AllReach all;
  for (const auto& job : all_jobs(tx)) {
    const auto last = tx.query_one(
        "select ended_at from scan_run where job_id = $1 and state = 'done' order by id desc limit 1",
        job.id.value);
    JobReach one{job.name, last ? last->integer(0) : 0, {}};
    if (!one.reach.add(job.ranges, job.exclusions)) continue;
    if (last) (void)all.scanned.add(job.ranges, job.exclusions);
    all.jobs.push_back(std::move(one));
  }
  return all;
}

// Nothing: the prefix cannot be read.
std::optional<SubnetCoverage> coverage_of(const store::Row& row, const AllReach& all) {
  SubnetCoverage subnet{cmdb::CiId(row.integer(0)), row.text(1), row.text(2), Reached::none, {}, 0};
  const auto reached = all.scanned.of(subnet.prefix);
  if (!reached) return std::nullopt;
  subnet.reached = *reached;
  for (const auto& job : all.jobs) {
    if (job.reach.of(subnet.prefix).value() == Reached::none) continue;
    subnet.jobs.push_back(job.name);
    subnet.scanned_at = std::max(subnet.scanned_at, job.scanned_at);
  }
  return subnet;
}

// "ADDRESS RUN" of the last row of the page before.
struct UnreadCursor {
  std::string address;
  std::int64_t run = 0;
};

base::Result<UnreadCursor> unread_cursor(const std::string& after) {
  if (after.empty()) return UnreadCursor{};
  const auto space = after.find(' ');
  const auto run = base::id_from_text(space == after.npos ? "" : after.substr(space + 1));
  if (!run) return fail(Errc::malformed, "expected a cursor of an earlier page", "after");
  return UnreadCursor{after.substr(0, space), *run};
}

}  // namespace

std::string_view name_of(Reached reached) {
  switch (reached) {
    case Reached::none: return "none";
    case Reached::some: return "some";
    case Reached::all: return "all";
  }
  return "";
}

base::Result<cmdb::Page<SubnetCoverage>> subnet_coverage(store::Transaction& tx, std::optional<Reached> only,
                                                         const cmdb::PageRequest& page) {
  std::int64_t after = 0;
  if (!page.after.empty()) {
    const auto id = base::id_from_text(page.after);
    if (!id) return fail(Errc::malformed, "expected a cursor of an earlier page", "after");
    after = *id;
  }
  const auto all = reach_of_jobs(tx);
  cmdb::Page<SubnetCoverage> answer;
  while (true) {
    const auto rows = tx.query(
        "select id, name, coalesce(attributes->>'prefix', name) from ci where class = 'subnet' and "
        "merged_into is null and stage <> 'retired' and id > $1 order by id limit $2",
        after, subnets_at_once);
    for (const auto& row : rows) {
      after = row.integer(0);
      auto subnet = coverage_of(row, all);
      if (!subnet || (only && subnet->reached != *only)) continue;
      if (answer.rows.size() == page.limit) {
        answer.next = to_text(answer.rows.back().ci);
        return answer;
      }
      answer.rows.push_back(std::move(*subnet));
    }
    if (rows.size() < subnets_at_once) return answer;
  }
}

base::Result<cmdb::Page<UnreadDevice>> unread_devices(store::Transaction& tx, const cmdb::PageRequest& page) {
  const auto after = unread_cursor(page.after);
  if (!after) return after.error();
  const auto rows = tx.query(
      "select d.address, d.port, d.verdict, d.detail, d.credential, d.outcome, d.duration_ms, r.id, "
      "r.job_name, "
      "r.ended_at from scan_device d join scan_run r on r.id = d.run_id "
      "where r.id in (select max(id) from scan_run where state = 'done' group by job_id) "
      "and d.ci_id is null and d.verdict not in ('no_answer', 'cancelled', 'window_closed') "
      "and (d.address > $1 or (d.address = $1 and d.run_id > $2)) order by d.address, d.run_id limit $3",
      after->address, after->run, static_cast<std::int64_t>(page.limit + 1));
  cmdb::Page<UnreadDevice> answer;
  for (const auto& row : rows) {
    if (answer.rows.size() == page.limit) {
      const auto& last = answer.rows.back();
      answer.next = last.device.target.address + " " + to_text(last.run);
      break;
    }
    auto& unread = answer.rows.emplace_back();
    unread.device.target = {row.text(0), static_cast<std::uint16_t>(row.integer(1))};
    unread.device.verdict = row.text(2);
    unread.device.detail = row.text(3);
    unread.device.credential = row.text(4);
    unread.device.outcome = row.text(5);
    unread.device.duration_ms = row.integer(6);
    unread.run = RunId(row.integer(7));
    unread.job = row.text(8);
    unread.seen_at = row.integer(9);
  }
  return answer;
}

}  // namespace censo::collector::jobs
