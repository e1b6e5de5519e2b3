#include "cmdb/attribute_value.h"

#include "base/id.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

AttributeDefinition of(AttributeType type) {
  AttributeDefinition definition;
  definition.type = type;
  return definition;
}

TEST(Pattern, DigitsLettersAndTheRestStandForThemselves) {
  EXPECT_TRUE(matches_pattern("SW-##@", "SW-07a"));
  EXPECT_FALSE(matches_pattern("SW-##@", "SW-7aa"));
  EXPECT_FALSE(matches_pattern("SW-##@", "SW-07ab"));
}

TEST(Pattern, AStarIsAnyRun) {
  EXPECT_TRUE(matches_pattern("http*://*", "https://a/b"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_FALSE(matches_pattern("http*://*", "ftp://a"));
}

TEST(Pattern, ManyStarsOverALongTextEnd) {
  EXPECT_FALSE(matches_pattern("*a*a*a*a*a*a*a*a*a*b", std::string(60'000, 'a')));
}

TEST(AttributeValue, ANumberBelowItsLeastIsRefused) {
  auto definition = of(AttributeType::integer);
  definition.min = 1;
  EXPECT_EQ(fault_of(definition, std::int64_t{0}), "expected at least 1, found the integer 0");
  EXPECT_EQ(fault_of(definition, std::int64_t{1}), "");
}

TEST(AttributeValue, ANumberAboveItsMostIsRefused) {
  auto definition = of(AttributeType::decimal);
  definition.max = 2.5;
  EXPECT_NE(fault_of(definition, 2.6).find("expected at most 2.5"), std::string::npos);
}

TEST(AttributeValue, ATextLongerThanItMayBeIsRefused) {
  auto definition = of(AttributeType::string);
  definition.max_length = 3;
  EXPECT_NE(fault_of(definition, std::string("abcd")), "");
  EXPECT_EQ(fault_of(definition, std::string("abc")), "");
}

TEST(AttributeValue, EachTextOfAListIsLookedAt) {
  auto definition = of(AttributeType::list);
  definition.max_length = 3;
  EXPECT_NE(fault_of(definition, inventory::TextList{"abc", "abcd"}), "");
}

TEST(AttributeValue, AReferenceIsAnId) {
  auto definition = of(AttributeType::reference);
  definition.to_class = "server";
  EXPECT_EQ(fault_of(definition, std::string("web01")), "expected the id of a server, found \"web01\"");
  EXPECT_EQ(fault_of(definition, base::id_to_text(7)), "");
}

TEST(AttributeValue, AFoundTextIsCutInTheMessage) {
  const auto fault = fault_of(of(AttributeType::integer), std::string(10'000'000, 'x'));
  EXPECT_LT(fault.size(), 200u);
}

}  // namespace
}  // namespace censo::cmdb
