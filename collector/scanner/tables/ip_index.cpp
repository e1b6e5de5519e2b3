#include "collector/scanner/tables/ip_index.h"

namespace censo::scanner {

std::string octets_from(const TableIndex& index, std::size_t first) {
  std::string octets;
  for (auto i = first; i < index.size(); ++i) {
    if (index[i] > 255) return {};
    octets += static_cast<char>(index[i]);
  }
  return octets;
}

std::string octets_of_ip_index(const TableIndex& index) {
  if (index.size() < 2 || index.size() != 2 + std::size_t{index[1]}) return {};
  auto octets = octets_from(index, 2);
  const bool zoned = index[0] == 3 || index[0] == 4;
  if (zoned && octets.size() > 4) octets.resize(octets.size() - 4);
  return octets;
}

bool is_loopback_or_none(const std::string& octets) {
  const bool zeros = octets.find_first_not_of('\0') == octets.npos;
  const bool one = octets.size() == 16 && octets.find_first_not_of('\0') == 15 && octets[15] == 1;
  return zeros || one || (octets.size() == 4 && octets[0] == 127);
}

bool is_link_local(const std::string& octets) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(octets[i]); };
  if (octets.size() == 4) return at(0) == 169 && at(1) == 254;
  return at(0) == 0xfe && (at(1) & 0xc0) == 0x80;
}

}  // namespace censo::scanner
