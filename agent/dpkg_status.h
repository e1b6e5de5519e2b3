// /var/lib/dpkg/status: stanzas of "Field: value" lines, an empty line after each (deb-status, Debian
// policy 5.1).
#pragma once

#include "agent/host.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

inline constexpr std::string_view dpkg_status_path = "/var/lib/dpkg/status";
inline constexpr std::size_t max_dpkg_status_bytes = 64 * 1024 * 1024;

// Views into the text that was parsed.
struct DpkgPackage {
  std::string_view name, version, architecture, source, maintainer, section;
  std::string_view installed_kib;      // a number, when the package says it
  bool several_architectures = false;  // "Multi-Arch: same": installed for more than one, side by side
};

struct DpkgStatus {
  std::vector<DpkgPackage> packages;  // installed ones only
  std::optional<base::Error> fault;   // the first of those that made us leave something out
};
DpkgStatus parse_dpkg_status(std::string_view text);

// The list of a package's files.
std::string dpkg_list_path(const DpkgPackage& package);

}  // namespace censo::agent
