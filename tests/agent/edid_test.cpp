#include "agent/edid.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

// A block of 128 bytes with its header, maker SAM, product 0x1234 and a right sum.
std::string block() {
  std::string bytes(128, '\0');
  bytes.replace(0, 8, std::string("\x00\xFF\xFF\xFF\xFF\xFF\xFF\x00", 8));
  bytes[8] = 0x4C;
  bytes[9] = 0x2D;
  bytes[10] = 0x34;
  bytes[11] = 0x12;
  bytes[16] = 10;
  bytes[17] = 20;  // 2010
  bytes[18] = 1;
  bytes[19] = 4;
  return bytes;
}

std::string summed(std::string bytes) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < 127; ++i) sum += static_cast<unsigned char>(bytes[i]);
  bytes[127] = static_cast<char>(256 - sum % 256);
  return bytes;
}

std::string with_text(std::string bytes, std::size_t place, unsigned char tag, std::string text) {
  text.resize(13, ' ');
  bytes.replace(54 + 18 * place, 18, std::string("\0\0\0", 3) + static_cast<char>(tag) + '\0' + text);
  return bytes;
}

std::string with_number(std::string bytes, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<char>(number >> (8 * i) & 0xFF);
  return bytes;
}

TEST(Edid, ReadsMakerProductAndDate) {
  const auto edid = parse_edid(summed(block()));
  ASSERT_TRUE(edid);
  EXPECT_EQ(edid->maker, "SAM");
  EXPECT_EQ(edid->product, 0x1234);
  EXPECT_EQ(edid->week, 10);
  EXPECT_EQ(edid->year, 2010);
  EXPECT_EQ(edid->version, "1.4");
  EXPECT_FALSE(edid->sum_is_wrong);
}

TEST(Edid, AWrongSumIsToldAndTheRestIsRead) {
  auto bytes = summed(block());
  bytes[127] = static_cast<char>(bytes[127] + 1);
  const auto edid = parse_edid(bytes);
  ASSERT_TRUE(edid);
  EXPECT_TRUE(edid->sum_is_wrong);
  EXPECT_EQ(edid->maker, "SAM");
}

TEST(Edid, TwoFlippedBytesOfTheHeaderAreForgiven) {
  auto bytes = block();
  bytes[1] = 0x7F;
  bytes[7] = 1;
  EXPECT_TRUE(parse_edid(bytes));
  bytes[2] = 0;
  EXPECT_FALSE(parse_edid(bytes));
}

TEST(Edid, ShortBytesAreNoEdid) {
  EXPECT_EQ(parse_edid(block().substr(0, 127)).error().code, base::Errc::malformed);
}

TEST(Edid, WeekFfIsAModelYear) {
  auto bytes = block();
  bytes[16] = static_cast<char>(0xFF);
  const auto edid = parse_edid(bytes);
  EXPECT_TRUE(edid->is_model_year);
  EXPECT_EQ(edid->week, 0);
  EXPECT_EQ(edid->year, 2010);
}

TEST(Edid, ANumberOfTheModelIsNoSerialNumber) {
  EXPECT_EQ(label_serial(*parse_edid(with_number(block(), 0x01010101))), "");
  EXPECT_EQ(label_serial(*parse_edid(block())), "");
}

TEST(Edid, ANumberWithoutTextIsShownInHex) {
  auto bytes = with_number(block(), 0x5a485035);
  bytes[8] = 0x30;  // LEN
  bytes[9] = static_cast<char>(0xAE);
  EXPECT_EQ(label_serial(*parse_edid(bytes)), "5a485035");
}

TEST(Edid, SamsungsLabelBeginsWithTheNumbersFourLetters) {
  const auto edid = parse_edid(with_text(with_number(block(), 0x30323736), 1, 0xFF, "H4MF200047"));
  EXPECT_EQ(label_serial(*edid), "0276H4MF200047");
  EXPECT_EQ(other_serial(*edid), "H4MF200047");
}

