// Sets of small numbers (an item's or an owner's place in memory), for searches over a whole fleet.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace censo::cmdb {

// A bit a number below `size`.
class NumberSet {
 public:
  explicit NumberSet(std::size_t size = 0, bool full = false);

  std::size_t size() const { return size_; }
  void add(std::uint32_t number) { words_[number / 64] |= std::uint64_t{1} << number % 64; }
  void remove(std::uint32_t number) { words_[number / 64] &= ~(std::uint64_t{1} << number % 64); }
  bool has(std::uint32_t number) const {
    return number < size_ && (words_[number / 64] >> number % 64 & 1) != 0;
  }
  std::size_t count() const;
  // Both sets have the same size.
  NumberSet& operator&=(const NumberSet& other);
  NumberSet& operator|=(const NumberSet& other);
  void invert();
  // Words of 64 bits from the front, not more than the set has.
  void add_words(const std::vector<std::uint64_t>& words);
  // In rising order.
  template <class Visit>
  void each(const Visit& visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(static_cast<std::uint32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
      }
    }
  }

 private:
  void clear_beyond_size();

  std::size_t size_;
  std::vector<std::uint64_t> words_;
};

// Numbers that are added in rising order: a list while there are few, then a bit for each.
class RisingNumbers {
 public:
  // A number that is not above the last one is there already.
  void add(std::uint32_t number);
  void add_to(NumberSet& set) const;
  std::size_t bytes() const;

 private:
  std::vector<std::uint32_t> list_;
  std::vector<std::uint64_t> bits_;
  std::uint32_t end_ = 0;  // above the last number
};

}  // namespace censo::cmdb
