#include "cmdb/text_index.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr std::size_t three = 3;
// Reading one more packed place costs about a fortieth of looking at one text.
constexpr std::size_t places_for_a_look = 40;

std::uint32_t three_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(text[at + i])}; };
  return byte(0) << 16 | byte(1) << 8 | byte(2);
}

// Each once; none that spans two lines.
std::vector<std::uint32_t> threes_of(std::string_view text) {
  std::vector<std::uint32_t> all;
  for (std::size_t at = 0; at + three <= text.size(); ++at) {
    if (text.substr(at, three).find('\n') == text.npos) all.push_back(three_at(text, at));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

template <class Visit>
void each_place(const std::vector<std::uint8_t>& packed, const Visit& visit) {
  std::uint32_t place = 0, difference = 0;
  unsigned shift = 0;
  for (const std::uint8_t byte : packed) {
    difference |= std::uint32_t{byte & 0x7fU} << shift;
    shift += 7;
    if (byte & 0x80) continue;
    place += difference;
    visit(place);
    difference = 0;
    shift = 0;
  }
}

}  // namespace

void TextIndex::append(Places& places, std::uint32_t place) {
  std::uint32_t rest = place - places.last;
  for (; rest >= 0x80; rest >>= 7) places.packed.push_back(static_cast<std::uint8_t>(rest | 0x80));
  places.packed.push_back(static_cast<std::uint8_t>(rest));
  places.last = place;
  ++places.count;
}

std::uint32_t TextIndex::add(std::string_view heading, std::string_view body) {
  const auto place = static_cast<std::uint32_t>(starts_.size());
  starts_.push_back({texts_.size(), static_cast<std::uint32_t>(heading.size())});
  texts_.append(heading).append(body);
  for (const std::uint32_t key : threes_of(body)) append(places_[key], place);
  return place;
}

std::string_view TextIndex::heading(std::uint32_t place) const {
  return std::string_view(texts_).substr(starts_[place].heading, starts_[place].body);
}

std::string_view TextIndex::body(std::uint32_t place) const {
  const std::size_t begin = starts_[place].heading + starts_[place].body;
  const std::size_t end = place + 1 < starts_.size() ? starts_[place + 1].heading : texts_.size();
  return std::string_view(texts_).substr(begin, end - begin);
}

std::size_t TextIndex::at_most(std::string_view part) const {
  std::size_t least = starts_.size();
  for (const std::uint32_t key : threes_of(part)) {
    const auto found = places_.find(key);
    least = std::min<std::size_t>(least, found == places_.end() ? 0 : found->second.count);
  }
  return least;
}

std::vector<std::uint32_t> TextIndex::candidates(std::string_view part) const {
  std::vector<const Places*> lists;
  for (const std::uint32_t key : threes_of(part)) {
    const auto found = places_.find(key);
    if (found == places_.end()) return {};
    lists.push_back(&found->second);
  }
  if (lists.empty()) return {};
  std::ranges::sort(lists, {}, &Places::count);
  std::vector<std::uint32_t> places;
  places.reserve(lists.front()->count);
  each_place(lists.front()->packed, [&](std::uint32_t place) { places.push_back(place); });
  for (std::size_t i = 1; i < lists.size() && lists[i]->count < places.size() * places_for_a_look; ++i) {
    std::size_t read = 0, kept = 0;
    each_place(lists[i]->packed, [&](std::uint32_t place) {
      while (read < places.size() && places[read] < place) ++read;
      if (read < places.size() && places[read] == place) places[kept++] = place;
    });
    places.resize(kept);
  }
  return places;
}

void TextIndex::shrink() {
  texts_.shrink_to_fit();
  starts_.shrink_to_fit();
  for (auto& [key, places] : places_) places.packed.shrink_to_fit();
}

std::size_t TextIndex::bytes() const {
  std::size_t sum = texts_.capacity() + starts_.capacity() * sizeof(Start);
  for (const auto& [key, places] : places_)
    sum += places.packed.capacity() + sizeof places + 2 * sizeof(void*);
  return sum;
}

}  // namespace censo::cmdb
