// What a report costs the collector: its bytes unpacked, read, checked, identified, stored, committed; first
// in this thread, then by the collector itself behind mutual TLS; beside a bare loop that unpacks, parses and
// stores the same packed rows in the same run. CPU time, so that other work on the machine does not count.
// Usage: cmdb_ingest_bench [HOSTS]
#include "base/id.h"
#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/ingest.h"
#include "cmdb/item_text_walk.h"
#include "cmdb/store/database.h"
#include "inventory/report_codec.h"
#include "tests/base/scratch_folder.h"
#include "tests/bench/agents_door.h"
#include "tests/bench/bench_fleet.h"
#include "tests/bench/cpu_time.h"
#include "tests/bench/number.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo::bench {
namespace {

constexpr int group = 50;  // reports in one commit

std::string body(const inventory::Report& report) {
  return inventory::compress(inventory::to_json(report));
}

inventory::Report host_report(int number, std::uint64_t sequence, std::uint64_t content,
                              const std::string& agent) {
  auto report = host(number, content, agent);
  report.sequence = sequence;
  return report;
}

std::vector<std::string> bodies(int hosts, std::uint64_t sequence, std::uint64_t content) {
  std::vector<std::string> made;
  for (int i = 0; i < hosts; ++i)
    made.push_back(body(host_report(i, sequence, content, "agent-" + std::to_string(i))));
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
    const auto report = inventory::read_report(
        std::move(*json),
        [this](std::string_view class_name) { return cmdb::stays_text(catalog_, class_name); },
        inventory::DigestsOfTexts::believed);
    if (!report) throw std::runtime_error(base::to_string(report.error()));
    store::Transaction tx(*connection_);
    const auto receipt = cmdb::ingest(tx, {catalog_, clock_, &rows_}, *report, clock_.now());
    if (!receipt) throw std::runtime_error(base::to_string(receipt.error()));
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

// What an unchanged report costs where nothing but a row is touched: no TLS, no HTTP, nobody asked who sends
// it.
double bare_touches(int hosts) {
  const base::ScratchFolder folder;
  const auto connection = store::open_connection(folder / "censo.db");
  connection->run_script("create table touched (id bigint primary key, last_seen bigint not null)");
  store::Transaction tx(*connection);
  constexpr int rounds = 40;
  const double seconds = cpu_seconds_of([&] {
    for (int i = 0; i < rounds * hosts; ++i) {
      if (i % group == 0) connection->begin_write();
      tx.execute(
          "insert into touched (id, last_seen) values ($1, $2)"
          " on conflict (id) do update set last_seen = excluded.last_seen",
          i % hosts, i);
      if (i % group == group - 1) connection->commit();
    }
  });
  return rounds * hosts / seconds;
}

struct TableBytes {
  std::string name;
  std::int64_t bytes = 0;
};

// All pages but those of the catalogue of rows, which all hosts share; indices under their table's name.
std::vector<TableBytes> tables_of_hosts(store::Connection& connection) {
  connection.begin_read();
  store::Transaction tx(connection);
  std::vector<TableBytes> tables;
  for (const store::Row& row :
       tx.query("select m.tbl_name, sum(d.pgsize) from dbstat d join sqlite_schema m on m.name = d.name"
                " where m.tbl_name <> 'component_row' group by 1 order by 2 desc"))
    tables.push_back({row.text(0), row.integer(1)});
  connection.rollback();
  return tables;
}

std::int64_t sum_of(const std::vector<TableBytes>& tables) {
  std::int64_t sum = 0;
  for (const TableBytes& table : tables) sum += table.bytes;
  return sum;
}

double line(const char* what, int hosts, double seconds) {
  std::printf("%-58s %9.0f /s %9.3f ms\n", what, hosts / seconds, 1000 * seconds / hosts);
  std::fflush(stdout);
  return hosts / seconds;
}

void print_disk(const std::vector<TableBytes>& tables, std::int64_t before, int hosts) {
  print_number({"disk a host, without the shared catalogue",
                static_cast<double>((sum_of(tables) - before) / hosts), "bytes", 10'000, false,
                "OCS 634 kB"});
  for (const TableBytes& table : tables) {
    if (table.bytes / hosts >= 100)
      std::printf("  %-56s %9lld bytes\n", table.name.c_str(), static_cast<long long>(table.bytes / hosts));
  }
}

void run_in_process(int hosts) {
  const auto first = bodies(hosts, 1, 1), unchanged = bodies(hosts, 2, 1), changed = bodies(hosts, 3, 2);
  std::printf("%d hosts, %zu bytes compressed each; in process, CPU time of one thread\n", hosts,
              first[0].size());
  const base::ScratchFolder folder, bare;
  Collector collector(folder / "censo.db");
  const std::vector<std::string> warm(first.begin(), first.begin() + group),
      rest(first.begin() + group, first.end());
  collector.take(warm);
  const auto before = sum_of(tables_of_hosts(collector.connection()));
  const int measured = hosts - group;
  const double first_seconds = cpu_seconds_of([&] { collector.take(rest); });
  line("first reports, 2,000 packages", measured, first_seconds);
  const auto tables = tables_of_hosts(collector.connection());
  const auto rows = packed_rows(collector.connection());
  const double bare_seconds = cpu_seconds_of([&] { bare_loop(bare / "censo.db", first, rows); });
  line("bare loop: unpack, parse, store the packed rows", hosts, bare_seconds);
  print_number({"first reports, in process, share of the bare loop",
                (bare_seconds / hosts) / (first_seconds / measured), "", 0.5, true});
  print_disk(tables, before, measured);
  line("unchanged reports, sent whole", hosts, cpu_seconds_of([&] { collector.take(unchanged); }));
  line("changed reports, sent whole", hosts, cpu_seconds_of([&] { collector.take(changed); }));
}

using collector::http::HttpRequest;

HttpRequest report_message(const std::string& body) {
  return {"POST",
          "/api/v1/reports",
          "",
          body,
          {{"Content-Type", "application/json"}, {"Content-Encoding", "zstd"}}};
}

HttpRequest offer_message(std::uint64_t sequence, const std::string& digest) {
  const std::string body = boost::json::serialize(
      boost::json::object{{"sequence", sequence}, {"digest", digest}, {"version", "1.0"}});
  return {"POST", "/api/v1/reports/offer", "", body, {{"Content-Type", "application/json"}}};
}

// Sends in groups that are under way at once.
double send_all(AgentsDoor& door, std::size_t from, std::size_t agents, const AgentsDoor::Message& message) {
  double seconds = 0;
  for (std::size_t first = from; first < agents; first += 2 * group)
    seconds += door.send(first, std::min(first + 2 * group, agents), message);
  return seconds;
}

void run_behind_tls(int hosts) {
  std::printf("behind mutual TLS, connections kept open: CPU time of the whole collector\n");
  const base::ScratchFolder folder;
  const auto agents = static_cast<std::size_t>(hosts);
  AgentsDoor door(folder.path(), agents);
  const auto report = [&](std::size_t agent, std::uint64_t sequence, std::uint64_t content) {
    return host_report(static_cast<int>(agent), sequence, content, door.id(agent));
  };
  const auto whole = [&](std::uint64_t sequence, std::uint64_t content) {
    return [=, &report](std::size_t agent) { return report_message(body(report(agent, sequence, content))); };
  };
  send_all(door, 0, group, whole(1, 1));
  print_number(
      {"first reports, 2,000 packages, behind TLS",
       line("first reports, 2,000 packages", hosts - group, send_all(door, group, agents, whole(1, 1))),
       "/s of CPU", 400, true, "OCS 1.3/s"});
  constexpr std::uint64_t rounds = 40;
  std::vector<std::string> digests;
  for (std::size_t i = 0; i < agents; ++i) digests.push_back(inventory::content_digest(report(i, 1, 1)));
  double offered = 0;
  for (std::uint64_t round = 2; round < 2 + rounds; ++round)
    offered += send_all(door, 0, agents, [&](std::size_t i) { return offer_message(round, digests[i]); });
  print_number({"unchanged reports, behind TLS",
                line("unchanged reports, offered", hosts * static_cast<int>(rounds), offered), "/s of CPU",
                15'000, true, "SQLite alone " + shown(bare_touches(hosts)) + "/s, OCS 1.9/s"});
  line("unchanged reports, sent whole", hosts, send_all(door, 0, agents, whole(100, 1)));
  line("changed reports, sent whole", hosts, send_all(door, 0, agents, whole(101, 2)));
  const auto without_packages = [&](std::size_t agent) {
    inventory::ReceivedReport sent{report(agent, 102, 2), {}};
    auto& sections = sent.report.sections;
    sections[0].attributes.set("model", "R650");
    inventory::seal(sent.report);
    const auto is_long = [](const auto& section) {
      return section.name == "dpkg" || section.name == "processes";
    };
    for (const auto& section : sections) {
      if (is_long(section)) sent.texts.unchanged.push_back({section.name, section.digest});
    }
    std::erase_if(sections, is_long);
    return report_message(inventory::compress(inventory::to_json(sent)));
  };
  line("changed reports, without the sections that are the same", hosts,
       send_all(door, 0, agents, without_packages));
}

}  // namespace
}  // namespace censo::bench

int main(int argc, char** argv) {
  const int hosts = argc > 1 ? std::max(std::atoi(argv[1]), 2 * censo::bench::group) : 400;
  censo::bench::run_in_process(hosts);
  // The collector logs every request: that costs, but is not to be read here.
  if (std::freopen("/dev/null", "w", stderr) == nullptr) return 1;
  try {
    censo::bench::run_behind_tls(hosts);
  } catch (const std::exception& fault) {
    std::printf("%s\n", fault.what());
    return 1;
  }
}
