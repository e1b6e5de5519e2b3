#include "collector/scanner/devices/entity_words.h"

#include <algorithm>
#include <iterator>

namespace censo::scanner {
namespace {

constexpr std::string_view classes[] = {
    "",       "other",  "unknown", "chassis", "backplane", "container",     "power_supply", "fan",
    "sensor", "module", "port",    "stack",   "cpu",       "energy_object", "battery",      "storage_drive"};

struct Column {
  std::string_view word;
  std::uint32_t number;
};
constexpr Column columns[] = {
    {"description", 2},        {"name", 7},           {"hardware_revision", 8}, {"firmware_revision", 9},
    {"software_revision", 10}, {"serial_number", 11}, {"manufacturer", 12},     {"model", 13},
    {"asset_tag", 15}};

}  // namespace

std::string_view entity_class_word(std::int64_t number) {
  return number >= 1 && number < std::ssize(classes) ? classes[number] : classes[2];
}

std::optional<std::int64_t> entity_class_number(std::string_view word) {
  const auto* found = std::find(std::begin(classes) + 1, std::end(classes), word);
  if (found == std::end(classes)) return std::nullopt;
  return found - std::begin(classes);
}

std::optional<std::uint32_t> entity_column(std::string_view word) {
  const auto* found =
      std::find_if(std::begin(columns), std::end(columns), [&](const Column& c) { return c.word == word; });
  if (found == std::end(columns)) return std::nullopt;
  return found->number;
}

}  // namespace censo::scanner
