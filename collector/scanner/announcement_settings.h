// How devices are asked what they announce (docs/discovery.md).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace censo::scanner {

struct AnnouncementSettings {
  std::uint32_t rate = 200;                   // addresses asked a second, by four datagrams each
  std::chrono::milliseconds patience{3'000};  // after the last question
  bool groups = true;                         // also by multicast, on segments of this host
  std::array<std::uint16_t, 4> ports{5353, 1900, 3702, 137};  // mDNS, SSDP, WS-Discovery, NetBIOS
};

}  // namespace censo::scanner
