#include "collector/scan_json.h"

#include "collector/access/probes.h"
#include "collector/jobs/scan_times.h"
#include "collector/json_body.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace censo::collector {
namespace {

using base::Errc;
using base::fail;

boost::json::array texts(const std::vector<std::string>& list) {
  boost::json::array array;
  for (const auto& text : list) array.emplace_back(text);
  return array;
}

boost::json::object counts(const std::map<std::string, std::size_t>& by_name) {
  boost::json::object object;
  for (const auto& [name, count] : by_name) object[name] = count;
  return object;
}

std::string detail_of(store::Transaction& tx, const jobs::StoredRun& run, base::TimeMs now) {
  const auto job = run.state == "queued" && !run.forced
                       ? jobs::find_job(tx, to_text(run.job))
                       : base::Result<jobs::StoredJob>(fail(Errc::not_found, ""));
  if (const auto why = job ? jobs::why_closed(*job, now) : std::string(); !why.empty())
    return "it waits: " + why;
  const auto name = run.ended_at == 0 ? jobs::probe_at(run.collector) : std::string();
  const auto probe =
      name.empty() ? base::Result<access::Probe>(fail(Errc::not_found, "")) : access::find_probe(tx, name);
  if (!probe) return run.detail;
  if (probe->state == "invited") return "the probe \"" + name + "\" has not enrolled yet";
  if (access::is_silent(*probe, now))
    return "nothing has been heard of the probe \"" + name + "\" since " + base::to_iso8601(probe->seen_at);
  return run.stop_wanted ? "the probe \"" + name + "\" is told to stop" : run.detail;
}

// Why its next run does not begin when the schedule has it.
std::string waits_for(const std::optional<jobs::NextRun>& next) {
  if (!next || next->begins_at == next->due_at) return {};
  return "due at " + base::to_iso8601(next->due_at) + ", when its windows are closed";
}

}  // namespace

boost::json::object json_scan_run(store::Transaction& tx, const jobs::StoredRun& run, base::TimeMs now) {
  return {{"id", to_text(run.id)},
          {"job", {{"id", to_text(run.job)}, {"name", run.job_name}}},
          {"state", run.state},
          {"detail", detail_of(tx, run, now)},
          {"probe", jobs::probe_at(run.collector)},
          {"forced", run.forced},
          {"queued_at", json_time(run.queued_at)},
          {"started_at", json_time(run.started_at)},
          {"ended_at", json_time(run.ended_at)},
          {"total", run.total},
          {"done", run.done},
          {"answered", run.answered},
          {"created", run.created},
          {"updated", run.updated},
          {"verdicts", counts(run.verdicts)},
          {"sweep", run.sweep.empty() ? boost::json::value() : boost::json::value(counts(run.sweep))}};
}

boost::json::object json_scan_job(store::Transaction& tx, const jobs::StoredJob& job, base::TimeMs now) {
  const auto last = jobs::newest_run(tx, job.id);
  const auto next = jobs::next_run(job, now);
  return {{"id", to_text(job.id)},
          {"name", job.name},
          {"ranges", texts(job.ranges)},
          {"exclusions", texts(job.exclusions)},
          {"port", job.port},
          {"credentials", texts(job.credentials)},
          {"schedule", job.schedule},
          {"windows", texts(job.windows)},
          {"next_run_at", json_time(next ? next->begins_at : 0)},
          {"waits", waits_for(next)},
          {"sweep", job.sweep.value_or(true)},
          {"sweep_rate", job.sweep_rate},
          {"subnet_rate", job.subnet_rate},
          {"probe_ports", job.probe_ports},
          {"announcements", job.announcements},
          {"probe", job.probe},
          {"created_at", json_time(job.created_at)},
          {"last_run", last ? boost::json::value(json_scan_run(tx, *last, now)) : boost::json::value()}};
}

}  // namespace censo::collector
