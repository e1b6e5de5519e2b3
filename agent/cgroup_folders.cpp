#include "agent/cgroup_folders.h"

#include "agent/mount_table.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace censo::agent {
namespace {

constexpr std::size_t max_folders = 10'000;

// A folder holds some fifty of these; systemd escapes units that are named so.
bool is_control_file(std::string_view name) {
  constexpr std::array<std::string_view, 10> controllers{"cgroup.", "cpu.",     "cpuset.", "memory.", "io.",
                                                         "pids.",   "hugetlb.", "rdma.",   "misc.",   "irq."};
  return std::any_of(controllers.begin(), controllers.end(),
                     [&](std::string_view controller) { return name.starts_with(controller); });
}

}  // namespace

std::string cgroup_mount_point(const Host& host) {
  const auto text = host.read_file("/proc/self/mountinfo", max_mount_table_bytes);
  if (!text) return {};
  const auto mounts = parse_mount_table(*text);
  if (!mounts) return {};
  for (const Mount& mount : *mounts) {
    if (mount.type == "cgroup2") return mount.mount_point;
  }
  return {};
}

std::map<std::uint64_t, std::string> cgroup_paths(const Host& host, const std::string& mount_point,
                                                  std::set<std::uint64_t> wanted) {
  std::map<std::uint64_t, std::string> found;
  if (const auto root = host.status(mount_point); root && wanted.erase(root->inode) != 0)
    found[root->inode] = "/";
  std::vector<std::string> folders{""};
  for (std::size_t i = 0; i < folders.size() && !wanted.empty(); ++i) {
    const std::string parent = folders[i];
    const auto names = host.list_folder(mount_point + parent);
    if (!names) continue;
    for (const std::string& name : *names) {
      if (is_control_file(name) || folders.size() >= max_folders) continue;
      const std::string path = parent + "/" + name;
      const auto status = host.status(mount_point + path);
      if (!status || status->kind != FileKind::folder) continue;
      folders.push_back(path);
      if (wanted.erase(status->inode) != 0) found[status->inode] = base::sanitize_utf8(path);
    }
  }
  return found;
}

}  // namespace censo::agent
