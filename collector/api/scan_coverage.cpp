// What scans leave out.
#include "collector/jobs/scan_coverage.h"
#include "cmdb/unowned_address.h"
#include "collector/jobs/scan_runner.h"
#include "collector/jobs/unnamed_devices.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

namespace censo::collector::api {
namespace {

using base::Errc;
using base::fail;
using scanner::Reached;

boost::json::object subnet_json(const jobs::SubnetCoverage& subnet) {
  boost::json::array job_names;
  for (const auto& name : subnet.jobs) job_names.emplace_back(name);
  return {{"ci", json_ci(subnet.ci, "subnet", subnet.name)},
          {"prefix", subnet.prefix},
          {"reached", jobs::name_of(subnet.reached)},
          {"jobs", std::move(job_names)},
          {"scanned_at", json_time(subnet.scanned_at)}};
}

boost::json::object unread_json(const jobs::UnreadDevice& unread) {
  return {{"address", unread.device.target.address},
          {"port", unread.device.target.port},
          {"verdict", unread.device.verdict},
          {"detail", unread.device.detail},
          {"job", unread.job},
          {"run", to_text(unread.run)},
          {"seen_at", json_time(unread.seen_at)}};
}

boost::json::object address_json(const Services& services, const cmdb::UnownedAddress& unowned) {
  boost::json::array addresses;
  for (const auto& address : unowned.addresses) addresses.emplace_back(address);
  boost::json::object object{{"mac", unowned.mac},
                             {"maker", services.scans.scanner().owner_of_mac(unowned.mac)},
                             {"addresses", std::move(addresses)},
                             {"device", json_ci(unowned.device, unowned.device_class, unowned.device_name)},
                             {"port", unowned.port},
                             {"addresses_at_port", nullptr},
                             {"seen_at", json_time(unowned.seen_at)}};
  if (unowned.addresses_at_port > 0) object["addresses_at_port"] = unowned.addresses_at_port;
  return object;
}

base::Result<std::optional<Reached>> reached_in(const Request& request) {
  const auto word = request.query_or("reached", "");
  if (word.empty()) return std::optional<Reached>();
  for (const auto reached : {Reached::none, Reached::some, Reached::all})
    if (word == jobs::name_of(reached)) return std::optional(reached);
  return fail(Errc::invalid_argument, "expected none, some or all, found \"" + std::string(word) + "\"",
              "reached");
}

base::Result<Response> list_subnets(store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto only = reached_in(request);
  if (!only) return only.error();
  const auto subnets = jobs::subnet_coverage(tx, *only, *page);
  if (!subnets) return subnets.error();
  return Response::ok(json_page(*subnets, subnet_json));
}

base::Result<Response> list_unread(store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto unread = jobs::unread_devices(tx, *page);
  if (!unread) return unread.error();
  return Response::ok(json_page(*unread, unread_json));
}

base::Result<Response> list_addresses(const Services& services, store::Transaction& tx,
                                      const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto unowned = cmdb::unowned_addresses(tx, services.clock.now(), *page);
  if (!unowned) return unowned.error();
  return Response::ok(
      json_page(*unowned, [&](const cmdb::UnownedAddress& one) { return address_json(services, one); }));
}

boost::json::object kind_json(const jobs::UnnamedKind& kind) {
  return {{"sys_object_id", kind.sys_object_id},
          {"sys_description", kind.sys_description},
          {"manufacturer", kind.manufacturer},
          {"model", kind.model},
          {"definition", kind.definition},
          {"devices", kind.devices},
          {"example", json_ci(kind.example, kind.example_class, kind.example_name)}};
}

base::Result<Response> list_unnamed(const Services& services, store::Transaction& tx,
                                    const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  return Response::ok(json_page(jobs::unnamed_devices(tx, services.catalog, *page), kind_json));
}

}  // namespace

Routes scan_coverage(const Services& services) {
  return {{"GET",
           "/api/v1/scan-coverage/subnets",
           Role::viewer,
           Access::read,
           "Known subnets and which part of them scans reach",
           {"reached", "limit", "after"},
           list_subnets},
          {"GET",
           "/api/v1/scan-coverage/unread",
           Role::viewer,
           Access::read,
           "Who was there in the last run of each job and could not be read, with the reason",
           {"limit", "after"},
           list_unread},
          {"GET",
           "/api/v1/scan-coverage/addresses",
           Role::viewer,
           Access::read,
           "MAC addresses that scanned devices saw and no item has, with the port of each",
           {"limit", "after"},
           [&services](store::Transaction& tx, const Request& request) {
             return list_addresses(services, tx, request);
           }},
          {"GET",
           "/api/v1/scan-coverage/unnamed",
           Role::viewer,
           Access::read,
           "Kinds of devices that were scanned and that no definition of their own names",
           {"limit", "after"},
           [&services](store::Transaction& tx, const Request& request) {
             return list_unnamed(services, tx, request);
           }}};
}

}  // namespace censo::collector::api
