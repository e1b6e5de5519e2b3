// What a scan adds up to while it runs: which of its addresses are counted only, which are listed, and when
// people are shown how far it is. The same in a collector and in a probe. One thread.
#pragma once

#include "collector/jobs/scan_store.h"
#include "collector/scanner/scan_job.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <vector>

namespace censo::collector::jobs {

StoredDevice stored_device(const scanner::DeviceResult& result);

class ScanTally {
 public:
  struct Outlet {
    // One with a report or a guess.
    std::function<void(scanner::DeviceResult&&)> read;
    // The run's counts, and the addresses that were not read since the last call. False: they come again.
    std::function<bool(const std::vector<StoredDevice>& unread)> show;
  };
  // `run` outlives it; its counts are kept here. In scans of more addresses than `list_silent_below` those
  // where nobody is are counted only.
  ScanTally(StoredRun& run, std::size_t list_silent_below, Outlet outlet)
      : run_(run), list_silent_below_(list_silent_below), outlet_(std::move(outlet)) {}

  void take(scanner::DeviceResult&& result);
  void show(const scanner::ScanProgress& progress);
  const std::vector<StoredDevice>& unread() const { return unread_; }  // not handed over yet

 private:
  StoredRun& run_;
  std::size_t list_silent_below_;
  Outlet outlet_;
  std::size_t unread_there_ = 0;      // addresses where somebody is who could not be read
  std::vector<StoredDevice> unread_;  // a sweep tells of thousands at once
  std::chrono::steady_clock::time_point shown_at_{};
};

// Blocks until all targets are done. What is thrown on the way is Errc::unavailable; Errc::cancelled after a
// stop, and when the job's window closed before all were reached.
base::Result<void> run_scan(scanner::Scanner& scanner, const scanner::ScanJob& job, std::stop_token stop,
                            ScanTally& tally);

}  // namespace censo::collector::jobs
