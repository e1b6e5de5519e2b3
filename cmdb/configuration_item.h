// Configuration items and what hangs on them, as read from the store. All functions run inside a caller's
// transaction.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

using CiId = base::Id<struct CiTag>;
using OriginId = base::Id<struct OriginTag>;

// A past moment (collector's time) that a question is about; nothing: now.
using Moment = std::optional<base::TimeMs>;

struct ConfigurationItem {
  CiId id;
  std::string class_name;
  std::string name;                  // what people call it; not unique
  std::string stage;                 // "operate", "retired": life-cycle stage
  inventory::Attributes attributes;  // the values shown, by source rank
  base::TimeMs first_seen = 0;
  base::TimeMs last_seen = 0;        // by a source; of what only people know: when they last said something
  std::vector<std::string> origins;  // "agent", "scanner": who reports it
  std::vector<CiId> merged;          // items that were merged into it and are shown as it
  CiId asked;                        // the one of these that was asked for; none: the item itself was
  base::TimeMs version = 0;          // another one: the item is not as it was (operational attributes aside)
};

struct Component {
  std::string section;  // which source said it
  std::string class_name;
  inventory::Attributes attributes;
};

struct Relationship {
  std::int64_t id = 0;
  std::string type;
  CiId from, to;
  std::string from_name, from_class, to_name, to_class;
  std::string origin;  // "agent", "scanner", "person"
  inventory::Attributes evidence;
  base::TimeMs first_seen = 0, last_seen = 0;
  std::string section;            // the source that said it; of a person's: who
  std::int64_t confidence = 100;  // percents
  std::string locked_by;          // the person who says that it is so; "": nobody
  base::TimeMs locked_at = 0;
  base::TimeMs expires_at = 0;                // ends then unless it is seen again; 0: never by itself
  base::TimeMs valid_from = 0, valid_to = 0;  // as a person said; 0: open
};

struct HistoryEntry {
  std::int64_t id = 0;
  CiId ci;
  base::TimeMs at = 0;          // collector's time
  base::TimeMs not_before = 0;  // the last report of the old value: it changed after that; 0 when unknown
  std::string origin;           // "agent <id>"
  // "created", "attribute", "component_added", "component_removed", "component_changed",
  // "relationship_added", "relationship_removed", "stage", "conflict"
  std::string what;
  std::string subject;  // attribute name, component class and key, relationship type and other end
  std::string old_value, new_value;
  std::int64_t times = 1;     // how often it came, when it came again and again; `at` is the last time
  base::TimeMs first_at = 0;  // the first time; as `at` when it came once
};

// A keyset page: `after` is the cursor of the last row seen, empty for the first page.
struct PageRequest {
  std::size_t limit = 50;  // 1 to 1,000
  std::string after;
};
template <class T>
struct Page {
  std::vector<T> rows;
  std::string next;  // empty on the last page
};

struct CiFilter {
  std::string class_name;  // this class or a subclass; empty = all
  std::string text;        // in name or in an identifier; empty = all
  std::string stage;       // empty = all but retired
};

// Of an item that is merged into another the one that is shown for it. Errc::not_found.
base::Result<ConfigurationItem> find_ci(store::Transaction& tx, CiId id);
// The very item, also where it is merged into another. Errc::not_found.
base::Result<ConfigurationItem> find_member(store::Transaction& tx, CiId id);
// By id's text, or by a name or identifier that only one item has. Errc::not_found; Errc::conflict lists the
// ids that match.
base::Result<ConfigurationItem> resolve_ci(store::Transaction& tx, std::string_view id_or_name);
class ClassCatalog;
// By name, then id. Errc::malformed for a bad cursor.
base::Result<Page<ConfigurationItem>> list_cis(store::Transaction& tx, const ClassCatalog& catalog,
                                               const CiFilter& filter, const PageRequest& page);
// Of the item and of all that is merged into it, what both have alike once; the same holds for relationships
// and history. `class_name` empty: all.
std::vector<Component> components_of(store::Transaction& tx, CiId id, std::string_view class_name = {});
std::vector<Relationship> relationships_of(store::Transaction& tx, CiId id);
// The cursor of a list by name and id: where the page after this item begins. Errc::malformed.
struct ListPosition {
  std::string name;
  std::int64_t id = 0;
};
std::string list_cursor(const ConfigurationItem& item);
base::Result<ListPosition> list_position(const std::string& cursor);
// Newest first.
base::Result<Page<HistoryEntry>> history_of(store::Transaction& tx, CiId id, const PageRequest& page);

}  // namespace censo::cmdb
