// The names of the sections that an agent of this version reports. Made by the build from the names in
// agent/sources/.
#pragma once

#include <span>
#include <string_view>

namespace censo::collector {

std::span<const std::string_view> agent_sections();  // sorted

}  // namespace censo::collector
