// Whom an item exchanges routes with.
#include "cmdb/routing_peer.h"

#include "collector/json_body.h"
#include "collector/route.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

json::object peer_json(const cmdb::RoutingPeer& peer) {
  json::object object;
  for (const auto name : {"protocol", "address", "port", "local_address", "router_id", "state"})
    object[name] = peer.said.text(name);
  for (const auto name : {"local_as", "remote_as"}) {
    const auto number = peer.said.integer(name);
    object[name] = number > 0 ? json::value(number) : json::value(nullptr);
  }
  const auto* enabled = peer.said.find("enabled");
  const auto* is_on = enabled ? std::get_if<bool>(enabled) : nullptr;
  object["enabled"] = is_on ? json::value(*is_on) : json::value(nullptr);
  object["other"] = nullptr;
  if (peer.ci) object["other"] = json_ci(*peer.ci, peer.ci_class, peer.ci_name);
  object["first_seen"] = nullptr;
  object["last_seen"] = nullptr;
  if (peer.ci) {
    object["first_seen"] = json_time(peer.first_seen);
    object["last_seen"] = json_time(peer.last_seen);
  }
  return object;
}

base::Result<Response> list(store::Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return Response::ok(json_items(cmdb::routing_peers_of(tx, item->id), peer_json));
}

}  // namespace

Routes routing_peers(const Services&) {
  return {{"GET",
           "/api/v1/cis/{id}/routing-peers",
           Role::viewer,
           Access::read,
           "Whom it exchanges routes with, and which items these are",
           {},
           list}};
}

}  // namespace censo::collector::api
