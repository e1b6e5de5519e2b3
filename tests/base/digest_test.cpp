#include "base/digest.h"

#include "base/long_digest.h"

#include <gtest/gtest.h>

namespace censo::base {

TEST(Digest, OfPartsIsThatOfTheWhole) {
  EXPECT_EQ(sha256_of_all({"a", "", "bc"}), sha256("abc"));
  EXPECT_EQ(sha256_of_all({}), sha256(""));
}

TEST(Digest, Sha256OfAbcIsTheStandardsExample) {
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
TEST(Digest, Sha256OfNothingIsKnown) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
TEST(Digest, HexIsReadInBothCases) {
  EXPECT_EQ(*from_hex("00fFa1"), (Bytes{0x00, 0xff, 0xa1}));
}
TEST(Digest, OddHexIsRefused) {
  EXPECT_FALSE(from_hex("abc"));
}
TEST(Digest, HexWithOtherCharactersIsRefused) {
  EXPECT_FALSE(from_hex("0g"));
}
TEST(Digest, Base64urlHasNoPadding) {
  EXPECT_EQ(to_base64url(Bytes{0xfb, 0xff}), "-_8");
}
TEST(Digest, Base64urlOfThreeBytesHasFourCharacters) {
  EXPECT_EQ(to_base64url(Bytes{'M', 'a', 'n'}), "TWFu");
}
TEST(Digest, Base64urlIsReadBack) {
  const auto bytes = random_bytes(32);
  EXPECT_EQ(*from_base64url(to_base64url(bytes)), bytes);
}
TEST(Digest, Base64urlOfOneLengthTooManyIsRefused) {
  EXPECT_FALSE(from_base64url("TWFuA"));
}
TEST(Digest, Base64urlWithStrayBitsIsRefused) {
  EXPECT_FALSE(from_base64url("-_9"));
}
TEST(Digest, PaddingIsRefused) {
  EXPECT_FALSE(from_base64url("-_8="));
}
TEST(Digest, RandomBytesDiffer) {
  EXPECT_NE(random_bytes(16), random_bytes(16));
}
TEST(Digest, RandomBytesAreAsManyAsAsked) {
  EXPECT_EQ(random_bytes(20).size(), 20u);
}
TEST(Digest, ConstantTimeComparisonFindsEqual) {
  EXPECT_TRUE(equal_constant_time("secret", "secret"));
}
TEST(Digest, ConstantTimeComparisonFindsOtherContent) {
  EXPECT_FALSE(equal_constant_time("secret", "secreT"));
}
TEST(Digest, ConstantTimeComparisonFindsOtherLength) {
  EXPECT_FALSE(equal_constant_time("secret", "secret "));
}

}  // namespace censo::base
