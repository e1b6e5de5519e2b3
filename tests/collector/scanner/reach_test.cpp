#include "collector/scanner/reach.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

using Strings = std::vector<std::string>;

Reach reach_of(const Strings& ranges, const Strings& exclusions = {}) {
  Reach reach;
  EXPECT_TRUE(reach.add(ranges, exclusions));
  return reach;
}

TEST(Reach, OfASubnetWithinARangeIsAll) {
  EXPECT_EQ(*reach_of({"10.0.0.0/16"}).of("10.0.7.0/24"), Reached::all);
  EXPECT_EQ(*reach_of({"10.0.7.0/24"}).of("10.0.7.0/24"), Reached::all);
  EXPECT_EQ(*reach_of({"10.0.7.1-10.0.7.254"}).of("10.0.7.0/24"), Reached::all);
  EXPECT_EQ(*reach_of({"10.0.7.0/24"}).of("10.0.7.8/32"), Reached::all);
}

TEST(Reach, OfASubnetElsewhereIsNone) {
  const auto reach = reach_of({"10.0.0.0/24", "10.0.2.0/24", "2001:db8::/120"});
  EXPECT_EQ(*reach.of("10.0.1.0/24"), Reached::none);
  EXPECT_EQ(*reach.of("10.0.3.0/24"), Reached::none);
  EXPECT_EQ(*reach.of("2001:db8:1::/64"), Reached::none);
  EXPECT_EQ(*Reach().of("10.0.0.0/24"), Reached::none);
}

TEST(Reach, OfASubnetInPartIsSome) {
  EXPECT_EQ(*reach_of({"10.0.0.0/24"}).of("10.0.0.0/23"), Reached::some);
  EXPECT_EQ(*reach_of({"10.0.0.0/24"}, {"10.0.0.7"}).of("10.0.0.0/24"), Reached::some);
  EXPECT_EQ(*reach_of({"2001:db8::/120"}).of("2001:db8::/64"), Reached::some);
}

TEST(Reach, ExclusionsOfOneJobDoNotBarAnother) {
  auto reach = reach_of({"10.0.0.0/24"}, {"10.0.0.128/25"});
  EXPECT_EQ(*reach.of("10.0.0.0/24"), Reached::some);
  EXPECT_TRUE(reach.add({"10.0.0.128-10.0.0.255"}, {}));
  EXPECT_EQ(*reach.of("10.0.0.128/25"), Reached::all);
}

TEST(Reach, RangesSideBySideReachTogether) {
  EXPECT_EQ(*reach_of({"10.0.0.1-10.0.0.99", "10.0.0.100-10.0.0.254"}).of("10.0.0.0/24"), Reached::all);
}

TEST(Reach, WhatIsNoPrefixIsSaid) {
  EXPECT_EQ(Reach().of("office").error().code, base::Errc::malformed);
  Reach reach;
  EXPECT_FALSE(reach.add({"10.0.0.0/33"}, {}));
  EXPECT_FALSE(reach.add({"10.0.0.0/24"}, {"x"}));
}

}  // namespace
}  // namespace censo::scanner
