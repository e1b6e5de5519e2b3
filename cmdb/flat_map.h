// A small hash table from an integer to a position, in one piece of memory: thousands of entries are filled
// and asked in the time that std::unordered_map takes for its allocations. Entries are never taken away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace censo::cmdb {

template <class Key>
class FlatMap {
 public:
  static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();

  FlatMap() { resize(64); }
  // Room for so many without growing.
  explicit FlatMap(std::size_t expected) {
    std::size_t slots = 64;
    while (slots < expected * 2) slots *= 2;
    resize(slots);
  }

  std::uint32_t find(Key key) const {
    for (std::size_t slot = place_of(key);; slot = (slot + 1) & mask_) {
      if (entries_[slot].second == absent) return absent;
      if (entries_[slot].first == key) return entries_[slot].second;
    }
  }
  // Brings near what find() will look at: for many keys at once, whose places are far from each other.
  void prefetch(Key key) const { __builtin_prefetch(&entries_[place_of(key)]); }
  bool contains(Key key) const { return find(key) != absent; }
  // The position that `key` has: `position`, unless it had one.
  std::uint32_t insert(Key key, std::uint32_t position) {
    std::size_t slot = place_of(key);
    for (; entries_[slot].second != absent; slot = (slot + 1) & mask_) {
      if (entries_[slot].first == key) return entries_[slot].second;
    }
    entries_[slot] = {key, position};
    if (++size_ * 2 > entries_.size()) grow();
    return position;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::size_t place_of(Key key) const {
    return static_cast<std::size_t>(static_cast<std::uint64_t>(key) * 0x9E3779B97F4A7C15U >> shift_);
  }
  void resize(std::size_t slots) {
    entries_.assign(slots, {Key{}, absent});
    mask_ = slots - 1;
    shift_ = 64;
    for (std::size_t left = slots; left > 1; left /= 2) --shift_;
  }
  void grow() {
    const auto before = std::exchange(entries_, {});
    resize(before.size() * 2);
    size_ = 0;
    for (const auto& [key, position] : before) {
      if (position != absent) insert(key, position);
    }
  }

  std::vector<std::pair<Key, std::uint32_t>> entries_;
  std::size_t mask_ = 0;
  int shift_ = 64;
  std::size_t size_ = 0;
};

}  // namespace censo::cmdb
