// How fast reports with 2,000 packages are stored, against the bare engine writing the same packed bytes. One
// run shows both: compare the ratio, not the single figure. Every database is a file and every group is one
// durable commit.
#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/ingest.h"
#include "cmdb/packed_ids.h"
#include "cmdb/store/database.h"
#include "inventory/report.h"
#include "tests/base/scratch_folder.h"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace censo {
namespace {

constexpr int packages = 2'000;
constexpr int group = 100;  // reports in one commit

std::uintmax_t bytes_in(const std::string& folder) {
  std::uintmax_t all = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) all += file.file_size();
  return all;
}

inventory::Item package(int number, const std::string& version) {
  inventory::Item item{"software_package", "", "", {}};
  item.attributes.set("manager", "dpkg");
  item.attributes.set("name", "package-" + std::to_string(number));
  item.attributes.set("version", version);
  item.attributes.set("architecture", "amd64");
  item.attributes.set("maintainer", "Debian Maintainers <maintainers@example.org>");
  return item;
}

// A host of a fleet: most packages are everywhere, a few differ.
inventory::Report host(int number, std::uint64_t sequence) {
  inventory::Report report;
  report.origin = {inventory::OriginKind::agent, "agent-" + std::to_string(number), "1.0"};
  report.sequence = sequence;
  report.subject_class = "server";
  report.subject_name = "host-" + std::to_string(number);
  inventory::Section hardware{"hardware", true, "", {}, {}, {}};
  hardware.attributes.set("serial_number", "SN-" + std::to_string(100'000 + number));
  hardware.attributes.set("model", "R640");
  inventory::Section dpkg{"dpkg", true, "", {}, {}, {}};
  for (int i = 0; i < packages; ++i) {
    const bool differs = (i * 31 + number) % 100 == 0;
    dpkg.items.push_back(package(i, differs ? "2." + std::to_string(number % 7) : "1.0"));
  }
  report.sections = {std::move(hardware), std::move(dpkg)};
  inventory::seal(report);
  return report;
}

std::vector<inventory::Report> fleet(int first, std::uint64_t sequence) {
  std::vector<inventory::Report> reports;
  for (int i = 0; i < group; ++i) reports.push_back(host(first + i, sequence));
  return reports;
}

const cmdb::ClassCatalog& catalog() {
  static const auto loaded = *cmdb::ClassCatalog::load(cmdb::built_in_schemas());
  return loaded;
}

void take_in(store::Connection& connection, const std::vector<inventory::Report>& reports) {
  const base::SystemClock clock;
  store::Transaction tx(connection);
  connection.begin_write();
  for (const auto& report : reports) {
    connection.savepoint();
    const auto receipt = cmdb::ingest(tx, catalog(), report, clock.now(), clock);
    if (!receipt) throw std::runtime_error(base::to_string(receipt.error()));
    connection.release_savepoint();
  }
  connection.commit();
}

void first_reports(benchmark::State& state) {
  const base::ScratchFolder folder;
  const auto connection = store::open_connection(folder / "censo.db");
  take_in(*connection, fleet(0, 1));  // the catalogue of packages is there
  int next = group;
  for (auto _ : state) {
    state.PauseTiming();
    const auto reports = fleet(next, 1);
    next += group;
    state.ResumeTiming();
    take_in(*connection, reports);
  }
  state.SetItemsProcessed(state.iterations() * group);
  state.counters["bytes_a_host"] = static_cast<double>(bytes_in(folder.path())) / next;
}

// One package in a hundred got a new version.
void changed_reports(benchmark::State& state) {
  const base::ScratchFolder folder;
  const auto connection = store::open_connection(folder / "censo.db");
  take_in(*connection, fleet(0, 1));
  std::uint64_t sequence = 1;
  for (auto _ : state) {
    state.PauseTiming();
    auto reports = fleet(0, ++sequence);
    for (auto& report : reports) {
      for (int i = 0; i < packages; i += 100) {
        report.sections[1].items[static_cast<std::size_t>(i)].attributes.set("version",
                                                                             std::to_string(sequence));
      }
      inventory::seal(report);
    }
    state.ResumeTiming();
    take_in(*connection, reports);
  }
  state.SetItemsProcessed(state.iterations() * group);
}

void unchanged_reports(benchmark::State& state) {
  const base::ScratchFolder folder;
  const auto connection = store::open_connection(folder / "censo.db");
  auto reports = fleet(0, 1);
  take_in(*connection, reports);
  for (auto _ : state) {
    for (auto& report : reports) ++report.sequence;
    take_in(*connection, reports);
  }
  state.SetItemsProcessed(state.iterations() * group);
}

// The limit: the engine alone, writing one packed list of 2,000 ids a host.
void limit_packed_lists(benchmark::State& state) {
  const base::ScratchFolder folder;
  const auto connection = store::open_connection(folder / "censo.db");
  connection->run_script("create table packed (id bigint primary key, bytes bytea not null)");
  store::Transaction tx(*connection);
  cmdb::RowIds ids;
  for (std::int64_t i = 0; i < packages; ++i) ids.push_back((std::int64_t{1} << 60) + i * 300);
  const base::Bytes bytes = cmdb::pack_ids(ids);
  std::int64_t next = 0;
  for (auto _ : state) {
    connection->begin_write();
    for (int i = 0; i < group; ++i)
      tx.execute("insert into packed (id, bytes) values ($1, $2)", ++next, bytes);
    connection->commit();
  }
  state.SetItemsProcessed(state.iterations() * group);
}

// The limit of an unchanged report: one look-up and one update a host.
void limit_touch(benchmark::State& state) {
  const base::ScratchFolder folder;
  const auto connection = store::open_connection(folder / "censo.db");
  connection->run_script("create table touched (id bigint primary key, at bigint not null)");
  store::Transaction tx(*connection);
  for (std::int64_t id = 1; id <= group; ++id) tx.execute("insert into touched (id, at) values ($1, 0)", id);
  std::int64_t at = 0;
  for (auto _ : state) {
    connection->begin_write();
    ++at;
    for (std::int64_t id = 1; id <= group; ++id) {
      benchmark::DoNotOptimize(tx.query_one("select at from touched where id = $1", id));
      tx.execute("update touched set at = $2 where id = $1", id, at);
    }
    connection->commit();
  }
  state.SetItemsProcessed(state.iterations() * group);
}

BENCHMARK(first_reports)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(changed_reports)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(unchanged_reports)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(limit_packed_lists)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(limit_touch)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace censo

BENCHMARK_MAIN();
