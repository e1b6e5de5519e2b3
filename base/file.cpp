#include "base/file.h"

#include "base/digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace censo::base {
namespace {

constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// What the last system call said, as an Error.
Error system_error(std::string_view what, const std::string& path) {
  const int number = errno;
  Errc code = Errc::io_failed;
  if (number == ENOENT || number == ENOTDIR) code = Errc::not_found;
  if (number == EACCES || number == EPERM || number == EROFS) code = Errc::permission_denied;
  if (number == ELOOP) code = Errc::unsupported;
  return fail(code, "cannot " + std::string(what) + ": " + std::generic_category().message(number), path);
}

Result<void> check_owner(const struct stat& status, bool root_may_own, const std::string& path) {
  const bool ours = status.st_uid == ::geteuid() || (root_may_own && status.st_uid == 0);
  if (!ours) {
    return fail(Errc::permission_denied, "belongs to user " + std::to_string(status.st_uid) + ", not to us",
                path);
  }
  if ((status.st_mode & writable_by_others) != 0) {
    return fail(Errc::permission_denied, "may be written by its group or others; chmod go-w it", path);
  }
  return {};
}

Result<void> write_all(int file, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const auto written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return system_error("sync", path);
  return {};
}

Result<void> write_new_file(const std::string& path, std::string_view content, unsigned mode) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return system_error("create", path);
  auto written = write_all(file.number(), content, path);
  if (!written) return written;
  if (::fchmod(file.number(), mode) != 0) return system_error("set the mode", path);
  return {};
}

Result<void> sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.number()) != 0) return system_error("sync", path);
  return {};
}

}  // namespace

Result<std::string> read_own_file(const std::string& path, std::size_t max_bytes) {
  // O_NONBLOCK: a FIFO in the file's place must not hang us.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return system_error("open", path);
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error("examine", path);
  if (!S_ISREG(status.st_mode)) return fail(Errc::unsupported, "expected a regular file", path);
  if (auto owner = check_owner(status, true, path); !owner) return owner.error();
  const auto too_long = [&] {
    return fail(Errc::limit_exceeded, "more than " + std::to_string(max_bytes) + " bytes", path);
  };
  if (static_cast<std::uintmax_t>(status.st_size) > max_bytes) return too_long();
  std::string content(static_cast<std::size_t>(status.st_size) + 1,
                      '\0');  // one more: the end is seen in one read
  std::size_t filled = 0;
  for (;;) {
    const auto got = ::read(file.number(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error("read", path);
    filled += static_cast<std::size_t>(got);
    if (filled > max_bytes) return too_long();  // it grew while we read
    if (got == 0) break;
    if (filled == content.size()) content.resize(filled * 2);
  }
  content.resize(filled);
  return content;
}

Result<void> write_own_file(const std::string& path, std::string_view content, unsigned mode) {
  const std::string fresh = path + ".new-" + to_hex(random_bytes(6));
  auto written = write_new_file(fresh, content, mode);
  if (written && ::rename(fresh.c_str(), path.c_str()) != 0) written = system_error("replace", path);
  if (!written) {
    ::unlink(fresh.c_str());
    return written;
  }
  const auto folder = std::filesystem::path(path).parent_path();
  return sync_folder(folder.empty() ? "." : folder.string());
}

Result<void> make_private_folder(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) == 0) return {};
  if (errno == ENOENT) {
    const auto parent = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (parent.empty() || std::filesystem::exists(parent, ignored)) return system_error("create", path);
    if (auto made = make_private_folder(parent.string(), mode); !made) return made;
    if (::mkdir(path.c_str(), mode) == 0) return {};
  }
  if (errno != EEXIST) return system_error("create", path);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return system_error("examine", path);
  if (!S_ISDIR(status.st_mode)) return fail(Errc::unsupported, "expected a folder", path);
  return check_owner(status, false, path);
}

}  // namespace censo::base
