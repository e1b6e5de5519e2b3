// The structures in memory that searches run on.
#include "cmdb/component_index.h"
#include "cmdb/number_set.h"
#include "cmdb/text_index.h"

#include <gtest/gtest.h>

#include <vector>

namespace censo::cmdb {
namespace {

using Numbers = std::vector<std::uint32_t>;

Numbers numbers_of(const NumberSet& set) {
  Numbers numbers;
  set.each([&](std::uint32_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(NumberSet, KnowsItsNumbers) {
  NumberSet set(130);
  set.add(0);
  set.add(129);
  EXPECT_EQ(numbers_of(set), (Numbers{0, 129}));
  EXPECT_TRUE(set.has(129));
  EXPECT_FALSE(set.has(64));
  EXPECT_FALSE(set.has(1'000));
}
TEST(NumberSet, InvertedHasNothingBeyondItsSize) {
  NumberSet set(70);
  set.invert();
  EXPECT_EQ(set.count(), 70U);
}
TEST(NumberSet, AndOr) {
  NumberSet a(10), b(10);
  a.add(1);
  a.add(2);
  b.add(2);
  b.add(3);
  NumberSet both = a;
  both &= b;
  a |= b;
  EXPECT_EQ(numbers_of(both), Numbers{2});
  EXPECT_EQ(numbers_of(a), (Numbers{1, 2, 3}));
}

NumberSet filled(std::uint32_t step, std::uint32_t size) {
  RisingNumbers rising;
  for (std::uint32_t number = 0; number < size; number += step) rising.add(number);
  NumberSet set(size);
  rising.add_to(set);
  return set;
}

TEST(RisingNumbers, FewAreAListAndManyAreBits) {
  EXPECT_EQ(filled(1'000, 100'000).count(), 100U);
  EXPECT_EQ(filled(3, 100'000).count(), 33'334U);
  EXPECT_TRUE(filled(3, 100'000).has(99'999));
}
TEST(RisingNumbers, SameNumberAgainIsOne) {
  RisingNumbers rising;
  rising.add(5);
  rising.add(5);
  NumberSet set(6);
  rising.add_to(set);
  EXPECT_EQ(set.count(), 1U);
}

TEST(TextIndex, FindsWhereAPartMayStand) {
  TextIndex index;
  index.add("Web01", "\nweb01\nabc123\n");
  index.add("Db01", "\ndb01\nabd124\n");
  EXPECT_EQ(index.candidates("b01"), (Numbers{0, 1}));
  EXPECT_EQ(index.candidates("abc1"), Numbers{0});
  EXPECT_EQ(index.candidates("xyz"), Numbers{});
}
TEST(TextIndex, BoundsHowManyMayHaveAPart) {
  TextIndex index;
  index.add("", "\nweb01\n");
  index.add("", "\ndb01\n");
  EXPECT_EQ(index.at_most("b01"), 2U);
  EXPECT_EQ(index.at_most("eb01"), 1U);
  EXPECT_EQ(index.at_most("xyz"), 0U);
}
TEST(TextIndex, NothingSpansTwoLines) {
  TextIndex index;
  index.add("", "\nab\ncd\n");
  EXPECT_EQ(index.candidates("b\nc"), Numbers{});
}
TEST(TextIndex, KeepsTheTexts) {
  TextIndex index;
  index.add("Web01", "\nweb01\n");
  index.add("Db01", "\ndb01\n");
  EXPECT_EQ(index.heading(0), "Web01");
  EXPECT_EQ(index.body(0), "\nweb01\n");
  EXPECT_EQ(index.body(1), "\ndb01\n");
}

TEST(ComponentIndex, OwnersOfARow) {
  ComponentIndex index;
  index.add({7, 9, 9});
  index.add({9});
  index.add({8, 100});
  EXPECT_EQ(numbers_of(index.owners_of(std::vector<RowId>{9})), (Numbers{0, 1}));
  EXPECT_EQ(numbers_of(index.owners_of(std::vector<RowId>{7, 8})), (Numbers{0, 2}));
  EXPECT_EQ(numbers_of(index.owners_of(std::vector<RowId>{5, 101})), Numbers{});
}
TEST(ComponentIndex, RowsMayComeInAnyOrder) {
  ComponentIndex index;
  index.add({50, 10});
  index.add({30, 10});
  EXPECT_EQ(numbers_of(index.owners_of(std::vector<RowId>{30})), Numbers{1});
  EXPECT_EQ(numbers_of(index.owners_of(std::vector<RowId>{10})), (Numbers{0, 1}));
}

}  // namespace
}  // namespace censo::cmdb
