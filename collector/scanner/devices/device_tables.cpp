// What a definition says of tables: VLANs, and the parts of devices without ENTITY-MIB.
#include "collector/scanner/devices/device_identity.h"
#include "collector/scanner/varbind.h"

#include <cstddef>

namespace censo::scanner {
namespace {

constexpr std::size_t longest_text = 255;

}  // namespace

std::map<std::int64_t, std::string> DeviceIdentity::vlans() {
  constexpr std::int64_t highest = 4094;  // IEEE 802.1Q
  std::map<std::int64_t, std::string> found;
  for (const auto* owner = definition_; owner; owner = owner->parent) {
    for (const auto& table : owner->vlans) {
      const auto root = placed(table.name.at);
      std::map<TableIndex, std::int64_t> numbers;
      if (table.number) {
        const auto other = placed(*table.number);
        for (const auto& row : column(other)) numbers[index_of(row, other)] = integer_of(row).value_or(0);
      }
      for (const auto& row : column(root)) {
        const auto index = index_of(row, root);
        if (index.empty() || is_missing(row) || !is_chosen(table.name, row)) continue;
        const auto number = table.number ? numbers[index] : index.back();
        if (number >= 1 && number <= highest) found.emplace(number, text_of(row, longest_text));
      }
      if (!found.empty()) return found;
    }
  }
  return found;
}

std::vector<inventory::Item> DeviceIdentity::parts() {
  std::vector<inventory::Item> found;
  const auto* owner = definition_;
  while (owner && owner->parts.empty()) owner = owner->parent;
  if (!owner) return found;
  std::int64_t number = 0;
  for (const auto& table : owner->parts) {
    const auto root = placed(table.rows.at);
    std::map<TableIndex, inventory::Attributes> rows;
    for (const auto& row : column(root)) {
      if (!is_missing(row) && is_chosen(table.rows, row))
        rows[index_of(row, root)].set("entity_class", table.entity_class);
    }
    for (const auto& [attribute, at] : table.columns) {
      const auto other = placed(at);
      for (const auto& bind : column(other)) {
        if (const auto row = rows.find(index_of(bind, other)); row != rows.end())
          row->second.set(attribute, text_of(bind, longest_text));
      }
    }
    for (auto& [index, attributes] : rows) {
      attributes.set("entity_index", ++number);
      found.push_back(
          {.class_name = "physical_entity", .ref = {}, .owner = {}, .attributes = std::move(attributes)});
    }
  }
  return found;
}

}  // namespace censo::scanner
