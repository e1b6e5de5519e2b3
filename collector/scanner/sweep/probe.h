// What the sweep asks with.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace censo::scanner {

// A datagram complete but for its id: GET sysObjectID.0 with a community, or the request for an SNMPv3
// engine's id.
struct Probe {
  SnmpVersion version = SnmpVersion::v2c;
  std::string community;
  std::uint8_t credential = 0;  // its place among the job's
  std::vector<std::uint8_t> octets;
  std::vector<std::size_t> ids_at;  // where the id stands, four octets each

  void set_id(std::uint32_t id);
};

// One after the other as they are sent to an address that stays silent; at most `most_tries`. SNMPv3 comes
// once for all users.
std::vector<Probe> probes_for(std::span<const SnmpCredential> credentials, int retries);

inline constexpr std::size_t most_tries = 16;

}  // namespace censo::scanner
