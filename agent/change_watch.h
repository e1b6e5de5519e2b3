// Tells that something on this machine may have changed: package databases, units and a few files of /etc
// (inotify), links and addresses (rtnetlink), mounts (the mount table), disks and other devices (uevents).
// Nothing is polled: while nothing happens, nothing runs.
#pragma once

#include "agent/host/root_folder.h"
#include "agent/kernel_events.h"

#include <chrono>
#include <map>
#include <set>
#include <string>

namespace censo::agent {

// Not thread-safe.
class ChangeWatch {
 public:
  // `root` stands before the paths of files; "" is this machine. What cannot be watched is left out and
  // logged: the next regular report still finds it.
  explicit ChangeWatch(std::string root = {});

  // Waits at most this long. True, and at once: something changed since the last call, or since forget().
  // Also false, and at once, when the descriptor `other` can be read; -1: none.
  bool wait(std::chrono::milliseconds time, int other = -1);
  // What has changed until now is about to be looked at. Folders that appeared meanwhile are watched from
  // here on.
  void forget();

 private:
  struct Folder {
    std::string path;
    std::set<std::string, std::less<>> names;  // of files in it that matter; none: all
    bool with_subfolders = false;
  };
  void watch_folders();
  void watch_folder(const Folder& folder);
  bool drain();
  bool drain_files();
  bool drain_network();
  bool drain_devices();

  std::string root_;
  FileDescriptor files_, network_, devices_, mounts_;
  std::map<int, Folder> folders_;  // by inotify's watch descriptor
  NetworkNews network_news_;
};

}  // namespace censo::agent
