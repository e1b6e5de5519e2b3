// Versions of packages, older or newer as their own package manager orders them.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace censo::cmdb {

enum class VersionScheme : std::uint8_t {
  debian,   // [epoch:]upstream[-revision], Debian Policy 5.6.12
  rpm,      // [epoch:]version[-release], with "~" before and "^" after the plain version
  general,  // numbers and words: semantic versioning 2.0 and, with its words for pre-releases, PEP 440
};

// Of a package's manager: "dpkg" and "opkg", "rpm", anything else.
VersionScheme scheme_of_manager(std::string_view manager);

// Any text has a place: a version that breaks its scheme's rules is compared as far as the rules go. In rpm,
// a release is compared only where both have one ("openssl < 3.0.15" is asked without).
std::weak_ordering compare_versions(VersionScheme scheme, std::string_view a, std::string_view b);

}  // namespace censo::cmdb
