// One item as a search looks at it: what is not asked for is not read.
#pragma once

#include "cmdb/query_terms.h"
#include "cmdb/search_memory.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace censo::cmdb {

// When items were last seen, for one search: one by one for the first, at once for many.
class SeenTimes {
 public:
  SeenTimes(store::Transaction& tx, const SearchMemory& memory) : tx_(tx), memory_(memory) {}
  base::TimeMs of(std::uint32_t item);

 private:
  base::TimeMs of_one(CiId ci);

  store::Transaction& tx_;
  const SearchMemory& memory_;
  std::size_t asked_ = 0;
  std::unordered_map<std::int64_t, base::TimeMs> all_;
};

class SearchPast;  // cmdb/search_past.h

// What rows of one search share.
struct RowReading {
  store::Transaction& tx;
  const SearchMemory& memory;
  SearchPast* past = nullptr;  // of a search as of a moment
  SeenTimes seen{tx, memory};
};

struct StoredItem {
  std::string class_name, name, stage, attributes;  // as JSON
  base::TimeMs first_seen = 0;
};

class SearchRow {
 public:
  SearchRow(RowReading& reading, std::uint32_t item) : reading_(reading), item_(item) {}
  SearchRow(RowReading& reading, std::uint32_t item, StoredItem stored)
      : reading_(reading), item_(item), stored_(std::move(stored)) {}

  std::uint32_t item() const { return item_; }
  SearchPast* past() const { return reading_.past; }
  const StoredItem& stored();
  std::optional<inventory::Value> value(std::string_view attribute);
  // Side by side where there are several: "Debian GNU/Linux 12".
  std::string text(const std::vector<std::string>& attributes);
  base::TimeMs last_seen() { return reading_.seen.of(item_); }
  bool has_origin(const BoundTerm& term);
  bool has_relation(std::string_view type);
  bool has_serial(const BoundTerm& term);

 private:
  RowReading& reading_;
  std::uint32_t item_;
  std::optional<StoredItem> stored_;
};

// By comparison, prefix and interval; case does not matter. A list fits when one of its texts does.
bool value_fits(const BoundTerm& term, const inventory::Value& value);
bool text_fits(const BoundTerm& term, std::string_view text);

// Whether the item is now what the term asks for. Terms that memory answers exactly are false.
bool term_fits(const BoundTerm& term, SearchRow& row, const SearchMemory& memory);
// The same with nothing but the stored item: for its class, name, stage, attributes, and when it was first
// seen.
bool term_fitted(const BoundTerm& term, const StoredItem& item);

}  // namespace censo::cmdb
