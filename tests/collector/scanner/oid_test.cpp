#include "collector/scanner/snmp_session.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

TEST(Oid, ReadsAndWritesNumbers) {
  const auto oid = parse_oid("1.3.6.1.4.1.4294967295.0");
  ASSERT_TRUE(oid);
  EXPECT_EQ(to_text(*oid), "1.3.6.1.4.1.4294967295.0");
}

TEST(Oid, TakesALeadingDot) {
  const auto oid = parse_oid(".1.3");
  ASSERT_TRUE(oid);
  EXPECT_EQ(oid->arcs, (std::vector<std::uint32_t>{1, 3}));
}

TEST(Oid, RefusesNumbersOfMoreThan32Bits) {
  EXPECT_FALSE(parse_oid("1.3.4294967296"));
}
TEST(Oid, RefusesAnEmptyNumber) {
  EXPECT_FALSE(parse_oid("1..3"));
}
TEST(Oid, RefusesNames) {
  EXPECT_FALSE(parse_oid("iso.3.6"));
}
TEST(Oid, RefusesNothing) {
  EXPECT_FALSE(parse_oid(""));
}

TEST(Oid, RefusesMoreThan128Numbers) {
  std::string text = "1";
  for (int i = 0; i < 128; ++i) text += ".1";
  const auto oid = parse_oid(text);
  ASSERT_FALSE(oid);
  EXPECT_EQ(oid.error().code, base::Errc::limit_exceeded);
}

TEST(Oid, SortsAShorterBeforeWhatIsBelowIt) {
  EXPECT_LT(*parse_oid("1.3.6"), *parse_oid("1.3.6.0"));
  EXPECT_LT(*parse_oid("1.3.6.9"), *parse_oid("1.3.10"));
}

TEST(Oid, StartsWithWhatIsAboveIt) {
  EXPECT_TRUE(parse_oid("1.3.6.1")->starts_with(*parse_oid("1.3.6")));
  EXPECT_FALSE(parse_oid("1.3.61")->starts_with(*parse_oid("1.3.6")));
}

}  // namespace
}  // namespace censo::scanner
