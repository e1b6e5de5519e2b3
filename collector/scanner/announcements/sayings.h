// What devices say of themselves over UDP when they are asked, or unasked: texts of strangers, cut and
// cleaned. Every reader takes any octets; what it cannot read says nothing.
#pragma once

#include "collector/scanner/ports/port_rules.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace censo::scanner {

using Sayings = std::map<std::string, std::string, std::less<>>;  // by names of `saying_names`

// Whoever says more later adds to it: lists ("mdns_services", "upnp_types", "wsd_types") grow, of other
// values the first one stays.
void add_sayings(Sayings& known, const Sayings& said);

// Multicast DNS (RFC 6762) with the service discovery of RFC 6763. "mdns_name" without ".local",
// "mdns_services" ("_http._tcp _ipp._tcp"), "mdns_maker", "mdns_model".
std::string mdns_question();
Sayings mdns_sayings(std::span<const std::uint8_t> datagram);

// Simple Service Discovery Protocol of UPnP (Device Architecture 1.1, 1.3). "ssdp_server", "upnp_types".
std::string ssdp_question();
Sayings ssdp_sayings(std::string_view datagram);
// Where the description is, when it is at this address (as text): a port and a path. Port 0: nowhere.
struct DescriptionPlace {
  std::uint16_t port = 0;
  std::string path;
};
DescriptionPlace description_place(std::string_view datagram, std::string_view address);
// Of the description (2.3 there), XML: "upnp_types", "upnp_name", "upnp_maker", "upnp_model", "upnp_serial".
Sayings description_sayings(std::string_view xml);

// Web Services Dynamic Discovery (version 2005/04, as printers, Windows and ONVIF's cameras have it).
// "wsd_types" ("Device PrintDeviceType"), "wsd_name", "wsd_model" (of ONVIF's scopes). `id` is a UUID.
std::string wsd_question(std::string_view id);
Sayings wsd_sayings(std::string_view datagram);

// NetBIOS name service, node status (RFC 1002, 4.2.18). "netbios_name", "netbios_group", "netbios_mac" (""
// where it is none, as Samba's), "netbios_kind" ("file server", "domain controller").
std::string netbios_question();
Sayings netbios_sayings(std::span<const std::uint8_t> datagram);

}  // namespace censo::scanner
