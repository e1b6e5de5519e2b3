// The answer to a search: a page of items by name, how many there are, and how they fall into groups.
#pragma once

#include "cmdb/configuration_item.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

struct BoundQuery;   // cmdb/query_terms.h
class ClassCatalog;  // cmdb/class_catalog.h
class SearchMemory;  // cmdb/search_memory.h

struct FoundItem {
  CiId id;
  std::string class_name, name, stage;
  inventory::Attributes attributes;  // those that were asked for
};

struct Facet {
  std::string field;
  std::vector<std::pair<std::string, std::size_t>> values;  // most frequent first; "" is no value
  std::size_t others = 0;                                   // items with a value that is not listed
};

struct SearchRequest {
  const BoundQuery& query;
  PageRequest page = {};
  Moment at = {};                         // nothing: now
  const ClassCatalog* catalog = nullptr;  // not null where there is a moment
  bool count = false;
  std::vector<std::string> facets = {};  // "class", "stage" or an attribute, at most eight
  std::vector<std::string> fields = {};  // attributes to give with each item
  std::vector<std::string> without =
      {};                   // items with a key that begins so are left out: they stand elsewhere
  std::string tenant = {};  // whose items alone are there, as they are now; "": all
  std::chrono::milliseconds at_most{5'000};
};

struct SearchAnswer {
  Page<FoundItem> page;
  std::optional<std::size_t> count;
  std::vector<Facet> facets;
};

// By name, then id. Items that are merged into others do not appear, retired ones only where the query has a
// `stage`. Errc::malformed: a bad cursor; Errc::invalid_argument: a term that cannot be answered for the
// past; Errc::timeout: too many items had to be read one by one.
base::Result<SearchAnswer> run_query(store::Transaction& tx, const SearchMemory& memory,
                                     const SearchRequest& request);

// How many items fit each query, retired ones aside, in one pass over all.
std::vector<std::size_t> count_queries(store::Transaction& tx, const SearchMemory& memory,
                                       std::span<const BoundQuery> queries);

}  // namespace censo::cmdb
