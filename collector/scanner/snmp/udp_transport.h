// A connected UDP socket as libsnmp's transport. Connected, so that the kernel drops what another address or
// port sends and tells us of "port unreachable".
#pragma once

#include <cstdint>
#include <string>

struct netsnmp_transport_s;

namespace censo::scanner {

struct ScanTarget;

// What came in on a socket. Outlives the transport; all on the engine's thread.
struct Inbox {
  std::string community;    // that answers must carry; empty with SNMPv3
  std::uint64_t bytes = 0;  // since the owner last set it to 0; the same for what follows
  std::string fault;        // why a datagram was not handed to libsnmp, "" = all were
  int error_number = 0;     // of the socket; ECONNREFUSED = ICMP says that nobody listens
};

struct OpenedTransport {
  netsnmp_transport_s* transport =
      nullptr;  // for snmp_sess_add_ex, which takes it over; nullptr: see error_number
  int socket = -1;
  int error_number = 0;
};
OpenedTransport open_udp(const ScanTarget& target, Inbox& inbox);

}  // namespace censo::scanner
