// Who announces himself: by mDNS, SSDP, WS-Discovery and NetBIOS, asked by unicast, and by multicast on the
// segments of this host.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/scanner/address.h"
#include "collector/scanner/announcement_settings.h"
#include "collector/scanner/announcements/sayings.h"
#include "collector/scanner/ports/port_rules.h"
#include "collector/scanner/snmp_session.h"

#include <map>
#include <set>
#include <span>
#include <stop_token>
#include <vector>

namespace censo::scanner {

// What one address said.
struct Heard {
  std::map<PortAsk, Sayings> by_protocol;  // mdns, ssdp, wsd, netbios
  DescriptionPlace description;            // of UPnP, not fetched yet
};

struct Hearing {
  base::TimeMs began = 0;
  std::set<Address> asked;  // by unicast
  std::map<Address, Heard> heard;
};

// Asks `asked` and takes what any of `all` says; others are not listened to. A multicast question goes only
// to a network of this host all of whose addresses are in `all`: so that nobody is asked who is excluded.
// Blocks; a stop ends it within a tenth of a second. Errc::unavailable: no socket.
base::Result<Hearing> hear(std::span<const ScanTarget> asked, std::span<const ScanTarget> all,
                           const AnnouncementSettings& settings, const base::Clock& clock,
                           const std::stop_token& stop);

// What was said, as the rules of ports take it; with UPnP's description, which is fetched now, from the
// address itself only.
std::vector<PortFinding> findings_of(const Heard& heard, const Address& address,
                                     const AnnouncementSettings& settings, const std::stop_token& stop);

}  // namespace censo::scanner
