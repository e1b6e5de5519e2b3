#include "collector/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

namespace censo::collector {

base::Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  FolderLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.file_ < 0) return base::fail(base::Errc::io_failed, "cannot open the lock file", path);
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    return base::fail(base::Errc::conflict, "another collector runs with this state folder", folder);
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace censo::collector
