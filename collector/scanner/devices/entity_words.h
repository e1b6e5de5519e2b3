// What ENTITY-MIB's numbers are called in definitions and reports.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace censo::scanner {

// Parts that are named not by class: what stands for the whole device, and the first that has a value.
inline constexpr std::int64_t entity_device = 0, entity_first = -1;

std::string_view entity_class_word(std::int64_t number);  // "unknown" for what RFC 6933 does not name
std::optional<std::int64_t> entity_class_number(std::string_view word);
// The column of entPhysicalTable: "model" -> 13.
std::optional<std::uint32_t> entity_column(std::string_view word);

}  // namespace censo::scanner
