#include "cmdb/junk_decision.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const cmdb::JunkEntry& entry) {
  json::array evidence;
  for (const cmdb::CiId ci : entry.evidence) evidence.emplace_back(base::to_text(ci));
  return {{"kind", cmdb::name_of(entry.kind)},
          {"value", entry.value},
          {"verdict", entry.verdict},
          {"origin", entry.origin},
          {"by", entry.actor},
          {"reason", entry.reason},
          {"evidence", std::move(evidence)},
          {"at", json_time(entry.at)}};
}

constexpr auto row_to_json = [](const cmdb::JunkEntry& entry) { return to_json(entry); };

base::Result<cmdb::IdentifierKind> kind_of(const std::string& word) {
  if (const auto kind = cmdb::identifier_kind(word)) return *kind;
  return base::fail(base::Errc::invalid_argument, "expected serial, uuid, mac, address, maker or name",
                    "kind");
}

base::Result<Response> list(Transaction& tx, const Request& request) {
  auto entries = cmdb::list_junk(tx);
  const auto kind = request.query_or("kind", ""), origin = request.query_or("origin", "");
  if (!kind.empty()) {
    if (const auto known = kind_of(kind); !known) return known.error();
  }
  std::erase_if(entries, [&](const cmdb::JunkEntry& entry) {
    return (!kind.empty() && cmdb::name_of(entry.kind) != kind) ||
           (!origin.empty() && entry.origin != origin);
  });
  return Response::ok(json_items(entries, row_to_json));
}

base::Result<Response> add(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"kind", "value", "reason"});
  const auto word = body.text("kind", 16), value = body.text("value", 256);
  const auto reason = body.text_or("reason", 1000, "");
  if (const auto fault = body.fault()) return *fault;
  const auto kind = kind_of(word);
  if (!kind) return kind.error();
  const auto added = cmdb::declare_junk(
      tx, services.clock, {*kind, value, "person " + request.caller.name, reason, services.clock.now()});
  if (!added) return added.error();
  return Response::created(json::serialize(to_json(*added)));
}

base::Result<Response> remove(const Services& services, Transaction& tx, const Request& request) {
  const auto kind = kind_of(request.parameter("kind"));
  if (!kind) return kind.error();
  const auto done = cmdb::clear_junk(tx, services.catalog, services.clock,
                                     {*kind, request.parameter("value"), "person " + request.caller.name,
                                      request.query_or("reason", ""), services.clock.now()});
  if (!done) return done.error();
  return Response::no_content();
}

}  // namespace

Routes junk_identifiers(const Services& services) {
  const auto with_services = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/junk-identifiers",
       Role::viewer,
       Access::read,
       "Values that name nothing: built in, added, learnt",
       {"kind", "origin"},
       list},
      {"POST",
       "/api/v1/junk-identifiers",
       Role::technician,
       Access::write,
       "From now on this value names nothing",
       {},
       with_services(add)},
      {"DELETE",
       "/api/v1/junk-identifiers/{kind}/{value}",
       Role::technician,
       Access::write,
       "Takes a value out of the list",
       {"reason"},
       with_services(remove)},
  };
}

}  // namespace censo::collector::api
