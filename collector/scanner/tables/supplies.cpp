// What printers and UPSes have left: prtMarkerSuppliesTable and the first page counter of Printer-MIB (RFC
// 3805), the battery of UPS-MIB (RFC 1628).
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/tables/row_values.h"
#include "collector/scanner/varbind.h"

#include <array>
#include <string>
#include <string_view>

namespace censo::scanner {
namespace {

const Oid supply_entry = oid_of({1, 3, 6, 1, 2, 1, 43, 11, 1, 1});
enum : std::uint32_t {
  supply_colorant = 3,
  supply_type = 5,
  supply_description = 6,
  supply_capacity = 8,
  supply_level = 9
};
const Oid colorant_value = oid_of({1, 3, 6, 1, 2, 1, 43, 12, 1, 1, 4});
const Oid life_count = oid_of({1, 3, 6, 1, 2, 1, 43, 10, 2, 1, 4, 1, 1});
const Oid battery_status = oid_of({1, 3, 6, 1, 2, 1, 33, 1, 2, 1, 0});
const Oid minutes_remaining = oid_of({1, 3, 6, 1, 2, 1, 33, 1, 2, 3, 0});
const Oid charge_remaining = oid_of({1, 3, 6, 1, 2, 1, 33, 1, 2, 4, 0});
const Oid output_source = oid_of({1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0});

// PrtMarkerSuppliesTypeTC; "" of what is other or unknown.
std::string_view kind_word(std::int64_t type) {
  constexpr std::array<std::string_view, 34> words{"",
                                                   "",
                                                   "",
                                                   "toner",
                                                   "waste toner",
                                                   "ink",
                                                   "ink",
                                                   "ink ribbon",
                                                   "waste ink",
                                                   "drum",
                                                   "developer",
                                                   "fuser oil",
                                                   "solid wax",
                                                   "ribbon wax",
                                                   "waste wax",
                                                   "fuser",
                                                   "corona wire",
                                                   "fuser oil wick",
                                                   "cleaner",
                                                   "cleaning pad",
                                                   "transfer unit",
                                                   "toner",
                                                   "fuser oiler",
                                                   "water",
                                                   "waste water",
                                                   "glue",
                                                   "waste paper",
                                                   "binding",
                                                   "banding",
                                                   "stitching wire",
                                                   "shrink wrap",
                                                   "paper wrap",
                                                   "staples",
                                                   "inserts"};
  return word_of(words, type);
}

// Nothing below 0 is a level: other, unknown, or that some is left.
void set_level(inventory::Item& item, const TableRow& row) {
  constexpr std::int64_t all = 100, most = 1'000'000'000;
  const auto capacity = row.integer(supply_capacity), level = row.integer(supply_level);
  if (capacity > 0 && capacity <= most) item.attributes.set("capacity", capacity);
  if (!row.find(supply_level) || level < 0 || capacity <= 0 || level > capacity || capacity > most) return;
  item.attributes.set("level_percent", level * all / capacity);
}

std::map<TableIndex, std::string> colorants(Reading& reading) {
  std::map<TableIndex, std::string> found;
  for (const auto& bind : reading.column(colorant_value))
    found.emplace(index_of(bind, colorant_value), text_of(bind, 64));
  return found;
}

void read_printer(Reading& reading) {
  const auto supplies = reading.rare_table(
      supply_entry, {supply_type, supply_description, supply_colorant, supply_capacity, supply_level});
  const auto colours = supplies.empty() ? std::map<TableIndex, std::string>{} : colorants(reading);
  for (const auto& [index, row] : supplies) {
    if (index.size() != 2) continue;  // the printer's device, the supply
    inventory::Item item{.class_name = "printer_supply", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("number", std::int64_t{index[1]});
    item.attributes.set("kind", kind_word(row.integer(supply_type)));
    item.attributes.set("description", row.text(supply_description, 255));
    const auto colour = colours.find({index[0], static_cast<std::uint32_t>(row.integer(supply_colorant))});
    if (colour != colours.end()) item.attributes.set("colour", colour->second);
    set_level(item, row);
    reading.section().items.push_back(std::move(item));
  }
  const auto counted = reading.values({life_count});
  const auto pages = counted.find(life_count);
  if (pages != counted.end() && integer_of(pages->second).value_or(0) > 0)
    reading.section().attributes.set("page_count", *integer_of(pages->second));
}

void read_battery(Reading& reading) {
  constexpr std::array<std::string_view, 5> batteries{"", "unknown", "normal", "low", "depleted"};
  constexpr std::array<std::string_view, 8> sources{"",       "other",   "none",    "normal",
                                                    "bypass", "battery", "booster", "reducer"};
  const auto values = reading.values({battery_status, minutes_remaining, charge_remaining, output_source});
  const auto number = [&](const Oid& oid) {
    const auto found = values.find(oid);
    return found == values.end() ? -1 : integer_of(found->second).value_or(-1);
  };
  auto& attributes = reading.section().attributes;
  if (const auto status = number(battery_status); status > 0 && status < 5)
    attributes.set("battery_status", batteries[static_cast<std::size_t>(status)]);
  if (const auto source = number(output_source); source > 0 && source < 8)
    attributes.set("output_source", sources[static_cast<std::size_t>(source)]);
  if (number(minutes_remaining) >= 0) attributes.set("battery_minutes", number(minutes_remaining));
  if (const auto charge = number(charge_remaining); charge >= 0 && charge <= 100)
    attributes.set("battery_percent", charge);
}

}  // namespace

void read_supplies(Reading& reading, const Scalars& scalars) {
  const auto& subject = reading.report().subject_class;
  const bool has_battery = subject == "ups" || subject == "power_device";
  if (subject != "printer" && !has_battery) return;
  reading.begin("supplies");
  if (subject == "printer" && scalars.prints()) read_printer(reading);
  if (has_battery) read_battery(reading);
}

}  // namespace censo::scanner
