// What is mounted where, as /proc/self/mountinfo tells it (proc_pid_mountinfo(5)).
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

inline constexpr std::size_t max_mount_table_bytes = 16 * 1024 * 1024;

struct Mount {
  std::string device_number;  // "8:1"
  std::string root;  // what of the file system is mounted: "/" or a subvolume, or a folder that is bound
  std::string mount_point;
  std::string type;                  // "ext4", "fuse.sshfs"
  std::string source;                // "/dev/sda1", "server:/export"
  // Of the file system itself ("ro", "errors=continue"), not of this view of it: a service's sandbox mounts
  // everything read-only for itself.
  std::vector<std::string> options;
};

// In the kernel's order: of two mounts on one point, the later hides the earlier. Errc::malformed names the
// line.
base::Result<std::vector<Mount>> parse_mount_table(std::string_view text);

// A server or a user's program answers for it, perhaps never: autofs, NFS, SMB, FUSE and the like.
bool answers_from_outside(std::string_view type);

}  // namespace censo::agent
