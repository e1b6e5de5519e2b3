// Kinds of devices that were scanned and that no definition of their own names (schemas/devices/).
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <string>

namespace censo::collector::jobs {

struct UnnamedKind {
  std::string sys_object_id;
  std::string sys_description, manufacturer, model, definition;  // of one of them; any may be ""
  std::int64_t devices = 0;                                      // that are of it
  cmdb::CiId example;                                            // the first one
  std::string example_name, example_class;
};

// Network devices with a sysObjectID that have no model, or one that only the standard definition guessed, by
// sysObjectID. Reads all network devices, class by class.
cmdb::Page<UnnamedKind> unnamed_devices(store::Transaction& tx, const cmdb::ClassCatalog& catalog,
                                        const cmdb::PageRequest& page);

}  // namespace censo::collector::jobs
