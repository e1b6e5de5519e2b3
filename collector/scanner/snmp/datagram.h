// A strict look at a received datagram before libsnmp sees it: BER (X.690) with SNMP's restrictions (RFC
// 3417, 8), the message (RFC 1901, RFC 3412) and, where it is not encrypted, the PDU (RFC 3416). libsnmp
// alone drops a bad datagram without a word.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace censo::scanner {

struct DatagramHead {
  std::int64_t version = 0;     // 0 = v1, 1 = v2c, 3 = v3
  std::string community;        // v1 and v2c
  std::int64_t message_id = 0;  // v3
  bool encrypted = false;       // v3: nothing below is known then
  bool is_report = false;
  std::int64_t request_id = 0;
  std::size_t varbinds = 0;
  std::string engine_id, user;  // v3, of a notification: raw octets of the authoritative engine's id
  bool authenticated = false;   // v3: it says so
};

// Errc::malformed; `where` is "byte N". Values are checked for length and form, names for at most 128 arcs of
// 32 bits.
base::Result<DatagramHead> check_datagram(std::span<const std::uint8_t> datagram);
// The same of what a device sends unasked: traps and informs, and the empty SNMPv3 request that asks for an
// engine id.
base::Result<DatagramHead> check_notification(std::span<const std::uint8_t> datagram);

}  // namespace censo::scanner
