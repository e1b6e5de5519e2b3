#include "collector/http/admission.h"

#include <gtest/gtest.h>

namespace censo::collector::http {
namespace {

using namespace std::chrono_literals;

TEST(Network, OfIpv4HasTheBitsAskedFor) {
  EXPECT_EQ(network_of("192.0.2.1", 24, 64), network_of("192.0.2.200", 24, 64));
  EXPECT_NE(network_of("192.0.2.1", 32, 64), network_of("192.0.2.200", 32, 64));
}

TEST(Network, OfIpv6IsItsFirst64Bits) {
  EXPECT_EQ(network_of("2001:db8::1", 32, 64), network_of("2001:db8::ffff:1", 32, 64));
  EXPECT_NE(network_of("2001:db8::1", 32, 64), network_of("2001:db8:0:1::1", 32, 64));
}

TEST(Network, OfIpv4InIpv6IsThatOfIpv4) {
  EXPECT_EQ(network_of("::ffff:192.0.2.1", 32, 64), network_of("192.0.2.1", 32, 64));
}

class Slots : public testing::Test {
 protected:
  static Limits two() {
    Limits limits;
    limits.connections = limits.handshakes = limits.unproven_per_source = 2;
    return limits;
  }
  Limits limits = two();
  Admission admission{limits};
};

TEST_F(Slots, OfOneSourceEnd) {
  const auto a = admission.enter("192.0.2.1"), b = admission.enter("192.0.2.1");
  EXPECT_FALSE(admission.enter("192.0.2.1"));
  EXPECT_TRUE(admission.enter("192.0.2.2"));
}

TEST_F(Slots, AreGivenBack) {
  { const auto a = admission.enter("192.0.2.1"), b = admission.enter("192.0.2.1"); }
  EXPECT_TRUE(admission.has_room());
  EXPECT_TRUE(admission.enter("192.0.2.1"));
}

TEST_F(Slots, OfTheProvenCountInAllButNotForTheirSource) {
  auto a = admission.enter("192.0.2.1"), b = admission.enter("192.0.2.1");
  a->prove();
  b->prove();
  EXPECT_TRUE(admission.enter("192.0.2.1"));
  EXPECT_FALSE(admission.has_room());
}

TEST_F(Slots, WakeWhoWaitsWhenOneIsFree) {
  auto a = admission.enter("192.0.2.1");
  std::optional<Admission::Slot> b = admission.enter("192.0.2.2");
  int woken = 0;
  admission.when_room([&woken] { ++woken; });
  EXPECT_EQ(woken, 0);
  b.reset();
  EXPECT_EQ(woken, 1);
}

TEST_F(Slots, WakeAtOnceWhenThereIsRoom) {
  int woken = 0;
  admission.when_room([&woken] { ++woken; });
  EXPECT_EQ(woken, 1);
}

TEST(RateLimit, LetsThroughSoManyAMinute) {
  RateLimit limit(2);
  const std::chrono::steady_clock::time_point start{1h};
  EXPECT_FALSE(limit.exceeded("a", start));
  EXPECT_FALSE(limit.exceeded("a", start + 1s));
  EXPECT_EQ(limit.exceeded("a", start + 2s), 59);
  EXPECT_FALSE(limit.exceeded("b", start + 2s));
  EXPECT_FALSE(limit.exceeded("a", start + 60s));
}

TEST(ByteBudget, IsGivenBack) {
  ByteBudget budget(100);
  {
    ByteBudget::Share share(budget);
    EXPECT_TRUE(share.take(60));
    EXPECT_FALSE(share.take(60));
    EXPECT_TRUE(share.take(40));
  }
  ByteBudget::Share share(budget);
  EXPECT_TRUE(share.take(100));
}

}  // namespace
}  // namespace censo::collector::http
