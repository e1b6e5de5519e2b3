// Moments of the past on 100,000 items of which each changed once, against the same rows read bare in the
// same run; and what the past of packages costs on the disk.
#include "base/clock.h"
#include "base/id.h"
#include "cmdb/as_of.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/difference.h"
#include "cmdb/ingest.h"
#include "cmdb/item_state.h"
#include "cmdb/store/database.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo {
namespace {

constexpr int items = 100'000;
constexpr int packages = 2'000;
constexpr base::TimeMs begun = 1'790'000'000'000, changed = begun + 3'600'000, now = changed + 3'600'000;

const cmdb::ClassCatalog& catalog() {
  static const auto loaded = *cmdb::ClassCatalog::load(cmdb::built_in_schemas());
  return loaded;
}

class Fleet {
 public:
  Fleet() {
    store::Transaction tx(*connection);
    connection->begin_write();
    base::ManualClock clock(begun);
    for (int i = 0; i < items; ++i) add(tx, clock, i);
    clock.set(changed);
    cmdb::FeedWriter feed;
    for (const cmdb::CiId ci : ids) {
      cmdb::ItemState state = *cmdb::state_of(tx, ci);
      state.attributes.set("os_version", "13");
      cmdb::change_state(tx, {catalog(), changed, feed}, ci, state);
    }
    feed.write(tx, clock);
    connection->commit();
  }
  cmdb::CiId any() { return ids[random_() % ids.size()]; }
  std::string any_name() { return "host-" + std::to_string(100'000 + random_() % ids.size()); }

  std::unique_ptr<store::Connection> connection = store::open_connection(":memory:");
  std::vector<cmdb::CiId> ids;

 private:
  void add(store::Transaction& tx, const base::Clock& clock, int number) {
    ids.emplace_back(base::next_id(clock));
    tx.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen, since) values ($1, 'server', $2, "
        "'operate',"
        " $3, $4, $4)",
        ids.back().value, "host-" + std::to_string(100'000 + number),
        R"({"model":"R640","os_name":"Debian GNU/Linux","os_version":"12","serial_number":"SN-)" +
            std::to_string(number) + "\"}",
        begun);
  }
  std::mt19937 random_{1};
};

Fleet& fleet() {
  static Fleet made;
  return made;
}

void as_of_show(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  for (auto _ : state) benchmark::DoNotOptimize(cmdb::find_ci(tx, fleet().any(), {catalog(), begun + 1}));
}

void limit_two_rows_by_key(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  for (auto _ : state) {
    const auto ci = fleet().any().value;
    benchmark::DoNotOptimize(tx.query_one("select attributes, first_seen from ci where id = $1", ci));
    benchmark::DoNotOptimize(
        tx.query_one("select attributes from ci_past where ci_id = $1 and until > $2", ci, begun));
  }
}

void as_of_list_page(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  for (auto _ : state) {
    cmdb::ItemsThen all(tx, begun + 1, "", fleet().any_name());
    for (int i = 0; i < 50; ++i) benchmark::DoNotOptimize(all.next());
  }
}

void as_of_list_page_of_a_class_with_sources(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  cmdb::ConfigurationItem from;
  for (auto _ : state) {
    from.name = fleet().any_name();
    from.id = cmdb::CiId(1);
    benchmark::DoNotOptimize(
        cmdb::list_cis(tx, {"server", "", ""}, {50, cmdb::list_cursor(from)}, {catalog(), begun + 1}));
  }
}

void limit_list_page_of_now(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        tx.query("select id, class, name, stage, attributes from ci where (name, id) > ($1, 0) order by "
                 "name, id limit 50",
                 fleet().any_name()));
  }
}

// All pages: 100,000 items, each with one changed value.
void diff_of_everything(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  std::size_t rows = 0;
  for (auto _ : state) {
    cmdb::PageRequest request{1'000, ""};
    do {
      const auto page = cmdb::differences_of_all(tx, {catalog(), begun + 1, now}, request);
      rows += page->rows.size();
      request.after = page->next;
    } while (!request.after.empty());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(rows));
}

void diff_of_everything_when_nothing_changed(benchmark::State& state) {
  store::Transaction tx(*fleet().connection);
  for (auto _ : state) {
    benchmark::DoNotOptimize(cmdb::differences_of_all(tx, {catalog(), changed + 1, now}, {1'000, ""}));
  }
}

inventory::Report host(int number, std::uint64_t sequence, int upgraded) {
  inventory::Section dpkg{"dpkg", true, "", {}, {}, {}};
  for (int i = 0; i < packages; ++i) {
    inventory::Item package{"software_package", "", "", {}};
    package.attributes.set("manager", "dpkg");
    package.attributes.set("name", "package-" + std::to_string(i));
    package.attributes.set("version", i < upgraded ? "2.0" : "1.0");
    dpkg.items.push_back(std::move(package));
  }
  inventory::Report report{{inventory::OriginKind::agent, "agent-" + std::to_string(number), "1.0"},
                           sequence,
                           "",
                           0,
                           "server",
                           "host-" + std::to_string(number),
                           {std::move(dpkg)},
                           {}};
  inventory::seal(report);
  return report;
}

std::int64_t bytes(store::Transaction& tx) {
  return tx.query_one("select page_count * page_size from pragma_page_count, pragma_page_size")->integer(0);
}

// Not a time: what is on the disk after ten reports that say the same, and after 100 hosts upgraded 20
// packages.
void bytes_of_the_past(benchmark::State& state) {
  constexpr int hosts = 100, upgraded = 20;
  for (auto _ : state) {
    const auto connection = store::open_connection(":memory:");
    store::Transaction tx(*connection);
    base::ManualClock clock(begun);
    const auto take = [&](std::uint64_t sequence, int upgrades) {
      clock.advance(60'000);
      for (int i = 0; i < hosts; ++i) {
        const auto receipt = cmdb::ingest(tx, catalog(), host(i, sequence, upgrades), clock.now(), clock);
        if (!receipt) throw std::runtime_error(base::to_string(receipt.error()));
      }
    };
    take(1, 0);
    const std::int64_t first = bytes(tx);
    for (std::uint64_t sequence = 2; sequence < 12; ++sequence) take(sequence, 0);
    const std::int64_t same = bytes(tx);
    take(12, upgraded);
    const std::int64_t changes = bytes(tx);
    state.counters["bytes_a_host_first"] = static_cast<double>(first) / hosts;
    state.counters["bytes_a_host_10_same"] = static_cast<double>(same - first) / hosts;
    state.counters["bytes_a_changed_package"] = static_cast<double>(changes - same) / (hosts * upgraded);
  }
}

BENCHMARK(as_of_show)->Unit(benchmark::kMicrosecond);
BENCHMARK(limit_two_rows_by_key)->Unit(benchmark::kMicrosecond);
BENCHMARK(as_of_list_page)->Unit(benchmark::kMicrosecond);
BENCHMARK(as_of_list_page_of_a_class_with_sources)->Unit(benchmark::kMicrosecond);
BENCHMARK(limit_list_page_of_now)->Unit(benchmark::kMicrosecond);
BENCHMARK(diff_of_everything)->Unit(benchmark::kMillisecond);
BENCHMARK(diff_of_everything_when_nothing_changed)->Unit(benchmark::kMicrosecond);
BENCHMARK(bytes_of_the_past)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace censo

BENCHMARK_MAIN();
