// The program's own device definitions, read once for all tests.
#pragma once

#include "collector/scanner/device_catalog.h"

namespace censo::scanner {

inline const DeviceCatalog& built_in_devices() {
  static const DeviceCatalog catalog = DeviceCatalog::built_in().value();
  return catalog;
}

}  // namespace censo::scanner
