#include "tests/fleet/baselines.h"
#include "tests/fleet/facts.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

namespace censo::fleet {
namespace {

// Compared exactly, upper and lower case told apart.
constexpr std::array<std::string_view, 31> serial_blacklist{"N/A",
                                                            "(null string)",
                                                            "INVALID",
                                                            "SYS-1234567890",
                                                            "SYS-9876543210",
                                                            "SN-12345",
                                                            "SN-1234567890",
                                                            "000000",
                                                            "0000000",
                                                            "00000000",
                                                            "000000000",
                                                            "0000000000",
                                                            "0123456789",
                                                            "1",
                                                            "1111111",
                                                            "1111111111",
                                                            "12345",
                                                            "123456",
                                                            "1234567",
                                                            "12345678",
                                                            "123456789",
                                                            "1234567890",
                                                            "123456789000",
                                                            "12345678901234567",
                                                            "EVAL",
                                                            "IATPASS",
                                                            "NNNNNNN",
                                                            "none",
                                                            "Serial Number xxxxxx",
                                                            "To Be Filled By O.E.M.",
                                                            "Tulip Computers"};
constexpr std::array<std::string_view, 14> mac_blacklist{"00:00:00:00:00:00", "00:01:02:7d:9b:1c",
                                                         "00:08:a1:46:06:35", "00:08:a1:66:e2:1a",
                                                         "00:09:dd:10:37:68", "00:0f:ea:9a:e2:f0",
                                                         "00:10:5a:72:71:f3", "00:11:11:85:08:8b",
                                                         "10:11:11:11:11:11", "44:45:53:54:00:00",
                                                         "44:45:53:54:00:01", "44:45:53:54:61:6f",
                                                         "ff:ff:ff:ff:ff:ff", ""};

class Rules {
 public:
  std::optional<std::int64_t> take(const Facts& facts) {
    const auto known = by_source_.find(facts.source_key);
    const std::int64_t id =
        known != by_source_.end() ? known->second : find_duplicate(facts).value_or(next_++);
    by_source_[facts.source_key] = id;
    update(id, facts);
    return id;
  }

 private:
  struct Item {
    std::string name;
    std::vector<std::string> macs;
  };

  // Bits 1, 2 and 4 of the mask: all of them.
  std::optional<std::int64_t> find_duplicate(const Facts& facts) const {
    const bool listed = std::ranges::find(serial_blacklist, facts.serial) != serial_blacklist.end();
    if (facts.serial.empty() || listed) return std::nullopt;
    const auto [first, last] = by_serial_.equal_range(facts.serial);
    for (auto at = first; at != last; ++at) {
      const Item& item = items_.at(at->second);
      if (item.name == facts.name && shares_mac(item, facts)) return at->second;
    }
    return std::nullopt;
  }

  static bool shares_mac(const Item& item, const Facts& facts) {
    return std::ranges::any_of(facts.macs, [&](const std::string& mac) {
      const bool listed = std::ranges::find(mac_blacklist, mac) != mac_blacklist.end();
      return !listed && std::ranges::find(item.macs, mac) != item.macs.end();
    });
  }

  void update(std::int64_t id, const Facts& facts) {
    Item& item = items_[id];
    item.name = facts.name;
    item.macs = facts.macs;
    const auto [first, last] = by_serial_.equal_range(facts.serial);
    if (std::none_of(first, last, [&](const auto& entry) { return entry.second == id; }))
      by_serial_.emplace(facts.serial, id);
  }

  std::int64_t next_ = 0;
  std::map<std::int64_t, Item> items_;
  std::map<std::string, std::int64_t> by_source_;
  std::multimap<std::string, std::int64_t> by_serial_;
};

}  // namespace

Engine ocs_rules() {
  const auto rules = std::make_shared<Rules>();  // std::function copies its target
  return {"OCS rules", [rules](const Sighting& sighting) { return rules->take(facts_of(sighting.report)); },
          [](std::size_t) {}, [](std::int64_t item) { return item; }, [] { return std::size_t{0}; }};
}

}  // namespace censo::fleet
