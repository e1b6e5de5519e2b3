// Command lines as they may leave the host: without secrets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace censo::agent {

// `arguments` as in /proc/PID/cmdline, each ended by NUL. Values that look like passwords, tokens or keys
// become
// "***"; where it is not sure where a secret ends, all of the argument goes. Sanitised and cut at
// `max_bytes`.
std::string shown_command_line(std::string_view arguments, std::size_t max_bytes = 512);

}  // namespace censo::agent
