// What the terms of a search need to know of a past moment. An item of which nothing has changed since then
// is answered as if it were asked for now; the others from their past states, components and relationships.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/number_set.h"
#include "cmdb/row_id.h"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

struct BoundTerm;    // cmdb/query_terms.h
class SearchMemory;  // cmdb/search_memory.h
class SearchRow;     // cmdb/search_row.h

// Of one search. The transaction and the memory outlive it.
class SearchPast {
 public:
  SearchPast(store::Transaction& tx, const SearchMemory& memory, base::TimeMs at);

  base::TimeMs at() const { return at_; }
  // Of the item, of what is merged into it, of their components and relationships.
  bool has_changed(std::uint32_t item) const { return changed_.has(item); }
  const NumberSet& changed() const { return changed_; }
  // For each kind of term but `seen`; of those without a past (BoundTerm::without_past) whatever it was.
  bool fits(const BoundTerm& term, SearchRow& row);

 private:
  // A value of an attribute by which items are found.
  struct Identifier {
    std::string attribute, value;
  };
  bool fits_identifier(const BoundTerm& term, SearchRow& row);
  std::vector<Identifier> identifiers_of(std::span<const CiId> members);
  bool has_row(const BoundTerm& term, std::span<const CiId> members);
  bool has_origin(const BoundTerm& term, std::span<const CiId> members);
  bool has_relation(const BoundTerm& term, std::span<const CiId> members);
  bool is_called(CiId ci, const std::string& text);

  store::Transaction& tx_;
  const SearchMemory& memory_;
  const base::TimeMs at_;
  NumberSet changed_;
  std::map<const BoundTerm*, RowIds> rows_;  // sorted
};

}  // namespace censo::cmdb
