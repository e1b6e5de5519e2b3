// Octets as hexadecimal digits: serial numbers that are kept in binary.
#include "base/digest.h"
#include "collector/scanner/conversion.h"

namespace censo::scanner::conversions {

std::string hexadecimal(const std::string& octets) {
  return base::to_hex(base::Bytes(octets.begin(), octets.end()));
}

}  // namespace censo::scanner::conversions
