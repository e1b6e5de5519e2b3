#include "collector/scanner/scan_job.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

std::vector<std::string> addresses(std::vector<std::string> ranges,
                                   std::vector<std::string> exclusions = {}) {
  ScanJob job;
  job.ranges = std::move(ranges);
  job.exclusions = std::move(exclusions);
  const auto targets = expand_targets(job);
  std::vector<std::string> found;
  if (!targets) return {to_string(targets.error())};
  for (const auto& target : *targets) found.push_back(target.address);
  return found;
}

using Texts = std::vector<std::string>;

TEST(Targets, APrefixLeavesOutNetworkAndBroadcast) {
  EXPECT_EQ(addresses({"10.0.0.0/30"}), (Texts{"10.0.0.1", "10.0.0.2"}));
}
TEST(Targets, APrefixOf31HasBothAddresses) {
  EXPECT_EQ(addresses({"10.0.0.0/31"}), (Texts{"10.0.0.0", "10.0.0.1"}));
}
TEST(Targets, APrefixOf32IsOneAddress) {
  EXPECT_EQ(addresses({"10.0.0.9/32"}), (Texts{"10.0.0.9"}));
}
TEST(Targets, ARangeHasBothEnds) {
  EXPECT_EQ(addresses({"10.0.0.255-10.0.1.1"}), (Texts{"10.0.0.255", "10.0.1.0", "10.0.1.1"}));
}
TEST(Targets, TheHighestAddressEndsARange) {
  EXPECT_EQ(addresses({"255.255.255.255"}), (Texts{"255.255.255.255"}));
}
TEST(Targets, AnAddressIsTakenOnce) {
  EXPECT_EQ(addresses({"10.0.0.1", "10.0.0.0/30"}), (Texts{"10.0.0.1", "10.0.0.2"}));
}
TEST(Targets, OrderIsThatOfTheRanges) {
  EXPECT_EQ(addresses({"10.0.0.9", "10.0.0.1"}), (Texts{"10.0.0.9", "10.0.0.1"}));
}

TEST(Targets, ReadsIPv6) {
  EXPECT_EQ(addresses({"2001:db8::5", "2001:db8::10/127"}),
            (Texts{"2001:db8::5", "2001:db8::10", "2001:db8::11"}));
}
TEST(Targets, TheHighestIPv6AddressEndsARange) {
  EXPECT_EQ(addresses({"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}),
            (Texts{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}));
}

TEST(Exclusions, WinOverRanges) {
  EXPECT_EQ(addresses({"10.0.0.0/29"}, {"10.0.0.2-10.0.0.5"}), (Texts{"10.0.0.1", "10.0.0.6"}));
}
TEST(Exclusions, OfAPrefixTakeItsEdgesToo) {
  EXPECT_EQ(addresses({"10.0.0.3-10.0.0.8"}, {"10.0.0.4/30"}), (Texts{"10.0.0.3", "10.0.0.8"}));
}
TEST(Exclusions, MayOverlap) {
  EXPECT_EQ(addresses({"10.0.0.1-10.0.0.9"}, {"10.0.0.2-10.0.0.6", "10.0.0.4-10.0.0.8"}),
            (Texts{"10.0.0.1", "10.0.0.9"}));
}
TEST(Exclusions, OfEverythingLeaveNothing) {
  EXPECT_EQ(addresses({"10.0.0.0/24"}, {"0.0.0.0/0"}), Texts{});
}
TEST(Exclusions, OfALargeStretchCostNothing) {
  EXPECT_EQ(addresses({"10.0.0.0-10.255.255.255"}, {"10.0.0.1-10.255.255.255"}), (Texts{"10.0.0.0"}));
}

std::string fault_of(std::string range) {
  return addresses({std::move(range)}).at(0);
}
const std::string expected =
    "expected an address, a prefix (10.0.0.0/24) or a range (10.0.0.5-10.0.0.20), found ";

TEST(BadRange, NamesWhatIsNoAddress) {
  EXPECT_EQ(fault_of("router1"), expected + "no address (router1)");
}
TEST(BadRange, NamesAPrefixTooLong) {
  EXPECT_EQ(fault_of("10.0.0.0/33"),
            expected + "a prefix length that is not a number from 0 to 32 (10.0.0.0/33)");
}
TEST(BadRange, NamesBitsBeyondThePrefix) {
  EXPECT_EQ(fault_of("10.0.0.1/24"), expected + "address bits beyond the prefix length (10.0.0.1/24)");
}
TEST(BadRange, NamesAnEndBeforeTheBeginning) {
  EXPECT_EQ(fault_of("10.0.0.9-10.0.0.1"), expected + "an end before the beginning (10.0.0.9-10.0.0.1)");
}
TEST(BadRange, NamesAMixOfFamilies) {
  EXPECT_EQ(fault_of("10.0.0.1-2001:db8::1"),
            expected + "an IPv4 and an IPv6 address (10.0.0.1-2001:db8::1)");
}
TEST(BadRange, NamesAMissingEnd) {
  EXPECT_EQ(fault_of("10.0.0.1-"), expected + "no address after the dash (10.0.0.1-)");
}
TEST(BadRange, InAnExclusionIsRefusedToo) {
  EXPECT_EQ(addresses({"10.0.0.1"}, {"x"}).at(0), expected + "no address (x)");
}

TEST(Targets, NoneIsRefused) {
  EXPECT_EQ(addresses({}).at(0), "expected at least one range, found none");
}
TEST(Targets, TooManyAreRefused) {
  EXPECT_EQ(fault_of("10.0.0.0/8"), "the ranges have more than 1048576 addresses (10.0.0.0/8)");
}
TEST(Targets, ALargeIPv6PrefixIsRefused) {
  EXPECT_EQ(fault_of("2001:db8::/64"), "the ranges have more than 1048576 addresses (2001:db8::/64)");
}

}  // namespace
}  // namespace censo::scanner
