// The operating system as a source sees it: one of the four seams. The real one reads this machine, the
// recorded one a folder laid out like a machine's root. A source never touches the system but through it.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

enum class FileKind { regular, folder, link, block_device, character_device, other };

struct FileStatus {
  FileKind kind = FileKind::other;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::uint32_t mode = 0;  // permission bits
  std::uint32_t user_id = 0;
  base::TimeMs modified = 0;
};

struct FileSystemSpace {
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  // to ordinary users
};

// A regular file, opened, for what is too long to be read whole. Lives on its own, beside its host.
class OpenFile {
 public:
  virtual ~OpenFile() = default;
  virtual std::uint64_t size() const = 0;  // when it was opened
  // Exactly `bytes` from `offset` on; Errc::malformed where the file ends before, io_failed.
  virtual base::Result<std::string> read_at(std::uint64_t offset, std::size_t bytes) const = 0;
};

// Paths are absolute, as on the machine. Calls are bounded in size and never block on a FIFO, a device or a
// dead mount. Not thread-safe: one run of the sources, one thread.
class Host {
 public:
  virtual ~Host() = default;

  // A regular file's content, links followed inside the root. A longer file is Errc::limit_exceeded, never
  // cut. Errc::not_found, permission_denied, unsupported (not a regular file), io_failed.
  virtual base::Result<std::string> read_file(std::string_view path,
                                              std::size_t max_bytes = 1024 * 1024) const = 0;
  // As read_file(), for parts.
  virtual base::Result<std::unique_ptr<OpenFile>> open_file(std::string_view path) const = 0;
  // Names without "." and "..", sorted. At most 200,000.
  virtual base::Result<std::vector<std::string>> list_folder(std::string_view path) const = 0;
  virtual base::Result<std::string> read_link(std::string_view path) const = 0;
  // Of the path itself (lstat).
  virtual base::Result<FileStatus> status(std::string_view path) const = 0;
  // Where the path lies in the file system of this process, for libraries that open files themselves.
  virtual std::string local_path(std::string_view path) const = 0;
  // Errc::unsupported for network and user-space file systems, which are never asked.
  virtual base::Result<FileSystemSpace> space(std::string_view mount_point) const = 0;
  // One netlink dump: the request message (header with NLM_F_DUMP, payload) goes to `protocol`
  // (NETLINK_ROUTE, NETLINK_SOCK_DIAG); the answer is all messages one after the other, NLMSG_DONE left out.
  // `name` names the recording ("route-links").
  virtual base::Result<base::Bytes> netlink_dump(int protocol, std::span<const std::uint8_t> request,
                                                 std::string_view name) const = 0;
  virtual base::TimeMs now() const = 0;
};

// This machine. `clock` outlives the host.
std::unique_ptr<Host> real_host(const base::Clock& clock);
// A folder as root; netlink recordings in `root/.netlink/<name>.bin`; space in `root/.space` ("<mount point>
// <total> <free>" a line).
std::unique_ptr<Host> recorded_host(std::string root, base::TimeMs now);

}  // namespace censo::agent
