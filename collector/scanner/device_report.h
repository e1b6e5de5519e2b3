// A device's report in the few words that every list of devices shows.
#pragma once

#include "inventory/report.h"

#include <string>

namespace censo::scanner {

// "" where the report does not know.
struct DeviceSummary {
  std::string vendor, type, hardware, version, serial, sys_name;
};
DeviceSummary device_summary(const inventory::Report& report);

}  // namespace censo::scanner
