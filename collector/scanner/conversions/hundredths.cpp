// 213 is 2.13.
#include "base/text.h"
#include "collector/scanner/conversion.h"

namespace censo::scanner::conversions {

std::string hundredths(const std::string& octets) {
  const auto number = base::parse_unsigned(octets);
  if (!number) return {};
  const auto fraction = *number % 100;
  return std::to_string(*number / 100) + (fraction < 10 ? ".0" : ".") + std::to_string(fraction);
}

}  // namespace censo::scanner::conversions
