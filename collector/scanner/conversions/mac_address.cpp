// Six octets, or a MAC address in any usual spelling.
#include "base/text.h"
#include "collector/scanner/conversion.h"
#include "collector/scanner/varbind.h"

namespace censo::scanner::conversions {

std::string mac_address(const std::string& octets) {
  if (octets.size() == 6) return mac_of_octets(octets);
  const auto mac = base::canonical_mac(base::trim(octets));
  return mac ? *mac : std::string();
}

}  // namespace censo::scanner::conversions
