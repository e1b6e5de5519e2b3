// From what a device says to what people read, by name. A file in conversions/ is a conversion of that name.
#pragma once

#include <string>
#include <string_view>

namespace censo::scanner {

// Takes a value's octets (numbers as decimal digits); "" when they do not fit.
using Conversion = std::string (*)(const std::string& octets);

// nullptr: there is none of this name.
Conversion conversion(std::string_view name);

}  // namespace censo::scanner