std::string with_maker(std::string bytes, std::string_view letters) {
  unsigned word = 0;
  for (const char letter : letters) word = word << 5 | static_cast<unsigned>(letter - '@');
  bytes[8] = static_cast<char>(word >> 8);
  bytes[9] = static_cast<char>(word & 0xFF);
  return bytes;
}

TEST(Edid, SamsungsWithAWayOfTheirOwn) {
  auto bytes = with_text(with_number(block(), 0x484E4C41), 1, 0xFF, "H900123");
  bytes[10] = 0x5A;
  bytes[11] = 0x0E;
  EXPECT_EQ(label_serial(*parse_edid(bytes)), "ALNHH900123");
  bytes[10] = 0x18;
  bytes[11] = 0x0C;
  EXPECT_EQ(label_serial(*parse_edid(bytes)), "1213090881");
}

TEST(Edid, BenQsLabelBeginsWithTheNumbersLetters) {
  const auto edid =
      parse_edid(with_text(with_number(with_maker(block(), "BNQ"), 0x5445), 1, 0xFF, "X1J08410019"));
  EXPECT_EQ(label_serial(*edid), "ETX1J08410019");
  EXPECT_EQ(other_serial(*edid), "X1J08410019");
  const auto plain =
      parse_edid(with_text(with_number(with_maker(block(), "BNQ"), 4711), 1, 0xFF, "X1J08410019"));
  EXPECT_EQ(label_serial(*plain), "X1J08410019");
}

TEST(Edid, PhilipsLabelHasTheNumberAsSixDigits) {
  const auto over_hdmi = parse_edid(with_number(with_maker(block(), "PHL"), 237));
  EXPECT_EQ(label_serial(*over_hdmi), "000237");
  EXPECT_EQ(other_serial(*over_hdmi), "000000ed");
  const auto with_both =
      parse_edid(with_text(with_number(with_maker(block(), "PHL"), 237), 1, 0xFF, "UK01612000237"));
  EXPECT_EQ(label_serial(*with_both), "UK01612000237");
  EXPECT_EQ(other_serial(*with_both), "");
}

TEST(Edid, EizosNumberIsADecimalOne) {
  EXPECT_EQ(label_serial(*parse_edid(with_number(with_maker(block(), "ENC"), 21211015))), "21211015");
}

TEST(Edid, PanelsAreNamedByTheirFreeTexts) {
  const auto edid = parse_edid(with_text(with_text(block(), 1, 0xFE, "AUO\n"), 2, 0xFE, "B150PG01\n"));
  EXPECT_EQ(edid->name, "AUO B150PG01");
}

TEST(Edid, DisplayIdNamesWhatTheFirstBlockDoesNot) {
  auto bytes = block();
  bytes[126] = 1;
  std::string extension(128, '\0');
  const std::string name = "A display of a long name";
  const std::string product = std::string(11, '\0') + static_cast<char>(name.size()) + name;
  extension[0] = 0x70;
  extension[1] = 0x13;
  extension[2] = static_cast<char>(product.size() + 3);
  extension[7] = static_cast<char>(product.size());
  extension.replace(8, product.size(), product);
  EXPECT_EQ(parse_edid(bytes + extension)->name, name);
}

TEST(Edid, ATimingOfCtaStandsInForAMissingOne) {
  auto bytes = block();
  std::string extension(128, '\0');
  extension[0] = 2;
  extension[1] = 3;
  extension[2] = 4;
  const std::string timing("\x02\x3A\x80\x18\x71\x38\x2D\x40\x58\x2C\x45\x00\x00\x00\x00\x00\x00\x1E", 18);
  extension.replace(4, 18, timing);
  const auto edid = parse_edid(bytes + extension);
  EXPECT_EQ(edid->width_pixels, 1920);
  EXPECT_EQ(edid->height_pixels, 1080);
}

TEST(DisplayMaker, KnowsTheUsualOnes) {
  EXPECT_EQ(display_maker("ACR"), "Acer Technologies");
  EXPECT_EQ(display_maker("ZCM"), "Zenith");
  EXPECT_EQ(display_maker("QQQ"), "");
}

}  // namespace
}  // namespace censo::agent
