// Sorted numbers as they are stored: the difference of each to the one before as a varint. Ids of rows that
// were first seen together lie side by side, so that long lists of them are mostly ones: these are compressed
// besides.
#pragma once

#include "base/digest.h"
#include "cmdb/row_id.h"

#include <cstdint>
#include <span>
#include <vector>

namespace censo::cmdb {

base::Bytes pack_numbers(std::span<const std::int64_t> numbers);
// Throws std::runtime_error when the bytes are not of pack_numbers().
std::vector<std::int64_t> unpack_numbers(std::span<const std::uint8_t> bytes);

// No id is 0. Whichever is shorter: the bytes of pack_numbers(), or a 0 and these compressed.
base::Bytes pack_ids(const RowIds& ids);
bool is_packed(std::span<const std::uint8_t> bytes);
// Throws std::runtime_error when the bytes are not of pack_ids().
RowIds unpack_ids(std::span<const std::uint8_t> bytes);

}  // namespace censo::cmdb
