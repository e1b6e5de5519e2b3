// What the kernel tells about the network, whichever way it was read: netlink (netlink_messages.h) or text
// (proc_net.h).
#pragma once

#include "agent/ip_address.h"

#include <cstdint>
#include <string>

namespace censo::agent {

struct LinkRow {
  int index = 0;
  std::string name;
  std::string kind;           // of the rtnetlink driver: "bridge", "vlan", "wireguard"; empty for a device
  std::string permanent_mac;  // canonical; empty when the driver has none
  std::uint16_t vlan_id = 0;  // of a VLAN
};

struct WirelessRow {
  int index = 0;
  std::string network;  // SSID; empty when it is in none
};

struct AddressRow {
  int interface_index = 0;  // 0: only the name is known
  std::string interface_name;
  IpAddress address;
  std::size_t prefix = 0;
  bool temporary = false;  // an IPv6 privacy address (RFC 8981): another one tomorrow
};

struct RouteRow {
  IpAddress destination;
  std::size_t prefix = 0;
  IpAddress gateway;        // none: on the link
  int interface_index = 0;  // 0: only the name is known
  std::string interface_name;
  std::uint32_t metric = 0;
  std::string protocol;  // who made it: "kernel", "dhcp", "static"; empty when unknown
};

struct SocketRow {
  enum class State { listening, connected };
  std::string protocol;  // "tcp", "udp"
  State state = State::listening;
  IpAddress local_address;
  std::uint16_t local_port = 0;
  IpAddress remote_address;
  std::uint16_t remote_port = 0;
  std::uint32_t user_id = 0;
  std::uint64_t inode = 0;
  std::uint64_t cgroup_id = 0;  // inode of its folder in the cgroup2 file system; 0 when unknown
};

}  // namespace censo::agent
