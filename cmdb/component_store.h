// Components in the store: every distinct row once for all items, and a packed list of row ids for each item,
// source and section; rows of transient classes as one compressed blob. See docs/cmdb.md.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "cmdb/configuration_item.h"
#include "cmdb/reporting_source.h"
#include "cmdb/row_columns.h"
#include "cmdb/row_id.h"
#include "cmdb/row_memory.h"
#include "cmdb/stored_json.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cmdb {

// The ids of the rows in the order given; rows that no item had before are added. `memory` may be null.
RowIds ids_of_rows(store::Transaction& tx, std::span<const RowText> rows, const base::Clock& clock,
                   RowMemory* memory = nullptr);
// The rows with these ids, once each.
std::map<RowId, Component> rows_with_ids(store::Transaction& tx, const RowIds& ids);

// A row of component_set: what one section of one source says of one item's components.
struct ComponentSet {
  std::string section;
  RowIds ids;
  AttributesById operational;  // by row id
  std::vector<Component> transient;
  base::TimeMs since = 0;  // when the section was first said of the item; saved once
};
// Nothing: the source never said this section of the item.
std::optional<ComponentSet> load_components(store::Transaction& tx, CiId ci, SourceId source,
                                            std::string_view section);
std::optional<RowIds> load_row_ids(store::Transaction& tx, CiId ci, SourceId source,
                                   std::string_view section);
std::vector<ComponentSet> load_components(store::Transaction& tx, CiId ci);  // of all sources
// Rows of transient classes, by class and how many of it follow, with their values. Empty: there are none.
base::Bytes pack_transient(std::span<const std::pair<std::string_view, std::size_t>> classes,
                           const RowColumns& values);
// The same as it is written.
struct PackedComponentSet {
  std::string section;
  RowIds ids;
  base::Bytes operational;  // of RowColumns
  base::Bytes transient;    // of pack_transient()
  base::TimeMs since = 0;
};
void save_components(store::Transaction& tx, CiId ci, SourceId source, const PackedComponentSet& set);

}  // namespace censo::cmdb
