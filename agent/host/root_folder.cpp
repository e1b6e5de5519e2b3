#include "agent/host/root_folder.h"

#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <climits>
#include <memory>
#include <system_error>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::size_t max_names = 200'000;
constexpr int max_links = 40;  // as the kernel

std::string reopenable(const FileDescriptor& located) {
  return "/proc/self/fd/" + std::to_string(located.get());
}

base::Result<struct stat> status_of(const FileDescriptor& file, std::string_view path) {
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return error_of(errno, path);
  return status;
}

FileKind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return FileKind::regular;
    case S_IFDIR: return FileKind::folder;
    case S_IFLNK: return FileKind::link;
    case S_IFBLK: return FileKind::block_device;
    case S_IFCHR: return FileKind::character_device;
    default: return FileKind::other;
  }
}

// Files that the kernel makes up: none of them is a FIFO or a device, and opening one does nothing.
bool is_kernels(std::string_view path) {
  return path.starts_with("/proc/") || path.starts_with("/sys/");
}

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// Size in `status` is no help: files of /proc say 0, those of /sys 4096.
base::Result<std::string> content_of(const FileDescriptor& file, std::string_view path, std::size_t max_bytes,
                                     std::size_t told_bytes) {
  const auto too_long = [&] {
    return base::fail(Errc::limit_exceeded, "file is longer than " + std::to_string(max_bytes) + " bytes",
                      std::string(path));
  };
  std::string content;
  std::array<char, 16 * 1024> buffer;
  // Of large files the size is true. Room for all at once: growing by halves would need as much again.
  if (told_bytes > buffer.size()) {
    if (told_bytes > max_bytes) return too_long();
    content.reserve(told_bytes);
  }
  while (true) {
    const auto count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_of(errno, path);
    if (count == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(count));
    if (content.size() > max_bytes) return too_long();
  }
}

// The links of a process in /proc lead to objects, not to the paths that they show.
bool is_process_path(std::string_view path) {
  return path.starts_with("/proc/") && path.size() > 6 &&
         std::isdigit(static_cast<unsigned char>(path[6])) != 0;
}

