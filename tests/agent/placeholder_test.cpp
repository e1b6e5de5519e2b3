#include "agent/placeholder.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

TEST(Placeholder, CaseAndSpacesDoNotMatter) {
  EXPECT_EQ(without_placeholder(" to be FILLED by O.E.M. "), "");
}

TEST(Placeholder, PunctuationSaysNothing) {
  EXPECT_EQ(without_placeholder("***"), "");
}

TEST(Placeholder, ARealTextIsTrimmed) {
  EXPECT_EQ(without_placeholder("  ThinkPad X1 "), "ThinkPad X1");
}

TEST(Placeholder, AModelOfDigitsStays) {
  EXPECT_EQ(without_placeholder("123456"), "123456");
}

TEST(SerialPlaceholder, CountingUpSaysNothing) {
  EXPECT_EQ(serial_without_placeholder("123456789"), "");
}

TEST(SerialPlaceholder, OneCharacterRepeatedSaysNothing) {
  EXPECT_EQ(serial_without_placeholder("XXXXXX"), "");
}

TEST(SerialPlaceholder, OnesAndZerosSayNothing) {
  EXPECT_EQ(serial_without_placeholder("0101"), "");
}

TEST(SerialPlaceholder, AVersionSaysNothing) {
  EXPECT_EQ(serial_without_placeholder("1.0"), "");
}

TEST(SerialPlaceholder, ASerialThatHoldsAVersionStays) {
  EXPECT_EQ(serial_without_placeholder("PF1.2ABC"), "PF1.2ABC");
}

TEST(UuidPlaceholder, IsCanonical) {
  EXPECT_EQ(uuid_without_placeholder("00112233-4455-6677-8899-AABBCCDDEEFF"),
            "00112233-4455-6677-8899-aabbccddeeff");
}

TEST(UuidPlaceholder, OneThatManyBoardsShareSaysNothing) {
  EXPECT_EQ(uuid_without_placeholder("03000200-0400-0500-0006-000700080009"), "");
}

TEST(UuidPlaceholder, WhatIsNoUuidSaysNothing) {
  EXPECT_EQ(uuid_without_placeholder("2"), "");
}

}  // namespace
}  // namespace censo::agent
