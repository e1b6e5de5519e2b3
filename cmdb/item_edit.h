// Items as people make and change them. A person's value is a lock: it is shown before all reports, until it
// is released. Deleting is retiring; for good: cmdb/purge.h.
#pragma once

#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/editor.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <optional>
#include <string>
#include <vector>

namespace censo::cmdb {

struct NewItem {
  std::string class_name, name;
  inventory::Attributes attributes;
  std::string stage = "operate";
  std::string status = {};  // "": the usual one of the stage, which is not written down
};

struct ItemEdit {
  std::string class_name, name;      // "": as it is
  inventory::Attributes attributes;  // set, and so locked
  std::vector<std::string>
      released;               // attributes, or "class" or "name", of which people say nothing any more
  std::string stage, status;  // "": as it is
  std::optional<base::TimeMs>
      version;  // ConfigurationItem::version that the person saw; nothing: whatever it is
};

// A text for an attribute of another type is read as that: "16", "true", "a, b". Errc::malformed with
// "/class", "/name", "/attributes/<name>", "/stage" or "/status"; Errc::conflict with reason VALUE_TAKEN when
// another item has an identifier or a unique value, which the message names.
base::Result<CiId> create_item(store::Transaction& tx, const Editor& editor, const NewItem& item);
// The same, and Errc::stale with reason VERSION_CHANGED; Errc::not_found for a release of what nobody set.
base::Result<void> edit_item(store::Transaction& tx, const Editor& editor, CiId ci, const ItemEdit& edit);

// Which attributes (and "class", "name") people lock, and who does.
struct LockedValue {
  std::string attribute, person;
};
std::vector<LockedValue> locked_values(store::Transaction& tx, CiId ci);

}  // namespace censo::cmdb
