// A search made ready: of every part, which items may fit it, from memory and indices; and whether that is
// already the answer.
#pragma once

#include "cmdb/number_set.h"
#include "cmdb/query_terms.h"
#include "cmdb/store/transaction.h"

#include <vector>

namespace censo::cmdb {

class SearchMemory;  // cmdb/search_memory.h
class SearchRow;     // cmdb/search_row.h

struct PreparedQuery {
  const BoundQuery* query = nullptr;  // outlives this
  NumberSet candidates;               // none but these can fit
  bool exact = false;                 // and all of these do
  std::vector<PreparedQuery> parts;   // those that cost least first
};

// `of_past`: for items as they were when nothing of them has changed since (cmdb/search_past.h).
PreparedQuery prepare(store::Transaction& tx, const SearchMemory& memory, const BoundQuery& query,
                      bool of_past = false);
bool fits(const PreparedQuery& query, SearchRow& row, const SearchMemory& memory);

}  // namespace censo::cmdb
