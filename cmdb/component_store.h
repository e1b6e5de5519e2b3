// Components in the store: every distinct row once for all items, and a packed list of row ids for each item,
// source and section; rows of transient classes as one compressed blob. See docs/cmdb.md.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "cmdb/configuration_item.h"
#include "cmdb/reporting_source.h"
#include "cmdb/row_id.h"
#include "cmdb/stored_json.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace censo::cmdb {

// Differences as varints: 1 to 2 bytes a row for rows that were first seen together.
base::Bytes pack_ids(const RowIds& ids);
bool is_packed(std::span<const std::uint8_t> bytes);
// Throws std::runtime_error when the bytes are not of pack_ids.
RowIds unpack_ids(std::span<const std::uint8_t> bytes);

// A row as it is stored: equal text, equal row.
struct RowText {
  std::string_view class_name;
  std::string_view json;
};

// Ids of stored rows by their text: spares a digest and a look-up for every row of a report. Learns a row
// once its commit is durable; full, it forgets all. On the database's writer thread only, and as long-lived
// as the database.
class RowMemory {
 public:
  explicit RowMemory(std::size_t most = 200'000) : most_(most) {}
  std::optional<RowId> find(const RowText& row);
  void learn(const RowText& row, RowId id);
  std::size_t size() const { return rows_.size(); }

 private:
  struct Row {
    std::string class_name, json;
    RowId id;
    const Row* next = nullptr;  // the row that was asked for after this one, the last time
  };
  struct Hash {
    std::size_t operator()(const RowText& row) const { return std::hash<std::string_view>{}(row.json); }
  };
  struct Equal {
    bool operator()(const RowText& a, const RowText& b) const {
      return a.json == b.json && a.class_name == b.class_name;
    }
  };
  const std::size_t most_;
  std::deque<Row> rows_;
  std::unordered_map<RowText, Row*, Hash, Equal> by_text_;  // keys point into rows_
  // Hosts have mostly the same rows in the same order: the next one is then found by one comparison.
  Row* last_ = nullptr;
};

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
// The same as it is written.
struct ComponentSetText {
  std::string section;
  RowIds ids;
  std::string operational;  // JSON, cmdb/operational_values.h
  std::string transient;    // JSON, an array of rows
  base::TimeMs since = 0;
};
void save_components(store::Transaction& tx, CiId ci, SourceId source, const ComponentSetText& set);

}  // namespace censo::cmdb
