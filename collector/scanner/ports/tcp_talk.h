// One TCP connection to one port of a stranger: few octets, little time, nothing trusted.
#pragma once

#include "collector/scanner/address.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

struct TalkLimits {
  std::chrono::milliseconds connect{1'500};
  std::chrono::milliseconds answer{3'000};  // for all that comes, TLS included
  std::size_t max_bytes = 16 * 1024;        // received in clear
};

struct TalkWish {
  bool tls = false;  // whoever answers is not verified: his certificate is what is asked for
  std::string say;   // sent first; "": nothing, so that a printer prints nothing
  // What came is enough. None: the connection is closed as soon as it stands (or TLS does).
  std::function<bool(std::string_view)> enough;
};

struct Talk {
  enum class Outcome {
    open,
    refused,
    silent,
    unreachable,  // this port: a firewall may say so of one and not of another
    no_route,     // the host: no other port fares better
    cancelled
  };
  Outcome outcome = Outcome::silent;
  std::string detail;                     // of the system or of TLS, when something failed
  std::string received;                   // at most max_bytes
  std::vector<std::uint8_t> certificate;  // the other side's own, in DER; empty without TLS
};

// What an error number of connect() says of the port; 0 is none.
Talk::Outcome outcome_of(int error_number);

// Blocks; any thread. A stop ends it within a tenth of a second.
Talk talk(const Address& address, std::uint16_t port, const TalkWish& wish, const TalkLimits& limits,
          const std::stop_token& stop);

}  // namespace censo::scanner
