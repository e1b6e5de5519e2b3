// Scan jobs and their runs.
#include "base/text.h"
#include "collector/access/probes.h"
#include "collector/jobs/scan_runner.h"
#include "collector/jobs/scan_windows.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/scan_json.h"
#include "collector/services.h"

#include <limits>

namespace censo::collector::api {
namespace {

using base::Errc;
using base::fail;

boost::json::object device_json(const jobs::StoredDevice& device) {
  return {{"address", device.target.address},
          {"port", device.target.port},
          {"verdict", device.verdict},
          {"detail", device.detail},
          {"credential", device.credential},
          {"ci", device.ci ? boost::json::value(json_ci(device.ci, device.ci_class, device.ci_name))
                           : boost::json::value()},
          {"outcome", device.outcome},
          {"duration_ms", device.duration_ms}};
}

boost::json::object attempt_json(const scanner::Attempt& attempt) {
  return {{"at", json_time(attempt.at)},
          {"what", attempt.what},
          {"credential", attempt.credential},
          {"version", attempt.version},
          {"verdict", scanner::name_of(attempt.verdict)},
          {"detail", attempt.detail},
          {"duration_ms", attempt.duration_ms}};
}

base::Result<Response> list_jobs(store::Transaction& tx, const Request&, const Services& services) {
  const auto now = services.clock.now();
  return Response::ok(json_items(jobs::all_jobs(tx),
                                 [&](const jobs::StoredJob& job) { return json_scan_job(tx, job, now); }));
}

base::Result<Response> show_job(store::Transaction& tx, const Request& request, const Services& services) {
  const auto job = jobs::find_job(tx, request.parameter("id"));
  if (!job) return job.error();
  return Response::ok(boost::json::serialize(json_scan_job(tx, *job, services.clock.now())));
}

std::uint32_t rate_in(JsonBody& body, std::string_view field, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(body.integer_or(field, 1, jobs::most_sweep_rate, otherwise));
}

base::Result<Response> add_job(store::Transaction& tx, const Request& request, const Services& services) {
  JsonBody body(request, {"name", "ranges", "exclusions", "port", "credentials", "schedule", "sweep",
                          "sweep_rate", "subnet_rate", "probe_ports", "announcements", "probe", "windows"});
  jobs::StoredJob job;
  job.name = body.text("name", 64);
  job.ranges = body.text_list("ranges", 1000, 128);
  job.exclusions = body.text_list("exclusions", 1000, 128);
  job.port = static_cast<std::uint16_t>(body.integer_or("port", 1, 65535, 161));
  job.credentials = body.text_list("credentials", 3, 64);
  job.schedule = body.text_or("schedule", 128, "");
  job.windows = body.text_list("windows", jobs::most_windows, jobs::longest_window);
  if (body.has("sweep")) job.sweep = body.flag_or("sweep", true);
  job.sweep_rate = rate_in(body, "sweep_rate", job.sweep_rate);
  job.subnet_rate = rate_in(body, "subnet_rate", job.subnet_rate);
  job.probe_ports = body.flag_or("probe_ports", false);
  job.announcements = body.flag_or("announcements", false);
  job.probe = body.text_or("probe", 40, "");
  if (const auto& fault = body.fault()) return *fault;
  const auto added = jobs::add_job(tx, std::move(job), services.clock);
  if (!added) return added.error();
  auto response = Response::created(boost::json::serialize(json_scan_job(tx, *added, services.clock.now())));
  response.after_commit = [&services] { services.scans.wake(); };  // its schedule may be due at once
  return response;
}

base::Result<Response> set_windows(store::Transaction& tx, const Request& request, const Services& services) {
  auto job = jobs::find_job(tx, request.parameter("id"));
  if (!job) return job.error();
  JsonBody body(request, {"windows"});
  if (!body.has("windows")) body.refuse("windows", "expected a list of windows", "MISSING_FIELD");
  auto windows = body.text_list("windows", jobs::most_windows, jobs::longest_window);
  if (const auto& fault = body.fault()) return *fault;
  const auto changed = jobs::set_windows(tx, std::move(*job), std::move(windows), services.clock);
  if (!changed) return changed.error();
  auto response = Response::ok(boost::json::serialize(json_scan_job(tx, *changed, services.clock.now())));
  response.after_commit = [&services] { services.scans.wake(); };  // it may be due now
  return response;
}

base::Result<Response> remove_job(store::Transaction& tx, const Request& request) {
  const auto job = jobs::find_job(tx, request.parameter("id"));
  if (!job) return job.error();
  jobs::remove_job(tx, job->id);
  return Response::no_content();
}

base::Result<Response> start_run(store::Transaction& tx, const Request& request, const Services& services) {
  JsonBody body(request, {"force"});
  const auto outside = body.flag_or("force", false) ? jobs::Outside::forced : jobs::Outside::refused;
  if (const auto& fault = body.fault()) return *fault;
  const auto job = jobs::find_job(tx, request.parameter("id"));
  if (!job) return job.error();
  const auto run = jobs::queue_run(tx, *job, services.clock, services.scans.collector(), outside);
  if (!run) return run.error();
  auto response = Response::accepted(boost::json::serialize(json_scan_run(tx, *run, services.clock.now())));
  response.after_commit = [&services] { services.scans.wake(); };
  return response;
}

base::Result<Response> list_runs(store::Transaction& tx, const Request& request, const Services& services) {
  const auto page = page_of(request);
  if (!page) return page.error();
  jobs::JobId of;
  if (const auto name = request.query_or("job", ""); !name.empty()) {
    const auto job = jobs::find_job(tx, name);
    if (!job) return job.error();
    of = job->id;
  }
  const auto runs = jobs::list_runs(tx, of, *page);
  if (!runs) return runs.error();
  return Response::ok(json_page(
      *runs, [&](const jobs::StoredRun& run) { return json_scan_run(tx, run, services.clock.now()); }));
}

base::Result<Response> show_run(store::Transaction& tx, const Request& request, const Services& services) {
  const auto run = jobs::find_run(tx, request.parameter("id"));
  if (!run) return run.error();
  return Response::ok(boost::json::serialize(json_scan_run(tx, *run, services.clock.now())));
}

base::Result<Response> list_devices(store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto run = jobs::find_run(tx, request.parameter("id"));
  if (!run) return run.error();
  const auto devices = jobs::devices_of(tx, run->id, request.query_or("verdict", ""), *page);
  if (!devices) return devices.error();
  return Response::ok(json_page(*devices, device_json));
}

base::Result<Response> show_device(store::Transaction& tx, const Request& request) {
  const auto run = jobs::find_run(tx, request.parameter("id"));
  if (!run) return run.error();
  const auto device = jobs::device_of(tx, *run, request.parameter("address"));
  if (!device) return device.error();
  auto answer = device_json(*device);
  boost::json::array attempts;
  for (const auto& attempt : device->attempts) attempts.push_back(attempt_json(attempt));
  answer["attempts"] = std::move(attempts);
  return Response::ok(boost::json::serialize(answer));
}

// How far a follower of a run has been told.
struct Told {
  std::int64_t sequence = 0;  // of devices
  std::string progress;
};

// One of server-sent events (WHATWG HTML, 9.2). JSON holds no line end.
std::string event(std::string_view type, const boost::json::object& data, std::int64_t id) {
  return "event: " + std::string(type) + "\nid: " + std::to_string(id) +
         "\ndata: " + boost::json::serialize(data) + "\n\n";
}

// What happened in a run since; goes on until the run has ended.
base::Result<Response> events_since(store::Transaction& tx, const std::string& id, Told told,
                                    const Services& services) {
  constexpr std::size_t most_at_once = 200;
  const auto run = jobs::find_run(tx, id);  // before its devices: once it has ended, they are all there
  if (!run) return run.error();
  auto response = Response::ok({});
  response.content_type = "text/event-stream";
  const auto devices = jobs::devices_since(tx, run->id, told.sequence, most_at_once);
  for (const auto& device : devices) {
    told.sequence = device.sequence;
    response.body += event("device", device_json(device), told.sequence);
  }
  const auto state = json_scan_run(tx, *run, services.clock.now());
  const bool goes_on = run->ended_at == 0 || devices.size() == most_at_once;
  if (!goes_on) {
    response.body += event("end", state, told.sequence);
    return response;
  }
  if (auto progress = boost::json::serialize(state); progress != told.progress) {
    response.body += event("progress", state, told.sequence);
    told.progress = std::move(progress);
  }
  response.more = [id, told, &services](store::Transaction& next, const Request&) {
    return events_since(next, id, told, services);
  };
  return response;
}

base::Result<Response> follow_run(store::Transaction& tx, const Request& request, const Services& services) {
  Told told;
  const auto& again = request.last_event_id;
  const auto after = request.query_or("after", again.empty() ? "0" : again);
  const auto sequence = base::parse_unsigned(after);
  if (!sequence || *sequence > std::numeric_limits<std::int64_t>::max())
    return fail(Errc::malformed, "expected the id of an event of this stream", "after");
  told.sequence = static_cast<std::int64_t>(*sequence);
  return events_since(tx, request.parameter("id"), told, services);
}

// A probe is told when it calls next. One that is silent, or has not begun, is not waited for: should it have
// the run, it is told to stop it when it is heard of again.
base::Result<Response> cancel_at_probe(store::Transaction& tx, jobs::StoredRun run, const std::string& name,
                                       const Services& services) {
  const auto now = services.clock.now();
  const auto probe = access::find_probe(tx, name);
  const bool hears = probe && probe->state == "active" && !access::is_silent(*probe, now);
  if (run.state == "running" && hears) {
    jobs::want_stop(tx, run.id);
    run.stop_wanted = true;
  } else {
    run.state = "cancelled";
    run.ended_at = now;
    jobs::save_run(tx, run);
  }
  return Response::accepted(boost::json::serialize(json_scan_run(tx, run, now)));
}

base::Result<Response> cancel_run(store::Transaction& tx, const Request& request, const Services& services) {
  const auto run = jobs::find_run(tx, request.parameter("id"));
  if (!run) return run.error();
  if (run->state != "queued" && run->state != "running")
    return fail(Errc::conflict, "run " + to_text(run->id) + " has ended already: " + run->state);
  const auto probe = jobs::probe_at(run->collector);
  if (!probe.empty()) return cancel_at_probe(tx, *run, probe, services);
  if (run->state == "running" && run->collector != services.scans.collector())
    return fail(Errc::conflict, "run " + to_text(run->id) + " is at work at another collector, " +
                                    run->collector + "; cancel it there");
  const auto now = services.clock.now();
  auto response = Response::accepted(boost::json::serialize(json_scan_run(tx, *run, now)));
  if (run->state == "queued") {
    auto cancelled = *run;
    cancelled.state = "cancelled";
    cancelled.ended_at = now;
    jobs::save_run(tx, cancelled);
    response.body = boost::json::serialize(json_scan_run(tx, cancelled, now));
  }
  response.after_commit = [&services, id = run->id] { services.scans.cancel(id); };
  return response;
}

Routes run_routes(const Services& services) {
  const auto with = [&services](auto handler) {
    return [handler, &services](store::Transaction& tx, const Request& request) {
      return handler(tx, request, services);
    };
  };
  return {
      {"GET",
       "/api/v1/scan-runs",
       Role::viewer,
       Access::read,
       "Runs, newest first",
       {"job", "limit", "after"},
       with(list_runs)},
      {"GET", "/api/v1/scan-runs/{id}", Role::viewer, Access::read, "One run", {}, with(show_run)},
      {"GET",
       "/api/v1/scan-runs/{id}/devices",
       Role::viewer,
       Access::read,
       "The devices of a run",
       {"verdict", "limit", "after"},
       list_devices},
      {"GET",
       "/api/v1/scan-runs/{id}/events",
       Role::viewer,
       Access::read,
       "Follow a run: server-sent events for each device and the counts, until it has ended",
       {"after"},
       with(follow_run)},
      {"GET",
       "/api/v1/scan-runs/{id}/devices/{address}",
       Role::viewer,
       Access::read,
       "One address of a run, with what was tried on it",
       {},
       show_device},
      {"POST",
       "/api/v1/scan-runs/{id}/cancel",
       Role::technician,
       Access::write,
       "Stop a run at once",
       {},
       with(cancel_run)},
  };
}

}  // namespace

Routes scans(const Services& services) {
  const auto with = [&services](auto handler) {
    return [handler, &services](store::Transaction& tx, const Request& request) {
      return handler(tx, request, services);
    };
  };
  Routes routes{
      {"GET",
       "/api/v1/scan-jobs",
       Role::viewer,
       Access::read,
       "Scan jobs with their last runs",
       {},
       with(list_jobs)},
      {"POST", "/api/v1/scan-jobs", Role::technician, Access::write, "Add a scan job", {}, with(add_job)},
      {"GET", "/api/v1/scan-jobs/{id}", Role::viewer, Access::read, "One scan job", {}, with(show_job)},
      {"DELETE",
       "/api/v1/scan-jobs/{id}",
       Role::technician,
       Access::write,
       "Remove a scan job; its runs stay",
       {},
       remove_job},
      {"PUT",
       "/api/v1/scan-jobs/{id}/windows",
       Role::technician,
       Access::write,
       "Say when a scan job may run",
       {},
       with(set_windows)},
      {"POST",
       "/api/v1/scan-jobs/{id}/runs",
       Role::technician,
       Access::write,
       "Run a scan job now",
       {},
       with(start_run)},
  };
  for (auto& route : run_routes(services)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace censo::collector::api
