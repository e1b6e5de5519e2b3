#include "cmdb/number_set.h"

#include <algorithm>
#include <numeric>

namespace censo::cmdb {
namespace {

constexpr std::size_t fewest_in_bits = 64;
constexpr std::size_t thinnest =
    32;  // one number in so many: a list of 32-bit numbers is as large as the bits

}  // namespace

NumberSet::NumberSet(std::size_t size, bool full)
    : size_(size), words_((size + 63) / 64, full ? ~std::uint64_t{0} : 0) {
  clear_beyond_size();
}

void NumberSet::clear_beyond_size() {
  if (size_ % 64 != 0) words_.back() &= (std::uint64_t{1} << size_ % 64) - 1;
}

std::size_t NumberSet::count() const {
  return std::accumulate(words_.begin(), words_.end(), std::size_t{0},
                         [](std::size_t sum, std::uint64_t word) {
                           return sum + static_cast<std::size_t>(std::popcount(word));
                         });
}

NumberSet& NumberSet::operator&=(const NumberSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  return *this;
}

NumberSet& NumberSet::operator|=(const NumberSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  return *this;
}

void NumberSet::invert() {
  for (std::uint64_t& word : words_) word = ~word;
  clear_beyond_size();
}

void NumberSet::add_words(const std::vector<std::uint64_t>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) words_[i] |= words[i];
}

void RisingNumbers::add(std::uint32_t number) {
  if (number < end_) return;
  end_ = number + 1;
  if (bits_.empty()) {
    list_.push_back(number);
    if (list_.size() < fewest_in_bits || list_.size() * thinnest < number) return;
    bits_.resize(number / 64 + 1);
    for (const std::uint32_t one : list_) bits_[one / 64] |= std::uint64_t{1} << one % 64;
    list_ = {};
    return;
  }
  if (number / 64 >= bits_.size()) bits_.resize(number / 64 + 1);
  bits_[number / 64] |= std::uint64_t{1} << number % 64;
}

void RisingNumbers::add_to(NumberSet& set) const {
  for (const std::uint32_t number : list_) set.add(number);
  set.add_words(bits_);
}

std::size_t RisingNumbers::bytes() const {
  return sizeof *this + list_.capacity() * sizeof(list_[0]) + bits_.capacity() * sizeof(bits_[0]);
}

}  // namespace censo::cmdb
