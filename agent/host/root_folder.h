// Bounded, never blocking reads below one folder that is taken for the machine's root. Links are resolved
// inside it.
#pragma once

#include "agent/host.h"

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::agent {

// Owns a descriptor; -1 is none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// What `errno` says about `path`.
base::Error error_of(int number, std::string_view path);

class RootFolder {
 public:
  // `may_enter` is asked for every path before the kernel is, links resolved; false is Errc::unsupported.
  RootFolder(std::string folder, std::function<bool(std::string_view path)> may_enter);

  base::Result<std::string> read_file(std::string_view path, std::size_t max_bytes) const;
  base::Result<std::unique_ptr<OpenFile>> open_file(std::string_view path) const;
  base::Result<std::vector<std::string>> list_folder(std::string_view path) const;
  base::Result<std::string> read_link(std::string_view path) const;
  base::Result<FileStatus> status(std::string_view path) const;
  std::string local_path(std::string_view path) const;

 private:
  // O_PATH: nothing is read, no device is opened. `follow` concerns the last part only.
  base::Result<FileDescriptor> locate(std::string_view path, bool follow) const;
  enum class OldKernel { refuse, follow };
  base::Result<FileDescriptor> locate_exactly(const std::string& path, OldKernel old_kernel) const;
  base::Result<std::string> without_links(std::string_view path, bool follow) const;
  base::Result<std::string> link_target(const std::string& path) const;

  // Where the last part of `path` stands, as a descriptor that the next path of the same folder finds open;
  // nullptr: the long way. Only in folders that nobody wants to unmount, which an open one would prevent.
  const FileDescriptor* folder_of(std::string_view path) const;
  struct RegularFile {
    FileDescriptor descriptor;
    std::uint64_t size = 0;
  };
  base::Result<RegularFile> open_regular(std::string_view path) const;
  FileDescriptor open_kernels_file(const std::string& path) const;
  base::Result<struct stat> stat_of(std::string_view path) const;

  std::string folder_;
  std::function<bool(std::string_view)> may_enter_;
  FileDescriptor root_;
  struct OpenFolder {
    std::string path;
    FileDescriptor descriptor;
  };
  mutable OpenFolder last_folder_;
};

}  // namespace censo::agent
