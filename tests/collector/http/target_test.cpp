#include "collector/http/target.h"

#include <gtest/gtest.h>

namespace censo::collector::http {
namespace {

TEST(Target, SegmentsAreDecodedAfterTheCut) {
  EXPECT_EQ(parse_target("/cis/a%2Fb").value().segments, (std::vector<std::string>{"cis", "a/b"}));
}

TEST(Target, AQueryIsDecodedWithPlusAsSpace) {
  const auto target = parse_target("/x?text=a+b%2B&limit=5").value();
  EXPECT_EQ(target.query.at("text"), "a b+");
  EXPECT_EQ(target.query.at("limit"), "5");
}

TEST(Target, APlusInThePathIsAPlus) { EXPECT_EQ(parse_target("/a+b").value().segments.front(), "a+b"); }

TEST(Target, AParameterWithoutValueIsEmpty) { EXPECT_EQ(parse_target("/x?all").value().query.at("all"), ""); }

TEST(Target, AParameterTwiceIsRefused) { EXPECT_EQ(parse_target("/x?a=1&a=2").error().where, "a"); }

TEST(Target, AHalfEscapeIsRefused) { EXPECT_EQ(parse_target("/x%4").error().reason, "BAD_ESCAPE"); }

TEST(Target, AnEscapeThatIsNoHexIsRefused) { EXPECT_EQ(parse_target("/x%zz").error().reason, "BAD_ESCAPE"); }

TEST(Target, ANulIsRefused) { EXPECT_EQ(parse_target("/x%00").error().reason, "BAD_ESCAPE"); }

TEST(Target, ALineFeedIsRefused) { EXPECT_EQ(parse_target("/x?a=%0d%0a").error().reason, "BAD_ESCAPE"); }

TEST(Target, BytesThatAreNoUtf8AreRefused) { EXPECT_EQ(parse_target("/%ff").error().reason, "BAD_UTF8"); }

TEST(Target, AbsoluteFormIsRefused) { EXPECT_FALSE(parse_target("http://a/x")); }

TEST(Host, LosesItsPort) { EXPECT_EQ(parse_host("cmdb.example:8443").value(), "cmdb.example"); }

TEST(Host, KeepsTheBracketsOfAnAddress) { EXPECT_EQ(parse_host("[::1]:8443").value(), "[::1]"); }

TEST(Host, WithOtherCharactersIsRefused) { EXPECT_FALSE(parse_host("a/b")); }

TEST(Host, WithABadPortIsRefused) { EXPECT_FALSE(parse_host("a:99999")); }

TEST(Host, ThatIsEmptyIsRefused) { EXPECT_FALSE(parse_host("")); }

}  // namespace
}  // namespace censo::collector::http
