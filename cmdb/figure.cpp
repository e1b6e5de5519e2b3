#include "cmdb/figure.h"

#include <algorithm>
#include <array>

namespace censo::cmdb {

Figure share(std::string name, std::size_t items, std::size_t of) {
  Figure figure{std::move(name), "share", items, of};
  if (of > 0)
    figure.values.emplace_back("percent", 100.0 * static_cast<double>(items) / static_cast<double>(of));
  return figure;
}

Figure percentiles(std::string name, std::vector<base::TimeMs> lengths) {
  Figure figure{std::move(name), "time", lengths.size(), lengths.size()};
  if (lengths.empty()) return figure;
  std::sort(lengths.begin(), lengths.end());
  constexpr std::array<std::pair<const char*, std::size_t>, 3> ranks{
      {{"p50_s", 50}, {"p90_s", 90}, {"p95_s", 95}}};
  for (const auto& rank : ranks) {
    const auto place = (lengths.size() * rank.second + 99) / 100 - 1;
    figure.values.emplace_back(rank.first, static_cast<double>(lengths[place]) / 1'000.0);
  }
  return figure;
}

}  // namespace censo::cmdb
