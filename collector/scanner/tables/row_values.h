// What a table's values say: words for its numbers, addresses in its columns.
#pragma once

#include "collector/scanner/tables/reading.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace censo::scanner {

// The word at the place of an enumeration's number; its numbers begin with 1. "" for what has no word.
template <std::size_t n>
constexpr std::string_view word_of(const std::array<std::string_view, n>& words, std::int64_t number) {
  return number > 0 && number < static_cast<std::int64_t>(n) ? words[static_cast<std::size_t>(number)] : "";
}

// An IP address of 4 or 16 octets. "" also of 0.0.0.0 and ::, which stand for none.
std::string address_in(const TableRow& row, std::uint32_t column);

}  // namespace censo::scanner
