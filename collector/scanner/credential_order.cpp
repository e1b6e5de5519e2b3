#include "collector/scanner/credential_order.h"

#include <algorithm>

namespace censo::scanner {

std::vector<SnmpCredential> in_order(const std::vector<SnmpCredential>& credentials) {
  constexpr std::size_t most = 3;  // a device that counts failed log-ins shall not lock an account
  auto ordered = credentials;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.version > b.version; });
  ordered.resize(std::min(ordered.size(), most));
  return ordered;
}

std::vector<std::size_t> places_to_try(std::span<const SnmpCredential> ordered, std::size_t first,
                                       std::string_view learnt) {
  std::vector<std::size_t> places;
  for (auto i = first; i < ordered.size(); ++i) places.push_back(i);
  // Both are in the order of versions, so this is one.
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    if (ordered[a].version != ordered[b].version) return ordered[a].version > ordered[b].version;
    return ordered[a].name == learnt && ordered[b].name != learnt;
  });
  return places;
}

}  // namespace censo::scanner
