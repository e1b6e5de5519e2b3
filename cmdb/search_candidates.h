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
  bool postponed = false;             // `candidates` holds items of which a frequent text was not looked for
};

struct Preparation {
  bool of_past = false;             // items as they were when nothing has changed since (search_past.h)
  bool postpones_frequent = false;  // texts that many have are left to fits()
};

PreparedQuery prepare(store::Transaction& tx, const SearchMemory& memory, const BoundQuery& query,
                      Preparation how = {});
bool fits(const PreparedQuery& query, SearchRow& row, const SearchMemory& memory);

}  // namespace censo::cmdb
