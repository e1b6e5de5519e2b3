#include "inventory/report_codec.h"

#include <gtest/gtest.h>

#include <random>

namespace censo::inventory {
namespace {

std::string verdict(std::string_view compressed, const ReportLimits& limits = {}) {
  const auto text = decompress(compressed, limits);
  return text ? "accepted" : text.error().reason;
}
std::string noise(std::size_t size) {
  std::mt19937 engine(1);
  std::string text(size, '\0');
  for (auto& c : text) c = static_cast<char>(engine() & 0xff);
  return text;
}

}  // namespace

TEST(Compression, TextComesBack) {
  EXPECT_EQ(*decompress(compress("{\"a\":1}")), "{\"a\":1}");
}
TEST(Compression, NothingComesBack) {
  EXPECT_EQ(*decompress(compress("")), "");
}
TEST(Compression, AMegabyteOfNoiseComesBack) {
  const std::string text = noise(1024 * 1024);
  EXPECT_EQ(*decompress(compress(text)), text);
}
TEST(Compression, TheCompressedSizeIsLimited) {
  EXPECT_EQ(verdict(noise(2 * 1024 * 1024 + 1)), "BODY_TOO_LARGE");
}
TEST(Compression, TheSizeIsLimited) {
  ReportLimits limits;
  limits.max_bytes = 1000;
  EXPECT_EQ(verdict(compress(noise(1001)), limits), "BODY_TOO_LARGE");
}
TEST(Compression, TheSizeAtTheLimitIsRead) {
  ReportLimits limits;
  limits.max_bytes = 1000;
  EXPECT_EQ(verdict(compress(noise(1000)), limits), "accepted");
}
TEST(Compression, ABombIsRefused) {
  EXPECT_EQ(verdict(compress(std::string(8'000'000, 'a'))), "RATIO_TOO_HIGH");
}
TEST(Compression, TheRatioDoesNotCountBelow64KiB) {
  EXPECT_EQ(verdict(compress(std::string(64 * 1024, 'a'))), "accepted");
}
TEST(Compression, AboveTheLimitIsLimitExceeded) {
  EXPECT_EQ(decompress(compress(std::string(8'000'000, 'a'))).error().code, base::Errc::limit_exceeded);
}
TEST(Compression, NoiseIsRefused) {
  EXPECT_EQ(verdict("{\"a\":1}"), "BAD_COMPRESSION");
}
TEST(Compression, EmptyInputIsRefused) {
  EXPECT_EQ(verdict(""), "BAD_COMPRESSION");
}
TEST(Compression, ATruncatedFrameIsRefused) {
  const std::string whole = compress(noise(1000));
  EXPECT_EQ(verdict(std::string_view(whole).substr(0, whole.size() - 1)), "BAD_COMPRESSION");
}
TEST(Compression, ASecondFrameIsRefused) {
  EXPECT_EQ(verdict(compress("a") + compress("b")), "BAD_COMPRESSION");
}
TEST(Compression, BytesBehindTheFrameAreRefused) {
  EXPECT_EQ(verdict(compress("a") + "b"), "BAD_COMPRESSION");
}
TEST(Compression, ASkippableFrameIsRefused) {
  EXPECT_EQ(verdict(std::string("\x50\x2a\x4d\x18\x01\0\0\0x", 9) + compress("a")), "BAD_COMPRESSION");
}
// A frame header that names dictionary 1 (RFC 8878, 3.1.1.1): descriptor 0x21 = single segment, one-byte
// dictionary id.
TEST(Compression, ADictionaryIsRefused) {
  const auto text = decompress(std::string_view("\x28\xb5\x2f\xfd\x21\x01\x01\x09\0\0a", 11));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "expected a frame without a dictionary");
}
// Window descriptor 0x70: 2^24 bytes, twice what we hold.
TEST(Compression, AWindowOf16MiBIsRefused) {
  EXPECT_EQ(verdict(std::string_view("\x28\xb5\x2f\xfd\x00\x70\x09\0\0a", 10)), "BAD_COMPRESSION");
}
TEST(Compression, AWindowOf8MiBIsRead) {
  EXPECT_EQ(verdict(std::string_view("\x28\xb5\x2f\xfd\x00\x68\x09\0\0a", 10)), "accepted");
}

}  // namespace censo::inventory
