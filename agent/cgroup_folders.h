// The unified cgroup hierarchy (cgroups(7)), where a socket's cgroup id is the inode of a folder.
#pragma once

#include "agent/host.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace censo::agent {

// Where the hierarchy is mounted; empty when it is not.
std::string cgroup_mount_point(const Host& host);

// Path below `mount_point` ("/system.slice/ssh.service"; "/" for the root) of each wanted id that still
// exists.
std::map<std::uint64_t, std::string> cgroup_paths(const Host& host, const std::string& mount_point,
                                                  std::set<std::uint64_t> wanted);

}  // namespace censo::agent
