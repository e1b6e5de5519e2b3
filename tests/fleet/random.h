// Numbers that depend on the seed alone. The distributions of the standard library differ between its makers.
#pragma once

#include "base/clock.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace censo::fleet {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (Steele, Lea, Flood 2014).
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return unit() < probability; }
  template <class List>
  const auto& pick(const List& list) {
    return list[below(std::size(list))];
  }
  base::TimeMs between(base::TimeMs least, base::TimeMs most) {
    return least + static_cast<base::TimeMs>(below(static_cast<std::size_t>(most - least + 1)));
  }
  // Until the next of events that come at random, `mean` apart.
  base::TimeMs until_next(double mean) { return static_cast<base::TimeMs>(-std::log(1.0 - unit()) * mean); }

  std::string text(std::string_view letters, std::size_t length) {
    std::string made;
    while (made.size() < length) made += letters[below(letters.size())];
    return made;
  }
  std::string hex(std::size_t digits) { return text("0123456789abcdef", digits); }
  std::string serial(std::size_t length) { return text("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", length); }
  std::string uuid() {
    return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-" + text("89ab", 1) + hex(3) + "-" + hex(12);
  }

 private:
  std::uint64_t state_;
};

}  // namespace censo::fleet
