// The cables of an item.
#include "cmdb/link.h"

#include "collector/json_body.h"
#include "collector/route.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

boost::json::object evidence_json(const cmdb::LinkEvidence& evidence) {
  return {{"seen_by", {{"id", to_text(evidence.seen_by)}, {"name", evidence.seen_by_name}}},
          {"protocol", evidence.protocol},
          {"origin", evidence.origin},
          {"first_seen", json_time(evidence.first_seen)},
          {"last_seen", json_time(evidence.last_seen)}};
}

boost::json::object link_json(const cmdb::Link& link) {
  boost::json::array evidence;
  for (const auto& one : link.evidence) evidence.push_back(evidence_json(one));
  boost::json::object object{{"local_port", link.local_port},
                             {"other", json_ci(link.other, link.other_class, link.other_name)},
                             {"remote_port", link.remote_port},
                             {"addresses_at_port", nullptr},
                             {"evidence", std::move(evidence)}};
  if (link.addresses_at_port > 0) object["addresses_at_port"] = link.addresses_at_port;
  return object;
}

base::Result<Response> list(store::Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return Response::ok(json_items(cmdb::links_of(tx, item->id), link_json));
}

}  // namespace

Routes links(const Services&) {
  return {{"GET",
           "/api/v1/cis/{id}/links",
           Role::viewer,
           Access::read,
           "Its cables: the ports of both ends, and who saw each when",
           {},
           list}};
}

}  // namespace censo::collector::api
