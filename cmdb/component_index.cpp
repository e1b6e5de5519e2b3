#include "cmdb/component_index.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr std::uint32_t nobody = UINT32_MAX;

}  // namespace

// Rows that were first seen together stand together: the next one is nearly always near the last one.
std::size_t ComponentIndex::place_for(RowId row, std::size_t from) {
  std::size_t step = 1, end = from;
  while (end < rows_.size() && rows_[end] < row) {
    from = end + 1;
    end += step;
    step *= 2;
  }
  const auto first = rows_.begin() + static_cast<std::ptrdiff_t>(from);
  const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(std::min(end, rows_.size()));
  const auto found = std::lower_bound(first, last, row);
  const auto place = static_cast<std::size_t>(found - rows_.begin());
  if (found == rows_.end() || *found != row) {
    rows_.insert(found, row);
    owners_of_row_.insert(owners_of_row_.begin() + static_cast<std::ptrdiff_t>(place), {nobody, false});
  }
  return place;
}

std::uint32_t ComponentIndex::add(RowIds ids) {
  std::ranges::sort(ids);
  const std::uint32_t owner = owners_++;
  std::size_t place = 0;
  for (const RowId id : ids) {
    place = place_for(id, place);
    Owners& owners = owners_of_row_[place];
    if (owners.many) {
      sets_[owners.single].add(owner);
    } else if (owners.single == nobody) {
      owners.single = owner;
    } else if (owners.single != owner) {
      auto& set = sets_.emplace_back();
      set.add(owners.single);
      set.add(owner);
      owners = {static_cast<std::uint32_t>(sets_.size() - 1), true};
    }
  }
  return owner;
}

NumberSet ComponentIndex::owners_of(std::span<const RowId> rows) const {
  NumberSet found(owners_);
  for (const RowId row : rows) {
    const auto place = std::ranges::lower_bound(rows_, row);
    if (place == rows_.end() || *place != row) continue;
    const Owners& owners = owners_of_row_[static_cast<std::size_t>(place - rows_.begin())];
    if (owners.many) {
      sets_[owners.single].add_to(found);
    } else if (owners.single != nobody) {
      found.add(owners.single);
    }
  }
  return found;
}

void ComponentIndex::shrink() {
  rows_.shrink_to_fit();
  owners_of_row_.shrink_to_fit();
}

std::size_t ComponentIndex::bytes() const {
  std::size_t sum = rows_.capacity() * sizeof(RowId) + owners_of_row_.capacity() * sizeof(Owners);
  for (const RisingNumbers& set : sets_) sum += set.bytes();
  return sum;
}

}  // namespace censo::cmdb
