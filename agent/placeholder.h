// Values that makers leave in firmware instead of real ones ("To Be Filled By O.E.M."). They say nothing and
// would make two machines look like one, so they are dropped where they are read.
#pragma once

#include <string>
#include <string_view>

namespace censo::agent {

// The trimmed, clean text; "" when it is empty or a placeholder. Upper and lower case do not matter, nor do
// spaces.
std::string without_placeholder(std::string_view text);
// The same for serial numbers and asset tags, where also "123456789" and all zeros say nothing.
std::string serial_without_placeholder(std::string_view text);
// Canonical (36 lower-case characters); "" for what is no UUID and for those that many machines share.
std::string uuid_without_placeholder(std::string_view text);

}  // namespace censo::agent
