#include "base/text.h"
#include "tests/fleet/baselines.h"
#include "tests/fleet/facts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <memory>

namespace censo::fleet {
namespace {

constexpr std::array<std::string_view, 32> serial_blacklist{"n/a",
                                                            "(null string)",
                                                            "invalid",
                                                            "sys-1234567890",
                                                            "sys-9876543210",
                                                            "sn-12345",
                                                            "sn-1234567890",
                                                            "0123456789",
                                                            "12345",
                                                            "123456",
                                                            "1234567",
                                                            "12345678",
                                                            "123456789",
                                                            "1234567890",
                                                            "123456789000",
                                                            "12345678901234567",
                                                            "nnnnnnn",
                                                            "xxxxxxxxxxx",
                                                            "eval",
                                                            "iatpass",
                                                            "none",
                                                            "to be filled by o.e.m.",
                                                            "tulip computers",
                                                            "serial number xxxxxx",
                                                            "sn-123456fvgv3i0b8o5n6n7k",
                                                            "unknow",
                                                            "system serial number",
                                                            "mb-1234567890",
                                                            "empty",
                                                            "not specified",
                                                            "oem_serial",
                                                            "systemserialnumb"};
constexpr std::array<std::string_view, 5> uuid_blacklist{
    "ffffffff-ffff-ffff-ffff-ffffffffffff", "03000200-0400-0500-0006-000700080009",
    "6ab5b300-538d-1014-9fb5-b0684d007b53", "01010101-0101-0101-0101-010101010101", "2"};

bool has_digit_point_digit(std::string_view text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const auto digit = [&](std::size_t at) {
      return std::isdigit(static_cast<unsigned char>(text[at])) != 0;
    };
    if (text[i] == '.' && digit(i - 1) && digit(i + 1)) return true;
  }
  return false;
}

std::string without_blacklisted_serial(const std::string& serial) {
  const std::string folded = base::to_lower(serial);
  const bool only_zeros_and_ones = folded.find_first_not_of("01") == std::string::npos;
  const bool listed = std::ranges::find(serial_blacklist, folded) != serial_blacklist.end();
  return listed || only_zeros_and_ones || has_digit_point_digit(folded) ? "" : folded;
}

enum class Type { computer, network_equipment, printer };

Type type_of(const std::string& subject_class) {
  if (subject_class == "printer") return Type::printer;
  constexpr std::array<std::string_view, 4> computers{"workstation", "server", "virtual_machine",
                                                      "container"};
  const bool computer = std::ranges::find(computers, subject_class) != computers.end();
  return computer ? Type::computer : Type::network_equipment;
}

class Rules {
 public:
  std::optional<std::int64_t> take(const Facts& facts) {
    const Input input{type_of(facts.subject_class), without_blacklisted_serial(facts.serial), uuid_of(facts),
                      facts};
    const auto item = decide(input);
    if (item) update(*item, input);
    return item;
  }

 private:
  struct Input {
    Type type;
    std::string serial, uuid;
    const Facts& facts;
  };
  struct Item {
    Type type;
    std::string serial, uuid, name;
  };
  using Index = std::multimap<std::string, std::int64_t>;

  static std::string uuid_of(const Facts& facts) {
    return std::ranges::find(uuid_blacklist, facts.uuid) == uuid_blacklist.end() ? facts.uuid : "";
  }

  std::optional<std::int64_t> decide(const Input& input) {
    // Ranks 2 to 7. (8 and 9 are for data of a MAC address and nothing else, which no reporter here sends.)
    for (const auto* keys : {&input.facts.port_keys, &input.facts.address_keys}) {
      if (keys->empty()) continue;
      const auto known = by_any_key(input.type, *keys);
      return known ? known : create(input.type);
    }
    if (input.facts.name.empty()) return std::nullopt;  // 10, 23, 29
    return input.type == Type::computer ? decide_computer(input) : decide_other(input);
  }

  std::optional<std::int64_t> decide_computer(const Input& input) {
    const bool serial = !input.serial.empty(), uuid = !input.uuid.empty();
    const auto same_uuid = [&](const Item& item) { return item.uuid == input.uuid; };
    const auto no_uuid = [](const Item& item) { return item.uuid.empty(); };
    const auto anything = [](const Item&) { return true; };
    std::optional<std::int64_t> found;
    if (serial && uuid) found = find(serials_, input.serial, input.type, same_uuid);   // 11
    if (!found && serial) found = find(serials_, input.serial, input.type, no_uuid);   // 12
    if (!found && serial && uuid) return create(input.type);                           // 13
    if (!found && serial) found = find(serials_, input.serial, input.type, anything);  // 14
    if (!found) found = find(names_, input.facts.name, input.type, anything);          // 17
    return found ? found : create(input.type);                                         // 18, 21
  }

  std::optional<std::int64_t> decide_other(const Input& input) {
    if (input.serial.empty()) return std::nullopt;  // 28, 34
    const auto found = find(serials_, input.serial, input.type, [](const Item&) { return true; });
    return found ? found : create(input.type);
  }

  std::optional<std::int64_t> create(Type type) {
    items_.push_back({type, "", "", ""});
    return static_cast<std::int64_t>(items_.size() - 1);
  }

  std::optional<std::int64_t> by_any_key(Type type, const std::vector<std::string>& keys) const {
    for (const std::string& key : keys) {
      const auto owner = ports_.find(key);
      if (owner != ports_.end() && items_[static_cast<std::size_t>(owner->second)].type == type)
        return owner->second;
    }
    return std::nullopt;
  }

  template <class Fits>
  std::optional<std::int64_t> find(const Index& index, const std::string& value, Type type,
                                   const Fits& fits) const {
    std::optional<std::int64_t> oldest;
    const auto [first, last] = index.equal_range(value);
    for (auto at = first; at != last; ++at) {
      const Item& item = items_[static_cast<std::size_t>(at->second)];
      if (item.type == type && fits(item)) oldest = std::min(oldest.value_or(at->second), at->second);
    }
    return oldest;
  }

  static void move_key(Index& index, std::string& stored, const std::string& value, std::int64_t id) {
    if (value.empty() || stored == value) return;
    const auto [first, last] = index.equal_range(stored);
    const auto old = std::find_if(first, last, [&](const auto& entry) { return entry.second == id; });
    if (old != last) index.erase(old);
    index.emplace(value, id);
    stored = value;
  }

  // The inventory's values overwrite what was there.
  void update(std::int64_t id, const Input& input) {
    Item& item = items_[static_cast<std::size_t>(id)];
    move_key(serials_, item.serial, input.serial, id);
    move_key(names_, item.name, input.facts.name, id);
    if (!input.uuid.empty()) item.uuid = input.uuid;
    for (const std::string& key : input.facts.port_keys) ports_[key] = id;
    for (const std::string& key : input.facts.address_keys) ports_[key] = id;
  }

  std::vector<Item> items_;
  Index serials_, names_;
  std::map<std::string, std::int64_t> ports_;
};

}  // namespace

Engine glpi_rules() {
  const auto rules = std::make_shared<Rules>();  // std::function copies its target
  return {"GLPI rules", [rules](const Sighting& sighting) { return rules->take(facts_of(sighting.report)); },
          [](std::size_t) {}, [](std::int64_t item) { return item; }, [] { return std::size_t{0}; }};
}

}  // namespace censo::fleet
