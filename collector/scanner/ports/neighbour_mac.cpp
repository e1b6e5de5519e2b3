#include "collector/scanner/ports/neighbour_mac.h"

#include "base/file.h"
#include "base/text.h"

namespace censo::scanner {

// "IP address  HW type  Flags  HW address  Mask  Device"; flag 2: the entry is complete (linux/if_arp.h).
std::string mac_in_arp_table(std::string_view table, std::string_view address) {
  constexpr std::uint64_t complete = 2;
  for (const auto line : base::split(table, '\n')) {
    const auto words = base::split_words(line);
    if (words.size() < 4 || words[0] != address || words[1] != "0x1") continue;
    const auto flags =
        words[2].starts_with("0x") ? base::parse_unsigned(words[2].substr(2), 16) : std::nullopt;
    if (!flags || (*flags & complete) == 0 || words[3] == "00:00:00:00:00:00") continue;
    if (const auto mac = base::canonical_mac(words[3])) return *mac;
  }
  return {};
}

std::string mac_of_neighbour(std::string_view address) {
  constexpr std::size_t most_bytes = 4 * 1024 * 1024;
  const auto table = base::read_own_file("/proc/self/net/arp", most_bytes);
  return table ? mac_in_arp_table(*table, address) : std::string();
}

}  // namespace censo::scanner