std::vector<std::string> parts_reversed(std::string_view path) {
  std::vector<std::string> parts;
  for (const auto part : base::split(path, '/')) {
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

const char* relative(const std::string& path) {
  return path == "/" ? "." : path.c_str() + 1;
}

class PartedFile final : public OpenFile {
 public:
  PartedFile(FileDescriptor file, std::uint64_t size, std::string path)
      : file_(std::move(file)), size_(size), path_(std::move(path)) {}

  std::uint64_t size() const override { return size_; }
  base::Result<std::string> read_at(std::uint64_t offset, std::size_t bytes) const override {
    if (offset > size_ || bytes > size_ - offset)
      return base::fail(Errc::malformed, "the file ends too early", path_);
    std::string content(bytes, '\0');
    std::size_t done = 0;
    while (done < bytes) {
      const auto count =
          pread(file_.get(), content.data() + done, bytes - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return error_of(errno, path_);
      if (count == 0) return base::fail(Errc::malformed, "the file ends too early", path_);
      done += static_cast<std::size_t>(count);
    }
    return content;
  }

 private:
  FileDescriptor file_;
  std::uint64_t size_;
  std::string path_;
};

base::Error no_entry(std::string_view path) {
  return base::fail(Errc::unsupported, "a network or user-space file system is never asked",
                    std::string(path));
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

base::Error error_of(int number, std::string_view path) {
  const auto code = [number] {
    switch (number) {
      case ENOENT:
      case ENOTDIR:
      case ESRCH:
      case ENAMETOOLONG: return Errc::not_found;
      case EACCES:
      case EPERM: return Errc::permission_denied;
      case ELOOP:
      case ENXIO:
      case ENODEV:
      case EXDEV: return Errc::unsupported;
      default: return Errc::io_failed;
    }
  }();
  return base::fail(code, std::generic_category().message(number), std::string(path));
}

RootFolder::RootFolder(std::string folder, std::function<bool(std::string_view)> may_enter)
    : folder_(std::move(folder)),
      may_enter_(std::move(may_enter)),
      root_(open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (root_.get() < 0) throw std::system_error(errno, std::generic_category(), folder_);
  while (folder_.ends_with('/')) folder_.pop_back();
}

base::Result<std::string> RootFolder::read_file(std::string_view path, std::size_t max_bytes) const {
  if (is_kernels(path) && path.find('\0') == path.npos && may_enter_(path)) {
    const FileDescriptor file = open_kernels_file(std::string(path));
    if (file.get() < 0 && errno == ENOENT) return error_of(ENOENT, path);
    const auto status = status_of(file, path);
    if (status && S_ISREG(status->st_mode)) return content_of(file, path, max_bytes, 0);
  }
  const auto file = open_regular(path);
  if (!file) return file.error();
  return content_of(file->descriptor, path, max_bytes, static_cast<std::size_t>(file->size));
}

base::Result<std::unique_ptr<OpenFile>> RootFolder::open_file(std::string_view path) const {
  auto file = open_regular(path);
  if (!file) return file.error();
  return std::unique_ptr<OpenFile>(
      std::make_unique<PartedFile>(std::move(file->descriptor), file->size, std::string(path)));
}

base::Result<RootFolder::RegularFile> RootFolder::open_regular(std::string_view path) const {
  const auto located = locate(path, true);
  if (!located) return located.error();
  const auto status = status_of(*located, path);
  if (!status) return status.error();
  if (!S_ISREG(status->st_mode))
    return base::fail(Errc::unsupported, "expected a regular file", std::string(path));
  FileDescriptor file(open(reopenable(*located).c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.get() < 0) return error_of(errno, path);
  return RegularFile{std::move(file), static_cast<std::uint64_t>(status->st_size)};
}

base::Result<std::vector<std::string>> RootFolder::list_folder(std::string_view path) const {
  const auto located = locate(path, true);
  if (!located) return located.error();
  const auto status = status_of(*located, path);
  if (!status) return status.error();
  if (!S_ISDIR(status->st_mode)) return base::fail(Errc::unsupported, "expected a folder", std::string(path));
  FileDescriptor folder(openat(located->get(), ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC));
  if (folder.get() < 0) return error_of(errno, path);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(fdopendir(folder.get()), closedir);
  if (!stream) return error_of(errno, path);
  folder.release();

  std::vector<std::string> names;
  errno = 0;
  while (const auto* entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() == max_names) {
      return base::fail(Errc::limit_exceeded, "folder has more than 200000 names", std::string(path));
    }
    names.emplace_back(name);
  }
  if (errno != 0) return error_of(errno, path);
  std::sort(names.begin(), names.end());
  return names;
}

base::Result<std::string> RootFolder::read_link(std::string_view path) const {
  const auto* folder = folder_of(path);
  auto located = folder == nullptr ? locate(path, false) : base::Result<FileDescriptor>(FileDescriptor());
  if (!located) return located.error();
  std::array<char, PATH_MAX> target;
  const auto size = folder == nullptr
                        ? readlinkat(located->get(), "", target.data(), target.size())
                        : readlinkat(folder->get(), last_part(path).c_str(), target.data(), target.size());
  if (folder != nullptr && size < 0 && errno == ENOENT) return error_of(ENOENT, path);
  if (size < 0 && (errno == EINVAL || errno == ENOENT)) {
    return base::fail(Errc::unsupported, "expected a symbolic link", std::string(path));
  }
  if (size < 0) return error_of(errno, path);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

base::Result<FileStatus> RootFolder::status(std::string_view path) const {
  const auto found = stat_of(path);
  if (!found) return found.error();
  FileStatus status;
  status.kind = kind_of(found->st_mode);
  status.size = static_cast<std::uint64_t>(found->st_size);
  status.inode = found->st_ino;
  status.mode = found->st_mode & 07777;
  status.user_id = found->st_uid;
  status.modified = found->st_mtim.tv_sec * 1000 + found->st_mtim.tv_nsec / 1'000'000;
  return status;
}

// At once, without a look before: -1 where there are links in the path, no right, or an old kernel.
FileDescriptor RootFolder::open_kernels_file(const std::string& path) const {
  struct open_how how {};
  how.flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return FileDescriptor(
      static_cast<int>(syscall(SYS_openat2, root_.get(), relative(path), &how, sizeof how)));
}

base::Result<struct stat> RootFolder::stat_of(std::string_view path) const {
  if (const auto* folder = folder_of(path)) {
    struct stat found {};
    if (fstatat(folder->get(), last_part(path).c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
      return error_of(errno, path);
    return found;
  }
  const auto located = locate(path, false);
  if (!located) return located.error();
  return status_of(*located, path);
}

const FileDescriptor* RootFolder::folder_of(std::string_view path) const {
  const auto name = last_part(path);
  const bool stays_mounted = is_kernels(path) || path.starts_with("/var/lib/");
  const bool is_plain = !name.empty() && name != "." && name != ".." && path.find('\0') == path.npos;
  if (!stays_mounted || !is_plain || !may_enter_(path)) return nullptr;
  const auto folder = path.substr(0, path.rfind('/'));
  if (last_folder_.path != folder) {
    auto located = locate_exactly(std::string(folder), OldKernel::refuse);
    const auto status = located ? status_of(*located, folder) : base::Result<struct stat>(located.error());
    if (!status || !S_ISDIR(status->st_mode)) return nullptr;  // "/proc/self" is a link
    last_folder_.path = folder;
    last_folder_.descriptor = std::move(*located);
  }
  return &last_folder_.descriptor;
}

std::string RootFolder::local_path(std::string_view path) const {
  return folder_ + std::string(path);
}

base::Result<FileDescriptor> RootFolder::locate(std::string_view path, bool follow) const {
  if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
    return base::fail(Errc::invalid_argument, "expected an absolute path", std::string(path));
  }
  if (!may_enter_(path)) return no_entry(path);
  auto located = locate_exactly(std::string(path), OldKernel::refuse);
  if (located) {
    const auto status = status_of(*located, path);
    if (!status) return status.error();
    if (!follow || !S_ISLNK(status->st_mode)) return located;
  } else if (located.error().code != Errc::unsupported) {
    return located;
  }
  const auto plain = without_links(path, follow);
  if (!plain) return plain.error();
  return locate_exactly(*plain, OldKernel::follow);
}

// Follows no link at all; Errc::unsupported when there is one before the last part. A kernel before 5.6, or a
// container's filter, has no openat2: it may take a path that is free of links.
base::Result<FileDescriptor> RootFolder::locate_exactly(const std::string& path, OldKernel old_kernel) const {
  struct open_how how {};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  FileDescriptor located(
      static_cast<int>(syscall(SYS_openat2, root_.get(), relative(path), &how, sizeof how)));
  if (located.get() < 0 && (errno == ENOSYS || errno == EPERM)) {
    if (old_kernel == OldKernel::refuse) return error_of(ELOOP, path);
    located = FileDescriptor(openat(root_.get(), relative(path), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  }
  if (located.get() < 0) return error_of(errno, path);
  return located;
}

// The same path inside the root with every link replaced, so that a link cannot lead into a mount that hangs.
base::Result<std::string> RootFolder::without_links(std::string_view path, bool follow) const {
  std::string done;
  int links = 0;
  auto rest = parts_reversed(path);
  while (!rest.empty()) {
    const std::string part = std::move(rest.back());
    rest.pop_back();
    if (part == "..") {
      done.erase(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    const std::string here = done + "/" + part;
    if (!may_enter_(here)) return no_entry(here);
    auto target = (rest.empty() && !follow) ? base::Result<std::string>(std::string()) : link_target(here);
    if (!target) return target.error();
    if (target->empty()) {
      done = here;
      continue;
    }
    if (++links > max_links) return error_of(ELOOP, path);
    if (target->starts_with('/')) done.clear();
    const auto inner = parts_reversed(*target);
    rest.insert(rest.end(), inner.begin(), inner.end());
  }
  return done.empty() ? "/" : done;
}

// Empty when `path` is no link.
base::Result<std::string> RootFolder::link_target(const std::string& path) const {
  std::array<char, PATH_MAX> target;
  const auto size = readlinkat(root_.get(), relative(path), target.data(), target.size());
  if (size < 0 && errno == EINVAL) return std::string();
  if (size < 0) return error_of(errno, path);
  if (is_process_path(path)) return base::fail(Errc::unsupported, "a process's link is not followed", path);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

}  // namespace censo::agent
