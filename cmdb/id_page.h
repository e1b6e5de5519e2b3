// Pages of lists in the order of ids: the cursor is the id of the last row seen.
#pragma once

#include "base/id.h"
#include "cmdb/configuration_item.h"

#include <cstdint>

namespace censo::cmdb {

// Where the page begins: the id behind the cursor, `first` without one. Errc::malformed.
base::Result<std::int64_t> position_of(const PageRequest& request, std::int64_t first);

// Of rows that were asked for one more than fit: cuts the page and sets `next`.
template <class T>
void cut(Page<T>& page, const PageRequest& request) {
  if (page.rows.size() <= request.limit) return;
  page.rows.pop_back();
  const auto id = page.rows.back().id;
  if constexpr (requires { id.value; }) {
    page.next = base::to_text(id);
  } else {
    page.next = base::id_to_text(id);
  }
}

}  // namespace censo::cmdb
