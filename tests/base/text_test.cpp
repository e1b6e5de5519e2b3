#include "base/text.h"

#include <gtest/gtest.h>

namespace censo::base {
namespace {
using Views = std::vector<std::string_view>;
std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}
}  // namespace

TEST(Text, TrimTakesWhiteSpaceOffBothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
}
TEST(Text, TrimOfWhiteSpaceIsEmpty) {
  EXPECT_EQ(trim(" \n"), "");
}
TEST(Text, LinesComeOneAfterTheOther) {
  std::string_view rest = "a\r\n\nb\rc";
  EXPECT_EQ(next_line(rest), "a");
  EXPECT_EQ(next_line(rest), "");
  EXPECT_EQ(next_line(rest), "b\rc");
  EXPECT_EQ(rest, "");
  EXPECT_EQ(next_line(rest), "");
}
TEST(Text, LowerCaseLeavesUtf8Alone) {
  EXPECT_EQ(to_lower("ÄBC"), "Äbc");
}
TEST(Text, UpperCaseIsAsciiOnly) {
  EXPECT_EQ(to_upper("äbc"), "äBC");
}
TEST(Text, ComparisonIgnoresCase) {
  EXPECT_TRUE(equal_ignoring_case("Web01", "wEB01"));
}
TEST(Text, ComparisonSeesLength) {
  EXPECT_FALSE(equal_ignoring_case("web", "web0"));
}
TEST(Text, SplitKeepsEmptyPieces) {
  EXPECT_EQ(split(",a,,b", ','), (Views{"", "a", "", "b"}));
}
TEST(Text, SplitOfNothingIsOneEmptyPiece) {
  EXPECT_EQ(split("", ','), Views{""});
}
TEST(Text, WordsAreBetweenRunsOfWhiteSpace) {
  EXPECT_EQ(split_words("  a\t\nb "), (Views{"a", "b"}));
}
TEST(Text, NothingHasNoWords) {
  EXPECT_TRUE(split_words(" ").empty());
}
TEST(Text, JoinPutsTheSeparatorBetween) {
  EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
}
TEST(Text, JoinOfNothingIsEmpty) {
  EXPECT_EQ(join({}, ","), "");
}

TEST(Number, NegativeIsRead) {
  EXPECT_EQ(parse_integer("-17"), -17);
}
TEST(Number, HexadecimalIsRead) {
  EXPECT_EQ(parse_unsigned("fF", 16), 255u);
}
TEST(Number, TheHighestIsRead) {
  EXPECT_EQ(parse_unsigned("18446744073709551615"), UINT64_MAX);
}
TEST(Number, OverflowIsNothing) {
  EXPECT_FALSE(parse_integer("9223372036854775808"));
}
TEST(Number, RestIsNothing) {
  EXPECT_FALSE(parse_integer("12 "));
}
TEST(Number, EmptyIsNothing) {
  EXPECT_FALSE(parse_unsigned(""));
}
TEST(Number, UnsignedTakesNoMinus) {
  EXPECT_FALSE(parse_unsigned("-1"));
}

TEST(Utf8, AllLengthsAreValid) {
  EXPECT_TRUE(is_valid_utf8("aé€😀"));
}
TEST(Utf8, OverlongIsInvalid) {
  EXPECT_FALSE(is_valid_utf8("\xc0\x80"));
}
TEST(Utf8, SurrogatesAreInvalid) {
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));
}
TEST(Utf8, BeyondUnicodeIsInvalid) {
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));
}
TEST(Utf8, CutSequencesAreInvalid) {
  EXPECT_FALSE(is_valid_utf8("\xe2\x82"));
}
TEST(Utf8, BadLastByteIsInvalid) {
  EXPECT_FALSE(is_valid_utf8("\xe2\x82\x41"));
}

