// Where SNMP traps and syslog come in: what they are trusted by, what came and what was refused.
#include "collector/jobs/scan_runner.h"
#include "collector/jobs/trap_trust.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/event_source.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::size_t most_credentials = 100, most_sources = 1'000;

json::object to_json(const desk::EventSource& source) {
  return {{"way", source.way},
          {"address", source.address},
          {"messages", source.messages},
          {"events", source.events},
          {"passed", source.passed},
          {"refused", source.refused},
          {"over_limit", source.over_limit},
          {"reason", source.reason},
          {"refused_at", source.refused_at > 0 ? json_time(source.refused_at) : json::value(nullptr)},
          {"last_at", json_time(source.last_at)}};
}

json::object listeners_json(Transaction& tx) {
  json::array names, listeners;
  for (const auto& name : jobs::trap_credentials(tx)) names.emplace_back(name);
  for (const auto& one : desk::event_doors(tx))
    listeners.push_back({{"collector", one.collector},
                         {"traps", one.traps},
                         {"syslog", one.syslog},
                         {"syslog_tls", one.syslog_tls},
                         {"started_at", json_time(one.started_at)},
                         {"lost", one.lost.messages},
                         {"lost_at", one.lost.at > 0 ? json_time(one.lost.at) : json::value(nullptr)},
                         {"loss", one.lost.why}});
  return {{"items", std::move(listeners)}, {"trap_credentials", std::move(names)}};
}

base::Result<Response> sources(Transaction& tx, const Request& request) {
  const auto way = request.query_or("way", "");
  if (!way.empty() && way != "snmp" && way != "syslog")
    return base::fail(Errc::invalid_argument, "expected snmp or syslog", "way");
  const auto refused = request.query_or("refused", "false");
  if (refused != "true" && refused != "false")
    return base::fail(Errc::invalid_argument, "expected true or false", "refused");
  return Response::ok(json_items(desk::event_sources(tx, way, refused == "true", most_sources),
                                 [](const desk::EventSource& one) { return to_json(one); }));
}

base::Result<Response> trust(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"credentials"});
  const auto names = body.text_list("credentials", most_credentials, 64);
  if (!body.has("credentials")) body.refuse("credentials", "missing field; [] is none", "MISSING_FIELD");
  if (const auto fault = body.fault()) return *fault;
  const auto done = jobs::set_trap_credentials(tx, names, request.caller.name, services.clock.now());
  if (!done) return done.error();
  return Response::ok(json::serialize(listeners_json(tx)));
}

}  // namespace

Routes event_listeners(const Services& services) {
  return {
      {"GET",
       "/api/v1/event-listeners",
       Role::viewer,
       Access::read,
       "Where SNMP traps and syslog are taken",
       {},
       [](Transaction& tx, const Request&) -> base::Result<Response> {
         return Response::ok(json::serialize(listeners_json(tx)));
       }},
      {"PUT",
       "/api/v1/trap-credentials",
       Role::admin,
       Access::write,
       "Say which SNMP credentials vouch for traps",
       {},
       [&services](Transaction& tx, const Request& request) { return trust(services, tx, request); }},
      {"GET",
       "/api/v1/event-sources",
       Role::viewer,
       Access::read,
       "From where traps and syslog came, and what was refused, newest first",
       {"way", "refused"},
       sources},
  };
}

}  // namespace censo::collector::api
