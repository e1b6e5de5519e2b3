#include "base/id.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace censo::base {
namespace {
constexpr TimeMs in_2026 = 1'790'856'000'000;
}

TEST(Id, CarriesTheMillisecondsSince2020) {
  const SystemClock clock;
  const auto before = clock.now();
  const TimeMs made = (next_id(clock) >> 21) + 1'577'836'800'000;
  EXPECT_GE(made, before);
}
TEST(Id, IncreasesWithinOneMillisecond) {
  const ManualClock clock(in_2026);
  const auto first = next_id(clock);
  EXPECT_GT(next_id(clock), first);
}
TEST(Id, IncreasesWhenTheClockGoesBack) {
  ManualClock clock(in_2026);
  const auto first = next_id(clock);
  clock.set(0);
  EXPECT_GT(next_id(clock), first);
}
TEST(Id, IsUniqueOverThreads) {
  const SystemClock clock;
  std::vector<std::vector<std::int64_t>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine, &clock] {
        std::generate_n(std::back_inserter(mine), 2000, [&] { return next_id(clock); });
      });
    }
  }
  std::set<std::int64_t> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 8000u);
}
TEST(Id, IsWrittenAs13Characters) {
  EXPECT_EQ(id_to_text(1), "0000000000001");
}
TEST(Id, TheHighestIsWritten) {
  EXPECT_EQ(id_to_text(INT64_MAX), "7zzzzzzzzzzzz");
}
TEST(Id, TextIsReadBack) {
  EXPECT_EQ(*id_from_text(id_to_text(446'000'000'000'000'123)), 446'000'000'000'000'123);
}
TEST(Id, UpperCaseIsRead) {
  EXPECT_EQ(*id_from_text("000000000000Z"), 31);
}
TEST(Id, OrderOfTextIsOrderOfIds) {
  EXPECT_LT(id_to_text(31), id_to_text(32));
}

class NoId : public testing::TestWithParam<const char*> {};
TEST_P(NoId, IsRefused) {
  const auto id = id_from_text(GetParam());
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, Errc::malformed);
}
INSTANTIATE_TEST_SUITE_P(Id, NoId,
                         testing::Values("", "0000000000000", "8000000000000", "zzzzzzzzzzzzz",
                                         "000000000000u", "000000000001", "00000000000001", "INC-17",
                                         "00000000000-1"));

TEST(Uuid, RandomIsOfVersion4) {
  EXPECT_EQ(random_uuid()[14], '4');
}
TEST(Uuid, RandomDiffersEachTime) {
  EXPECT_NE(random_uuid(), random_uuid());
}
TEST(Uuid, HasTheVariantOfRfc9562) {
  EXPECT_NE(std::string("89ab").find(random_uuid()[19]), std::string::npos);
}
TEST(Uuid, TimeOrderedStartsWithTheMilliseconds) {
  EXPECT_EQ(time_ordered_uuid(ManualClock(0x0123456789ab)).substr(0, 15), "01234567-89ab-7");
}

}  // namespace censo::base
