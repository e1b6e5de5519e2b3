// One program at a time in a state folder: the collector for as long as it runs, a restore while it works.
#pragma once

#include "base/result.h"

#include <string>

namespace censo::collector {

class FolderLock {
 public:
  // Errc::conflict: another has it.
  static base::Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_;
};

}  // namespace censo::collector
