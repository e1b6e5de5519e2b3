// A virtual machine as libvirt describes it (libvirt.org, "Domain XML format"), and as QEMU's command line
// does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct FoundGuest {
  std::string name, uuid, hypervisor, architecture;
  std::int64_t memory_mib = 0, cpus = 0;
  std::vector<std::string> macs;
};

// A few elements by their tags; takes any text. No name: no domain.
FoundGuest parse_domain(std::string_view xml);

// Arguments ended by NUL each; no name: no guest.
FoundGuest parse_qemu_arguments(std::string_view arguments);

}  // namespace censo::agent
