#include "base/clock.h"
#include "cmdb/store/database.h"
#include "collector/json_body.h"
#include "collector/metrics.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <array>
#include <utility>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

std::int64_t count(store::Transaction& tx, std::string_view sql) {
  return tx.query_one(sql)->integer(0);
}

struct Counts {
  std::int64_t cis, agents, tickets, scan_jobs, scan_runs;
};

Counts counts_of(store::Transaction& tx) {
  return {count(tx, "select count(*) from ci"),
          count(tx, "select count(*) from agent where state = 'active' and is_probe = 0"),
          count(tx, "select count(*) from ticket"), count(tx, "select count(*) from scan_job"),
          count(tx, "select count(*) from scan_run where state = 'running'")};
}

base::Result<Response> health(const Services& services, store::Transaction& tx) {
  const auto failure = services.database.failure();
  if (!failure.empty() || count(tx, "select 1") != 1) {
    return base::fail(base::Errc::unavailable,
                      "the database takes no changes until the collector starts anew");
  }
  return Response::ok(R"({"status":"ok"})");
}

base::Result<Response> metrics(const Services& services, store::Transaction& tx) {
  const auto counters = services.database.counters();
  const auto counts = counts_of(tx);
  const auto number = [](auto value) { return static_cast<double>(value); };
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body =
      services.metrics.text() +
      metric("censo_database_commits_total", "counter", "Commits", number(counters.commits)) +
      metric("censo_database_jobs_total", "counter", "Jobs done", number(counters.jobs)) +
      metric("censo_database_failed_jobs_total", "counter", "Jobs rolled back",
             number(counters.failed_jobs)) +
      metric("censo_database_refused_jobs_total", "counter", "Jobs refused by a full queue",
             number(counters.refused_jobs)) +
      metric("censo_database_collisions_total", "counter", "Commits undone for another collector's sake",
             number(counters.collisions)) +
      metric("censo_database_queue", "gauge", "Writing jobs that wait", number(counters.waiting)) +
      metric("censo_database_read_queue", "gauge", "Reading jobs that wait", number(counters.waiting_reads)) +
      metric("censo_configuration_items", "gauge", "Configuration items", number(counts.cis)) +
      metric("censo_agents", "gauge", "Active agents", number(counts.agents)) +
      metric("censo_tickets", "gauge", "Tickets", number(counts.tickets)) +
      metric("censo_scan_runs_running", "gauge", "Scans that run", number(counts.scan_runs)) +
      process_metrics();
  return response;
}

base::Result<Response> status(const Services& services, store::Transaction& tx) {
  const auto counters = services.database.counters();
  const auto counts = counts_of(tx);
  const auto failure = services.database.failure();
  const json::object database{{"state", failure.empty() ? "ok" : "failed"},
                              {"commits", counters.commits},
                              {"refused_jobs", counters.refused_jobs},
                              {"waiting", counters.waiting}};
  const json::object answer{{"version", services.version},
                            {"time", base::to_iso8601(services.clock.now())},
                            {"database", database},
                            {"counts",
                             {{"cis", counts.cis},
                              {"agents", counts.agents},
                              {"tickets", counts.tickets},
                              {"scan_jobs", counts.scan_jobs},
                              {"scan_runs_running", counts.scan_runs}}}};
  return Response::ok(json::serialize(answer));
}

base::Result<Response> whoami(store::Transaction&, const Request& request) {
  const auto& caller = request.caller;
  return Response::ok(json::serialize(json::object{{"name", caller.name},
                                                   {"role", name_of(caller.role)},
                                                   {"tenant", caller.tenant},
                                                   {"expires_at", json_time(caller.expires_at)}}));
}

json::object to_json(const Route& route) {
  return {{"method", route.method},
          {"path", route.pattern},
          {"role", name_of(route.role)},
          {"summary", route.summary}};
}

}  // namespace

Routes status(const Services& services) {
  const auto with_services = [&services](auto answer) {
    return [&services, answer](store::Transaction& tx, const Request&) { return answer(services, tx); };
  };
  const auto routes = [&services](store::Transaction&, const Request&) -> base::Result<Response> {
    return Response::ok(json_items(all_routes(services), to_json));
  };
  using Answer = base::Result<Response> (*)(const Services&, store::Transaction&);
  return {
      {"GET", "/healthz", Role::none, Access::read, "Whether the collector works", {}, with_services(health)},
      {"GET", "/metrics", Role::viewer, Access::read, "Counters for Prometheus", {}, with_services(metrics)},
      {"GET",
       "/api/v1/status",
       Role::viewer,
       Access::read,
       "Version, database and counts",
       {},
       with_services(static_cast<Answer>(status))},
      {"GET", "/api/v1/whoami", Role::viewer, Access::read, "Who the token belongs to", {}, whoami},
      {"GET", "/api/v1/routes", Role::viewer, Access::read, "Every route", {}, routes}};
}

}  // namespace censo::collector::api
