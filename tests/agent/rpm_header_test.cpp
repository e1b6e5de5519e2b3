#include "agent/rpm_header.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace censo::agent {
namespace {

void append_word(base::Bytes& bytes, std::uint32_t word) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(word >> shift));
}

// A header of texts (type 6) and 32-bit numbers (type 4).
class Blob {
 public:
  Blob& text(std::uint32_t tag, std::string_view value) {
    entry(tag, 6, 1);
    data_.insert(data_.end(), value.begin(), value.end());
    data_.push_back(0);
    return *this;
  }
  Blob& number(std::uint32_t tag, std::uint32_t value, std::uint32_t count = 1) {
    entry(tag, 4, count);
    append_word(data_, value);
    return *this;
  }
  base::Bytes bytes() const {
    base::Bytes all;
    append_word(all, static_cast<std::uint32_t>(index_.size() / 16));
    append_word(all, static_cast<std::uint32_t>(data_.size()));
    all.insert(all.end(), index_.begin(), index_.end());
    all.insert(all.end(), data_.begin(), data_.end());
    return all;
  }

 private:
  void entry(std::uint32_t tag, std::uint32_t type, std::uint32_t count) {
    append_word(index_, tag);
    append_word(index_, type);
    append_word(index_, static_cast<std::uint32_t>(data_.size()));
    append_word(index_, count);
  }
  base::Bytes index_, data_;
};

Blob named() {
  return Blob().text(1000, "bash").text(1001, "5.2").text(1002, "3.el9");
}

TEST(RpmHeader, GivesNameAndVersionWithRelease) {
  const auto blob = named().bytes();
  const auto package = read_rpm_package(RpmHeader::parse(blob).value());
  EXPECT_EQ(package.value().name + " " + package.value().version, "bash 5.2-3.el9");
}

TEST(RpmHeader, PutsEpochBeforeVersion) {
  const auto blob = named().number(1003, 2).bytes();
  EXPECT_EQ(read_rpm_package(RpmHeader::parse(blob).value()).value().version, "2:5.2-3.el9");
}

TEST(RpmHeader, WithoutInstallTimeTellsNone) {
  const auto blob = named().bytes();
  EXPECT_EQ(read_rpm_package(RpmHeader::parse(blob).value()).value().installed_at_s, 0U);
}

TEST(RpmHeader, RefusesCountsBeyondTheBlob) {
  auto blob = named().bytes();
  blob[0] = 0x7f;
  EXPECT_EQ(RpmHeader::parse(blob).error().code, base::Errc::malformed);
}

TEST(RpmHeader, RefusesShortBlob) {
  EXPECT_EQ(RpmHeader::parse({}).error().code, base::Errc::malformed);
}

TEST(RpmHeader, RefusesCountOfNumbersBeyondTheData) {
  const auto blob = Blob().number(1008, 1, 0xffffffff).bytes();
  EXPECT_EQ(RpmHeader::parse(blob).value().numbers(1008).error().code, base::Errc::malformed);
}

TEST(RpmHeader, RefusesTextWithoutEnd) {
  auto blob = Blob().text(1000, "bash").bytes();
  blob.back() = 'x';
  EXPECT_EQ(RpmHeader::parse(blob).value().text(1000).error().code, base::Errc::malformed);
}

TEST(RpmHeader, RefusesNumberWhereTextBelongs) {
  const auto blob = Blob().number(1000, 7).bytes();
  EXPECT_EQ(RpmHeader::parse(blob).value().text(1000).error().code, base::Errc::malformed);
}

TEST(RpmHeader, WithoutNameIsNoPackage) {
  const auto blob = Blob().text(1001, "1").bytes();
  EXPECT_EQ(read_rpm_package(RpmHeader::parse(blob).value()).error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::agent
