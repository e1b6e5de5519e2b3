// Guests of a Proxmox VE cluster, from the database under /etc/pve, which itself is a file system in user
// space.
#pragma once

#include "agent/host.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct ProxmoxGuest {
  std::string id;  // "100"
  std::string name, uuid, os_type;
  std::int64_t memory_mib = 0, cpus = 0;
  std::vector<std::string> macs;
  bool is_container = false;
};

// "name: web" lines of one guest; snapshots behind it ("[before-upgrade]") are left out.
ProxmoxGuest parse_proxmox_config(std::string_view text);

// Of this node. Errc::not_found: no Proxmox.
base::Result<std::vector<ProxmoxGuest>> proxmox_guests(const Host& host);

}  // namespace censo::agent
