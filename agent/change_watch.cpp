#include "agent/change_watch.h"

#include "base/log.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::uint32_t file_events = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE |
                                      IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR | IN_EXCL_UNLINK;
constexpr std::size_t max_watches = 512;
constexpr std::uint32_t kernel_events_group = 1;  // not udev's 2, which comes later and is signed by nobody
constexpr std::size_t buffer_bytes = 32 * 1024;

struct Watched {
  std::string_view path;
  std::vector<std::string_view> names;
  bool with_subfolders = false;
};

// Databases are replaced by renaming, so that their folders are watched, not they.
const std::vector<Watched>& watched() {
  static const std::vector<Watched> list{
      {"/var/lib/dpkg", {"status"}},
      {"/var/lib/rpm", {"rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages", "Packages.db"}},
      {"/usr/lib/sysimage/rpm", {"rpmdb.sqlite", "rpmdb.sqlite-wal", "Packages", "Packages.db"}},
      {"/lib/apk/db", {"installed"}},
      {"/var/lib/pacman/local", {}},
      {"/var/lib/flatpak", {".changed"}},
      {"/var/lib/snapd", {"state.json"}},
      {"/etc/systemd/system", {}, true},
      {"/usr/lib/systemd/system", {}},
      {"/etc", {"hostname", "machine-id", "os-release", "passwd", "group", "resolv.conf", "fstab"}}};
  return list;
}

void log_unwatched(std::string_view what, int number) {
  base::log(base::LogLevel::warning, "watch.not_possible",
            "changes are found by the next regular report only",
            {{"what", what}, {"reason", std::strerror(number)}});
}

FileDescriptor netlink_listener(int protocol, std::uint32_t groups, std::string_view what) {
  FileDescriptor listener(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (listener.get() >= 0 &&
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return listener;
  log_unwatched(what, errno);
  return FileDescriptor();
}

// Every datagram of the kernel that waits goes to `is_news`. Lost ones may have been news.
template <class IsNews>
bool drain_socket(const FileDescriptor& socket, IsNews is_news) {
  bool news = false;
  std::array<char, buffer_bytes> buffer;
  while (socket.get() >= 0) {
    sockaddr_nl from{};
    socklen_t from_size = sizeof from;
    const auto size = ::recvfrom(socket.get(), buffer.data(), buffer.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == ENOBUFS) {
      news = true;
      continue;
    }
    if (size < 0) break;
    if (from.nl_pid == 0) news |= is_news(buffer.data(), static_cast<std::size_t>(size));
  }
  return news;
}

}  // namespace

ChangeWatch::ChangeWatch(std::string root) : root_(std::move(root)) {
  files_ = FileDescriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (files_.get() < 0) log_unwatched("files", errno);
  network_ =
      netlink_listener(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, "network");
  devices_ = netlink_listener(NETLINK_KOBJECT_UEVENT, kernel_events_group, "devices");
  mounts_ = FileDescriptor(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  if (mounts_.get() < 0) log_unwatched("mounts", errno);
  watch_folders();
}

void ChangeWatch::watch_folders() {
  for (const Watched& each : watched())
    watch_folder(
        {root_ + std::string(each.path), {each.names.begin(), each.names.end()}, each.with_subfolders});
}

// Watched anew it stays the same watch: that a folder was replaced costs nothing to find out.
void ChangeWatch::watch_folder(const Folder& folder) {
  if (files_.get() < 0 || folders_.size() >= max_watches) return;
  const int watch = ::inotify_add_watch(files_.get(), folder.path.c_str(), file_events);
  if (watch < 0) {
    if (errno != ENOENT && errno != ENOTDIR) log_unwatched(folder.path, errno);
    return;
  }
  folders_[watch] = folder;
  if (!folder.with_subfolders) return;
  std::error_code error;
  for (fs::directory_iterator entry(folder.path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error) && !entry->is_symlink(error))
      watch_folder({entry->path().string(), {}, false});
  }
}

bool ChangeWatch::wait(milliseconds time, int other) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (!drain()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    if (left <= 0) return false;
    std::array<pollfd, 5> all{{{files_.get(), POLLIN, 0},
                               {network_.get(), POLLIN, 0},
                               {devices_.get(), POLLIN, 0},
                               {mounts_.get(), POLLPRI, 0},
                               {other, POLLIN, 0}}};
    const timespec span{left / 1'000'000'000, left % 1'000'000'000};
    ::ppoll(all.data(), all.size(), &span, nullptr);
    if ((all[3].revents & POLLPRI) != 0) return true;  // asking it again says no
    if ((all[4].revents & POLLIN) != 0) return drain();
  }
  return true;
}

void ChangeWatch::forget() {
  drain();
  watch_folders();
}

bool ChangeWatch::drain() {
  bool news = drain_files();
  news |= drain_network();
  news |= drain_devices();
  pollfd mounts{mounts_.get(), POLLPRI, 0};
  news |= ::poll(&mounts, 1, 0) > 0 && (mounts.revents & POLLPRI) != 0;
  return news;
}

bool ChangeWatch::drain_files() {
  bool news = false;
  alignas(inotify_event) std::array<char, buffer_bytes> buffer;
  for (;;) {
    const auto size = files_.get() < 0 ? 0 : ::read(files_.get(), buffer.data(), buffer.size());
    if (size <= 0) return news;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof *event + event->len;
      if ((event->mask & IN_IGNORED) != 0) {
        folders_.erase(event->wd);
        continue;
      }
      const auto folder = folders_.find(event->wd);
      const bool lost = (event->mask & IN_Q_OVERFLOW) != 0;
      news |= lost || (folder != folders_.end() &&
                       (folder->second.names.empty() ||
                        (event->len > 0 && folder->second.names.contains(std::string_view(event->name)))));
    }
  }
}

bool ChangeWatch::drain_network() {
  return drain_socket(network_, [this](const char* bytes, std::size_t size) {
    return network_news_.is_news({reinterpret_cast<const std::uint8_t*>(bytes), size});
  });
}

bool ChangeWatch::drain_devices() {
  return drain_socket(devices_, [](const char* bytes, std::size_t size) {
    return is_device_news({bytes, size});
  });
}

}  // namespace censo::agent
