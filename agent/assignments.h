// Files of NAME=value lines as a shell reads them: os-release(5), lsb-release, files in /etc/default.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace censo::agent {

// Takes any text; lines that are no assignment say nothing. The last of equal names counts. Nothing is
// expanded.
std::map<std::string, std::string, std::less<>> parse_assignments(std::string_view text);

}  // namespace censo::agent
