// What the collector knows by heart of the rows of components in the store.
#pragma once

#include "base/clock.h"
#include "cmdb/row_id.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace censo::inventory {
struct ItemText;  // inventory/item_text.h
}

namespace censo::cmdb {

struct ClassTables;  // cmdb/class_catalog.h
class ExactTimes;    // cmdb/exact_time.h

// A row as it is stored: equal text, equal row.
struct RowText {
  std::string_view class_name;
  std::string_view json;
  // An attribute of the item that its row leaves out, and behind how many bytes of `json` it stood there; 0:
  // there was none, or it takes more than a look. The name is that of a definition.
  std::string_view left_out = {};
  std::size_t left_out_at = 0;
};

// An item whose row is known.
struct KnownItem {
  RowId id = 0;
  std::string_view left_out;  // attribute; "": the row is the whole item
  base::TimeMs time = 0;      // its value
};

// Ids of stored rows by their text: spares a check, a digest and a look-up for every row of a report. Learns
// a row once its commit is durable; full, it forgets all. On the database's writer thread only, and as
// long-lived as the database.
class RowMemory {
 public:
  explicit RowMemory(std::size_t most = 200'000) : most_(most) {}

  // Rows that were checked against other definitions are forgotten.
  void keep_to(const ClassTables& tables);
  const ClassTables* tables() const { return tables_; }

  std::optional<RowId> find(const RowText& row);
  // An item that is a row, and nothing else but a time that the class marks operational. Only if the row is
  // one of the next few of the last time: otherwise nothing, whether it is known or not.
  std::optional<KnownItem> find(const inventory::ItemText& item, ExactTimes& times);
  void learn(const RowText& row, RowId id);
  std::size_t size() const { return rows_.size(); }

 private:
  struct Row {
    std::string class_name, json;
    RowId id;
    std::string_view left_out;
    std::size_t left_out_at = 0;
    Row* next = nullptr;  // the row that was asked for after this one, the last time
  };
  struct Hash {
    std::size_t operator()(const RowText& row) const { return std::hash<std::string_view>{}(row.json); }
  };
  struct Equal {
    bool operator()(const RowText& a, const RowText& b) const {
      return a.json == b.json && a.class_name == b.class_name;
    }
  };
  static std::optional<KnownItem> known(const Row& row, const inventory::ItemText& item, ExactTimes& times);
  static void fetch_ahead(const Row* next);
  void forget();

  const std::size_t most_;
  const ClassTables* tables_ = nullptr;
  std::deque<Row> rows_;
  std::unordered_map<RowText, Row*, Hash, Equal> by_text_;  // keys point into rows_
  // Hosts have mostly the same rows in the same order: the next one is then found by one comparison.
  Row* last_ = nullptr;
};

}  // namespace censo::cmdb
