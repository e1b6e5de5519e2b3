// What scans leave out: subnets that nobody asks, and addresses where somebody is who could not be read.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "collector/jobs/scan_store.h"
#include "collector/scanner/reach.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

struct SubnetCoverage {
  cmdb::CiId ci;
  std::string name, prefix;
  scanner::Reached reached = scanner::Reached::none;  // by jobs that have run to their end
  std::vector<std::string> jobs;                      // that reach any of it, whether they have run or not
  base::TimeMs scanned_at = 0;                        // when the last of them ended; 0: never
};

// "none", "some", "all".
std::string_view name_of(scanner::Reached reached);

// Items of class subnet whose prefix can be read, oldest first. `only`: those reached so.
base::Result<cmdb::Page<SubnetCoverage>> subnet_coverage(store::Transaction& tx,
                                                         std::optional<scanner::Reached> only,
                                                         const cmdb::PageRequest& page);

struct UnreadDevice {
  StoredDevice device;
  RunId run;
  std::string job;
  base::TimeMs seen_at = 0;
};

// Of the last run of each job that ran to its end, by address: whoever is there and gave no item.
base::Result<cmdb::Page<UnreadDevice>> unread_devices(store::Transaction& tx, const cmdb::PageRequest& page);

}  // namespace censo::collector::jobs
