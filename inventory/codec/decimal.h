// Numbers with a point as reports write them.
#pragma once

#include <string>

namespace censo::inventory {

// The same text as std::to_chars(number), whose tables alone are 128 kB of the agent. `number` is finite.
std::string shortest_decimal(double number);

}  // namespace censo::inventory
