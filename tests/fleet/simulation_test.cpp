#include "tests/fleet/simulation.h"

#include "inventory/report_codec.h"
#include "tests/fleet/factory.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace censo::fleet {
namespace {

struct Told {
  std::vector<std::string> digests;
  std::vector<base::TimeMs> times;
  Truth truth;
};

Told tell(std::uint64_t seed) {
  Told told;
  const auto report = [&](const Sighting& sighting) {
    told.digests.push_back(inventory::content_digest(sighting.report));
    told.times.push_back(sighting.at);
  };
  told.truth = simulate({400, 6, seed}, {report, [](std::size_t) {}});
  return told;
}

TEST(Simulation, TheSameSeedGivesTheSameReports) {
  EXPECT_EQ(tell(7).digests, tell(7).digests);
}

TEST(Simulation, AnotherSeedGivesOthers) {
  EXPECT_NE(tell(7).digests, tell(8).digests);
}

TEST(Simulation, ReportsComeInOrderOfTimeButForSecondAddresses) {
  const auto times = tell(7).times;
  constexpr base::TimeMs quarter_hour = 900'000;
  EXPECT_TRUE(
      std::ranges::is_sorted(times, [](base::TimeMs a, base::TimeMs b) { return a + quarter_hour < b; }));
}

// So that no measurement passes because nothing happened.
TEST(Simulation, EverythingHappens) {
  const Truth truth = simulate({6'000, 12, 1}, {[](const Sighting&) {}, [](std::size_t) {}});
  EXPECT_EQ(std::ranges::count(truth.counts, 0u), 0);
}

TEST(Simulation, RecordsAreOfAssets) {
  const Truth truth = tell(7).truth;
  EXPECT_TRUE(std::ranges::all_of(truth.records,
                                  [&](const Record& record) { return record.asset < truth.assets.size(); }));
}

TEST(Simulation, MachinesThatNobodyReportsAreFew) {
  const Truth truth = tell(7).truth;
  std::vector<bool> reported(truth.assets.size());
  for (const Record& record : truth.records) reported[record.asset] = true;
  EXPECT_LT(std::ranges::count(reported, false), static_cast<std::ptrdiff_t>(truth.assets.size() / 20));
}

TEST(Factory, TheOtherByteOrderOfAUuidTwiceIsTheSame) {
  const std::string uuid = "564d4cbc-c6a9-1969-a6e9-c19d2f7c1234";
  EXPECT_EQ(uuid_in_other_byte_order(uuid), "bc4c4d56-a9c6-6919-a6e9-c19d2f7c1234");
  EXPECT_EQ(uuid_in_other_byte_order(uuid_in_other_byte_order(uuid)), uuid);
}

}  // namespace
}  // namespace censo::fleet
