// A version as a number of 32 bits or as octets, one part each: 0x05010203 is 5.1.2.3.
#include "base/text.h"
#include "collector/scanner/conversion.h"

#include <array>

namespace censo::scanner::conversions {

std::string dotted_octets(const std::string& octets) {
  std::string bytes = octets;
  if (const auto number = base::parse_unsigned(octets); number && *number <= 0xffffffff) {
    bytes.clear();
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(*number >> shift & 0xff);
  }
  std::string text;
  for (const char byte : bytes) {
    text += (text.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(byte));
  }
  return text;
}

}  // namespace censo::scanner::conversions
