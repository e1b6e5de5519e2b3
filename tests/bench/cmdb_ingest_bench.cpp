// What a report costs the collector: its bytes unpacked, read, checked, identified, stored, committed; beside
// a bare loop that unpacks, parses and stores the same packed rows in the same run. CPU time of this thread,
// so that other work on the machine does not count. Usage: cmdb_ingest_bench [HOSTS]
#include "base/id.h"
#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/ingest.h"
#include "cmdb/item_text_walk.h"
#include "cmdb/store/database.h"
#include "inventory/report_codec.h"
#include "tests/bench/bench_fleet.h"

#include <boost/json.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo::bench {
namespace {

constexpr int group = 50;  // reports in one commit

class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "censo-bench-XXXXXX";
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no folder " + pattern);
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string database() const { return path_ / "censo.db"; }

 private:
  std::filesystem::path path_;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double cpu_seconds_of(const std::function<void()>& work) {
  const double before = cpu_seconds();
  work();
  return cpu_seconds() - before;
}

std::vector<std::string> bodies(int hosts, std::uint64_t sequence, std::uint64_t content) {
  std::vector<std::string> made;
  for (int i = 0; i < hosts; ++i) {
    auto report = host(i, content, "agent-" + std::to_string(i));
    report.sequence = sequence;
    made.push_back(inventory::compress(inventory::to_json(report)));
  }
  return made;
}

class Collector {
 public:
  explicit Collector(const std::string& path) : connection_(store::open_connection(path)) {}

  void take(const std::vector<std::string>& reports) {
    for (std::size_t first = 0; first < reports.size(); first += group) {
      connection_->begin_write();
      for (std::size_t i = first; i < std::min(first + group, reports.size()); ++i) take_one(reports[i]);
      connection_->commit();
      for (const auto& step : steps_) step();
      steps_.clear();
    }
  }
  store::Connection& connection() { return *connection_; }

 private:
  void take_one(const std::string& body) {
    auto json = inventory::decompress(body);
    const auto report = inventory::read_report(std::move(*json), [this](std::string_view class_name) {
      return cmdb::stays_text(catalog_, class_name);
    });
    if (!report) throw std::runtime_error(base::to_string(report.error()));
    connection_->savepoint();
    store::Transaction tx(*connection_);
    const auto receipt = cmdb::ingest(tx, {catalog_, clock_, &rows_}, *report, clock_.now());
    if (!receipt) throw std::runtime_error(base::to_string(receipt.error()));
    connection_->release_savepoint();
    for (auto& step : tx.take_after_commit()) steps_.push_back(std::move(step));
  }

  const base::SystemClock clock_;
  const cmdb::ClassCatalog catalog_ = *cmdb::ClassCatalog::load(cmdb::built_in_schemas());
  cmdb::RowMemory rows_;
  std::unique_ptr<store::Connection> connection_;
  std::vector<std::function<void()>> steps_;
};

std::vector<base::Bytes> packed_rows(store::Connection& connection) {
  connection.begin_read();
  store::Transaction tx(connection);
  std::vector<base::Bytes> rows;
  for (const store::Row& row : tx.query("select packed_rows, operational, transient from component_set")) {
    base::Bytes all = row.bytes(0);
    for (const std::size_t column : {1u, 2u}) {
      all.insert(all.end(), row.bytes(column).begin(), row.bytes(column).end());
    }
    rows.push_back(std::move(all));
  }
  connection.rollback();
  return rows;
}

void bare_loop(const std::string& path, const std::vector<std::string>& reports,
               const std::vector<base::Bytes>& rows) {
  const auto connection = store::open_connection(path);
  connection->run_script("create table packed (id bigint primary key, bytes bytea not null)");
  store::Transaction tx(*connection);
  const std::size_t rows_a_host = rows.size() / reports.size();
  std::int64_t id = 0;
  std::vector<unsigned char> memory(16u << 20);
  for (std::size_t first = 0; first < reports.size(); first += group) {
    connection->begin_write();
    for (std::size_t i = first; i < std::min(first + group, reports.size()); ++i) {
      const auto json = inventory::decompress(reports[i]);
      boost::json::monotonic_resource resource(memory.data(), memory.size());
      const auto value = boost::json::parse(*json, &resource);
      if (!value.is_object()) throw std::runtime_error("no report");
      for (std::size_t row = 0; row < rows_a_host; ++row) {
        tx.execute("insert into packed (id, bytes) values ($1, $2)", ++id, rows[i * rows_a_host + row]);
      }
    }
    connection->commit();
  }
}

// All pages but those of the catalogue of rows, which all hosts share.
std::int64_t bytes_of_hosts(store::Connection& connection) {
  connection.begin_read();
  store::Transaction tx(connection);
  const auto row = tx.query_one("select sum(pgsize) from dbstat where name not like '%component_row%'");
  connection.rollback();
  return row->integer(0);
}

void line(const char* what, int hosts, double seconds, const char* goal) {
  std::printf("%-52s %9.0f /s %9.3f ms   %s\n", what, hosts / seconds, 1000 * seconds / hosts, goal);
}

void run(int hosts) {
  const auto first = bodies(hosts, 1, 1), unchanged = bodies(hosts, 2, 1), changed = bodies(hosts, 3, 2);
  std::printf("%d hosts, %zu bytes compressed each; CPU time of one thread\n", hosts, first[0].size());
  const Folder folder, bare;
  Collector collector(folder.database());
  const std::vector<std::string> warm(first.begin(), first.begin() + group),
      rest(first.begin() + group, first.end());
  collector.take(warm);
  const auto before = bytes_of_hosts(collector.connection());
  const int measured = hosts - group;
  const double first_seconds = cpu_seconds_of([&] { collector.take(rest); });
  line("first reports, 2,000 packages, in process", measured, first_seconds, "goal: 400 with TLS");
  const auto bytes = (bytes_of_hosts(collector.connection()) - before) / measured;
  const auto rows = packed_rows(collector.connection());
  const double bare_seconds = cpu_seconds_of([&] { bare_loop(bare.database(), first, rows); });
  line("bare loop: unpack, parse, store the packed rows", hosts, bare_seconds, "");
  std::printf("%-52s %9.2f      goal: 0.5\n", "share of the bare loop",
              (bare_seconds / hosts) / (first_seconds / measured));
  std::printf("%-52s %9lld bytes  goal: 10,000\n", "disk a host, without the shared catalogue",
              static_cast<long long>(bytes));
  line("unchanged reports, in process", hosts, cpu_seconds_of([&] { collector.take(unchanged); }), "");
  line("changed reports, in process", hosts, cpu_seconds_of([&] { collector.take(changed); }), "");
}

}  // namespace
}  // namespace censo::bench

int main(int argc, char** argv) {
  censo::bench::run(argc > 1 ? std::max(std::atoi(argv[1]), 2 * censo::bench::group) : 400);
}
