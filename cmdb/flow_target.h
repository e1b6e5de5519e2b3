// Where connections lead: from an address and a port to the service that listens there.
#pragma once

#include "cmdb/configuration_item.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct FlowEnd {
  std::string protocol, address;
  std::int64_t port = 0;
};

struct FlowTarget {
  CiId host, service;
};

// Remembers what it looked up: for the flows of one report.
class FlowTargets {
 public:
  explicit FlowTargets(store::Transaction& tx) : tx_(tx) {}

  // The service that `client` reaches there. Nothing: nobody listens there, or more than one host could be
  // meant. Of several hosts with the address that one is meant which is the client, is hosted on it or beside
  // it, or shares a network with it.
  std::optional<FlowTarget> find(CiId client, const FlowEnd& end);
  // Some item that is in use has this address.
  bool is_address_of_item(const std::string& address) { return !hosts_with(address).empty(); }
  // The service of this name on the host; nothing: none is known.
  std::optional<CiId> service_of(CiId host, const std::string& instance);

 private:
  struct Listener {
    std::string protocol, address;
    std::int64_t port = 0;
    CiId service;
  };
  const std::vector<CiId>& hosts_with(const std::string& address);
  const std::vector<Listener>& listeners_of(CiId host);
  std::optional<CiId> listener_at(CiId host, const FlowEnd& end);
  int closeness(CiId client, CiId host);

  store::Transaction& tx_;
  std::map<std::string, std::vector<CiId>> hosts_;
  std::map<CiId, std::vector<Listener>> listeners_;
  std::map<std::pair<CiId, std::string>, CiId> services_;
};

}  // namespace censo::cmdb
