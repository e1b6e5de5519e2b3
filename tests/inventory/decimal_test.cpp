// Numbers with a point: compared with what the format names, std::to_chars.
#include "inventory/codec/decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>

namespace censo::inventory {
namespace {

std::string by_the_library(double number) {
  std::array<char, 400> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

TEST(Decimal, OfRoundNumbersIsShort) {
  EXPECT_EQ(shortest_decimal(27.5), "27.5");
  EXPECT_EQ(shortest_decimal(-0.1), "-0.1");
  EXPECT_EQ(shortest_decimal(100000), "1e+05");
  EXPECT_EQ(shortest_decimal(123456), "123456");
  EXPECT_EQ(shortest_decimal(0.0001), "1e-04");
  EXPECT_EQ(shortest_decimal(-0.0), "-0");
}

TEST(Decimal, OfEveryPowerOfTwoIsTheLibrarys) {
  for (int exponent = -1074; exponent < 1024; ++exponent) {
    const double number = std::ldexp(1.0, exponent);
    ASSERT_EQ(shortest_decimal(number), by_the_library(number));
  }
}

TEST(Decimal, OfAnyBitsIsTheLibrarys) {
  std::mt19937_64 generator(11);
  for (int i = 0; i < 300'000; ++i) {
    const auto number = std::bit_cast<double>(generator());
    if (std::isfinite(number)) {
      ASSERT_EQ(shortest_decimal(number), by_the_library(number));
    }
  }
}

TEST(Decimal, OfNumbersOfPeopleIsTheLibrarys) {
  std::mt19937_64 generator(12);
  for (int i = 0; i < 300'000; ++i) {
    const double number = static_cast<double>(generator() % 10'000'000) / std::pow(10, generator() % 12) *
                          std::pow(10, generator() % 20);
    ASSERT_EQ(shortest_decimal(number), by_the_library(number));
  }
}

}  // namespace
}  // namespace censo::inventory
