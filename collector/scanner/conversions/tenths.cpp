// 213 is 21.3.
#include "base/text.h"
#include "collector/scanner/conversion.h"

namespace censo::scanner::conversions {

std::string tenths(const std::string& octets) {
  const auto number = base::parse_unsigned(octets);
  if (!number) return {};
  return std::to_string(*number / 10) + "." + std::to_string(*number % 10);
}

}  // namespace censo::scanner::conversions
