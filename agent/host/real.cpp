#include "agent/host.h"
#include "agent/host/netlink_dump.h"
#include "agent/host/root_folder.h"
#include "agent/mount_table.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <optional>
#include <set>

namespace censo::agent {
namespace {

using std::chrono::steady_clock;

bool anywhere(std::string_view) {
  return true;
}

// Mount points that may hang whoever enters them. The mount table names them without touching them; statfs
// would hang too.
// "/" is never among them: what the system itself runs from is there, whatever its type.
class HangingMounts {
 public:
  bool hold(std::string_view path) {
    refresh();
    for (auto end = path.find('/', 1); !points_.empty(); end = path.find('/', end + 1)) {
      if (points_.contains(path.substr(0, end))) return true;
      if (end == std::string_view::npos) break;
    }
    return false;
  }

 private:
  // The agent lives for months while mounts come and go.
  void refresh() {
    const auto now = steady_clock::now();
    if (read_at_ && now - *read_at_ < std::chrono::seconds(5)) return;
    read_at_ = now;
    const auto text = RootFolder("/", anywhere).read_file("/proc/self/mountinfo", max_mount_table_bytes);
    if (!text) return;
    const auto mounts = parse_mount_table(*text);
    if (!mounts) return;
    points_.clear();
    for (const auto& mount : *mounts) {
      points_.erase(mount.mount_point);
      if (mount.mount_point != "/" && answers_from_outside(mount.type)) points_.insert(mount.mount_point);
    }
  }

  std::set<std::string, std::less<>> points_;
  std::optional<steady_clock::time_point> read_at_;
};

class RealHost final : public Host {
 public:
  explicit RealHost(const base::Clock& clock)
      : clock_(clock), root_("/", [this](std::string_view path) { return !hanging_.hold(path); }) {}

  base::Result<std::string> read_file(std::string_view path, std::size_t max_bytes) const override {
    return root_.read_file(path, max_bytes);
  }
  base::Result<std::unique_ptr<OpenFile>> open_file(std::string_view path) const override {
    return root_.open_file(path);
  }
  base::Result<std::vector<std::string>> list_folder(std::string_view path) const override {
    return root_.list_folder(path);
  }
  base::Result<std::string> read_link(std::string_view path) const override { return root_.read_link(path); }
  base::Result<FileStatus> status(std::string_view path) const override { return root_.status(path); }
  std::string local_path(std::string_view path) const override { return root_.local_path(path); }

  base::Result<FileSystemSpace> space(std::string_view mount_point) const override {
    if (hanging_.hold(mount_point)) {
      return base::fail(base::Errc::unsupported, "a network or user-space file system is never asked",
                        std::string(mount_point));
    }
    struct statvfs found {};
    if (statvfs(std::string(mount_point).c_str(), &found) != 0) return error_of(errno, mount_point);
    return FileSystemSpace{found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize};
  }

  base::Result<base::Bytes> netlink_dump(int protocol, std::span<const std::uint8_t> request,
                                         std::string_view) const override {
    return agent::netlink_dump(protocol, request);
  }
  base::TimeMs now() const override { return clock_.now(); }

 private:
  const base::Clock& clock_;
  mutable HangingMounts hanging_;
  RootFolder root_;
};

}  // namespace

std::unique_ptr<Host> real_host(const base::Clock& clock) {
  return std::make_unique<RealHost>(clock);
}

}  // namespace censo::agent