TEST(Sanitize, InvalidBytesBecomeReplacements) {
  EXPECT_EQ(sanitize_utf8("a\xff"
                          "b"),
            "a\uFFFDb");
}
TEST(Sanitize, ControlsAreDropped) {
  EXPECT_EQ(sanitize_utf8(std::string_view("a\0\x1b[1m\x7f\xc2\x9b", 9)), "a[1m");
}
TEST(Sanitize, TabAndNewlineStay) {
  EXPECT_EQ(sanitize_utf8("a\tb\nc\r"), "a\tb\nc");
}
TEST(Sanitize, NoBreakSpaceStays) {
  EXPECT_EQ(sanitize_utf8("\u00a0"), "\u00a0");
}
TEST(Sanitize, CutsAtACharactersBorder) {
  EXPECT_EQ(sanitize_utf8("ab€", 4), "ab");
}

TEST(JsonString, QuotesAndControlsAreEscaped) {
  EXPECT_EQ(json_string("\"\\\n\t\r\x01\x7f"), R"("\"\\\n\t\r\u0001\u007f")");
}
TEST(JsonString, Utf8IsKept) {
  EXPECT_EQ(json_string("aé€😀"), "\"aé€😀\"");
}
TEST(JsonString, InvalidUtf8BecomesReplacements) {
  EXPECT_EQ(json_string("a\xff\xe2\x82"), "\"a\uFFFD\uFFFD\uFFFD\"");
}

class Mac : public testing::TestWithParam<const char*> {};
TEST_P(Mac, IsWrittenInOneForm) {
  EXPECT_EQ(*canonical_mac(GetParam()), "00:1b:02:ac:04:05");
}
INSTANTIATE_TEST_SUITE_P(Forms, Mac,
                         testing::Values("00:1B:02:AC:04:05", "00-1b-02-ac-04-05", "001b.02ac.0405",
                                         "001b02ac0405", "0:1b:2:ac:4:5", "001b-02ac-0405",
                                         " 00:1b:02:ac:04:05\n", "00 1B 02 AC 04 05"));
TEST(Text, PercentEncodingKeepsWhatIsPlainInUrls) {
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("a b/\xC3\xB1%"), "a%20b%2F%C3%B1%25");
  EXPECT_EQ(percent_encoded(std::string_view("\0\xFF", 2)), "%00%FF");
}
TEST(Text, LikeEscapesItsOwnSigns) {
  EXPECT_EQ(like_escaped("50%_a\\b"), "50\\%\\_a\\\\b");
}

class NoMac : public testing::TestWithParam<const char*> {};
TEST_P(NoMac, IsRefused) {
  EXPECT_EQ(canonical_mac(GetParam()).error().code, Errc::malformed);
}
INSTANTIATE_TEST_SUITE_P(Forms, NoMac,
                         testing::Values("", "00:1b:02:ac:04", "00:1b:02-ac:04:05", "00:1b:02:ac:04:05:06",
                                         "001b02ac040", "001b02ac040g", "00:1b:02:ac::5",
                                         ":::::", "0:1b:2:ac:4:5:", "00:1b:02:ac:04:5:"));

class Uuid : public testing::TestWithParam<const char*> {};
TEST_P(Uuid, IsWrittenInOneForm) {
  EXPECT_EQ(*canonical_uuid(GetParam()), "4c4c4544-0042-3510-8054-b2c04f4d4d32");
}
INSTANTIATE_TEST_SUITE_P(Forms, Uuid,
                         testing::Values("4C4C4544-0042-3510-8054-B2C04F4D4D32",
                                         "4c4c4544004235108054b2c04f4d4d32",
                                         "{4c4c4544-0042-3510-8054-b2c04f4d4d32}",
                                         "urn:uuid:4c4c4544-0042-3510-8054-b2c04f4d4d32"));
class NoUuid : public testing::TestWithParam<const char*> {};
TEST_P(NoUuid, IsRefused) {
  EXPECT_EQ(canonical_uuid(GetParam()).error().code, Errc::malformed);
}
INSTANTIATE_TEST_SUITE_P(Forms, NoUuid,
                         testing::Values("", "{}", "4c4c4544", "4c4c4544-0042-3510-8054-b2c04f4d4d3",
                                         "Not Specified", "4c4c4544-0042-3510-8054-b2c04f4d4d3g",
                                         "4c4c4544004-2-3510-8054-b2c04f4d4d32"));

}  // namespace censo::base
