// The files of one process below /proc (proc(5)). A process may end between two reads; it then is
// Errc::not_found.
#pragma once

#include "agent/host.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

using ProcessId = std::int64_t;

inline constexpr std::size_t max_processes = 5000;

// At most `max_processes`, lowest first; `all` tells whether that was all of them.
struct ProcessList {
  std::vector<ProcessId> ids;
  bool all = true;
};
base::Result<ProcessList> process_ids(const Host& host);

std::string process_path(ProcessId id, std::string_view file = {});  // "/proc/12/stat"

struct ProcessStat {
  std::string name;  // of the kernel, 15 bytes that the process may choose itself
  ProcessId parent = 0;
  std::uint64_t started_ticks = 0;  // since boot, 100 a second
  bool kernel_thread = false;
};
base::Result<ProcessStat> parse_process_stat(std::string_view text);

// Effective user.
std::optional<std::uint32_t> user_of(const Host& host, ProcessId id);

// The running file's path, without " (deleted)"; empty where we may not know it.
std::string executable_of(const Host& host, ProcessId id);

// Path in the unified hierarchy, "/system.slice/ssh.service"; empty where there is none.
std::string parse_cgroup_path(std::string_view text);
std::string cgroup_of(const Host& host, ProcessId id);
// The systemd unit that a path lies in: the last part that is a service, socket or scope; empty outside
// systemd.
std::string unit_of(std::string_view cgroup_path);

}  // namespace censo::agent
