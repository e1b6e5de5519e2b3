// Two collectors write into one server at once.
#include "base/id.h"
#include "tests/cmdb/ingest_fixture.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

namespace censo::cmdb {
namespace {

constexpr int hosts = 40;

class TwoCollectors : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::on_postgres()) GTEST_SKIP() << "CENSO_TEST_POSTGRES names no server";
    location = test::location("shared");
    first.emplace(store::DatabaseSettings{location});
    second.emplace(store::DatabaseSettings{location});
  }

  // The host as one scan job sees it, with two keys.
  inventory::Report host(int number, const std::string& job) const {
    inventory::Report report{{inventory::OriginKind::scanner, job, "1.0"},
                             0,
                             "",
                             clock.now(),
                             "server",
                             "web" + std::to_string(number),
                             {section("hardware", attributes({{"serial_number", "SERIAL-" + std::to_string(number)},
                                                              {"manufacturer", "Dell Inc."}})),
                              section("packages", {}, {package("bash", "5.2"), package("zlib", std::to_string(number))})},
                             {}};
    inventory::seal(report);
    return report;
  }
  // All hosts, each when the other collector takes the same one.
  void report_all(store::Database& database, const std::string& job, std::barrier<>& together) {
    for (int number = 0; number < hosts; ++number) {
      const auto report = host(number, job);
      together.arrive_and_wait();
      const auto written = database.write([&](store::Transaction& tx) -> store::Outcome {
        const auto receipt = ingest(tx, catalog, report, clock.now(), clock);
        return receipt ? store::Outcome{} : store::Outcome(receipt.error());
      });
      acknowledged += written ? 1 : 0;
      if (!written) ADD_FAILURE() << base::to_string(written.error());
    }
  }
  std::int64_t count(std::string_view what) {
    const auto connection = store::open_connection(location);
    return store::Transaction(*connection).query_one(what)->integer(0);
  }

  base::SystemClock clock;
  ClassCatalog catalog = *ClassCatalog::load(built_in_schemas());
  std::string location;
  std::optional<store::Database> first, second;
  std::atomic<int> acknowledged{0};
};

TEST_F(TwoCollectors, TheSameNewHostReportedThroughBothAtOnceIsOneItem) {
  std::barrier together(2);
  {
    const std::jthread one([&] { report_all(*first, "job-1", together); });
    const std::jthread two([&] { report_all(*second, "job-2", together); });
  }
  EXPECT_EQ(acknowledged, 2 * hosts);
  EXPECT_EQ(count("select count(*) from ci where class = 'server'"), hosts);
  EXPECT_EQ(count("select count(*) from ci_source"), 2 * hosts);
  EXPECT_EQ(count("select count(*) from component_row"), hosts + 1);
}

}  // namespace
}  // namespace censo::cmdb
