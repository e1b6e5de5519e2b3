// Taking an item away for good, with all that is kept of it. Deleting is otherwise retiring
// (cmdb/item_edit.h).
#pragma once

#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/editor.h"
#include "cmdb/store/transaction.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

// Every column that leads to an item, and the statement that takes the rows away; in an order that leaves no
// row without what it leads to. A test compares it with the migrations.
struct PurgedColumn {
  std::string_view table, column;
  std::string_view statement;  // $1: the item
};
std::span<const PurgedColumn> purged_columns();

// The item and all that are merged into it: their values, components, relationships, history, links. What an
// item's own sources said of other items stays with these, as values of a source that ended; references to it
// are cleared. The next report of its agent makes a new item. Written to the purge log. Errc::not_found.
base::Result<void> purge_item(store::Transaction& tx, const Editor& editor, CiId ci,
                              const std::string& reason);

struct PurgeEntry {
  std::int64_t id = 0;
  CiId ci;
  std::string class_name, name;
  inventory::Attributes attributes;  // as shown when it was purged
  std::string person, reason;
  base::TimeMs at = 0;
};
// Newest first. Errc::malformed for a bad cursor.
base::Result<Page<PurgeEntry>> purges(store::Transaction& tx, const PageRequest& page);

}  // namespace censo::cmdb
