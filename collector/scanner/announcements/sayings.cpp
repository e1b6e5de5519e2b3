#include "collector/scanner/announcements/sayings.h"

#include "base/text.h"
#include "collector/scanner/ports/greetings.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::scanner {
namespace {

constexpr std::array<std::string_view, 3> lists{"mdns_services", "upnp_types", "wsd_types"};

std::string united(const std::string& one, const std::string& other) {
  std::set<std::string> words;
  for (const auto* text : {&one, &other})
    for (const auto& word : base::split_words(*text)) words.emplace(word);
  std::string all;
  for (const auto& word : words) {
    const std::size_t needed = word.size() + (all.empty() ? 0 : 1);
    if (all.size() + needed <= longest_saying) all += (all.empty() ? "" : " ") + word;
  }
  return all;
}

}  // namespace

void add_sayings(Sayings& known, const Sayings& said) {
  for (const auto& [name, value] : said) {
    if (value.empty()) continue;
    const bool is_list = std::find(lists.begin(), lists.end(), name) != lists.end();
    auto& place = known[name];
    if (is_list)
      place = united(place, value);
    else if (place.empty())
      place = value;
  }
}

}  // namespace censo::scanner
