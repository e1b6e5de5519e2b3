// Which owners have a component row, for all rows at once: 2,000 packages of 100,000 hosts in some ten
// megabytes. Only grows: an owner whose components changed gets a new number and the old one is forgotten.
#pragma once

#include "cmdb/number_set.h"
#include "cmdb/row_id.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace censo::cmdb {

class ComponentIndex {
 public:
  // The rows of one owner: `ids` in any order, each as often as it likes. Gives its number: one above the
  // last.
  std::uint32_t add(RowIds ids);
  std::size_t size() const { return owners_; }

  // Owners that have at least one of these rows.
  NumberSet owners_of(std::span<const RowId> rows) const;

  void shrink();
  std::size_t bytes() const;

 private:
  // Most rows have one owner (a disk with its serial number): its number stands in place of a set's.
  struct Owners {
    std::uint32_t single = 0;
    bool many = false;  // `single` is a place in sets_
  };
  std::size_t place_for(RowId row, std::size_t from);

  std::vector<RowId> rows_;  // sorted
  std::vector<Owners> owners_of_row_;
  std::vector<RisingNumbers> sets_;
  std::uint32_t owners_ = 0;
};

}  // namespace censo::cmdb
