#include "collector/scanner/sweep/roster.h"

#include "collector/scanner/scan_job.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace censo::scanner {
namespace {

std::vector<ScanTarget> targets() {
  ScanJob job;
  job.ranges = {"10.2.0.0/22", "10.1.0.5-10.1.0.9", "2001:db8::1-2001:db8::20", "2001:db8:0:1::1"};
  return expand_targets(job).value();
}

TEST(Roster, FindsAnAddressByItsValueAndPort) {
  const auto all = targets();
  const auto roster = Roster::of(all, true).value();
  EXPECT_EQ(roster.size(), 1'022u + 5u);
  for (Roster::Slot slot = 0; slot < roster.size(); ++slot) {
    const auto& member = roster[slot];
    EXPECT_EQ(all[member.target].address, to_text(member.address));
    EXPECT_EQ(roster.find(member.address, 161), slot);
    EXPECT_FALSE(roster.find(member.address, 162));
  }
  EXPECT_FALSE(roster.find(*parse_address("10.1.0.4"), 161));
  EXPECT_FALSE(roster.find(*parse_address("2001:db8::1"), 161));
}

TEST(Roster, KnowsItsSubnets) {
  EXPECT_EQ(Roster::of(targets(), true)->subnets(), 5u);
  EXPECT_EQ(Roster::of(targets(), false)->subnets(), 2u);
}

TEST(Roster, SpreadsEachSubnetOverTheSweep) {
  const auto roster = Roster::of(targets(), true).value();
  const auto order = roster.spread_order(1);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<Roster::Slot> each(roster.size());
  std::iota(each.begin(), each.end(), 0);
  EXPECT_EQ(sorted, each);
  EXPECT_NE(order, each);
  // Five subnets take turns until the smallest, of five addresses, has none left; then four do, two of which
  // have an address more.
  for (std::size_t i = 5; i < order.size() - 2; ++i) {
    const std::size_t round = i < 25 ? 4 : 3;
    for (std::size_t j = 1; j < round; ++j)
      EXPECT_NE(roster[order[i]].subnet, roster[order[i - j]].subnet) << i;
  }
  EXPECT_NE(order, roster.spread_order(2));
}

TEST(Roster, RefusesWhatIsNoAddress) {
  const std::vector<ScanTarget> wrong{{"10.0.0.1", 161}, {"printer", 161}};
  const auto roster = Roster::of(wrong, true);
  ASSERT_FALSE(roster);
  EXPECT_EQ(roster.error().where, "printer");
}

}  // namespace
}  // namespace censo::scanner
