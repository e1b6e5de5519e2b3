// Impact on 1,000,000 items and 5,000,000 relationships of a shaped fleet (pairs of distribution switches,
// access switches, hosts, services), beside the raw limits in the same run: a bare walk over packed arrays,
// and recursive SQL. CENSO_BENCH_PAIRS (226) scales it: one pair of switches is about 4,420 items.
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/impact_graph.h"
#include "cmdb/impact_walk.h"
#include "cmdb/store/database.h"
#include "collector/collector.h"
#include "tests/base/scratch_folder.h"
#include "tests/collector/http/tls_client.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace censo {
namespace {

using cmdb::CiGraph;
using cmdb::CiId;
using cmdb::CiIndex;
using cmdb::Direction;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int switches_a_pair = 20, hosts_a_switch = 22, services_a_host = 9;
constexpr std::int64_t first_id = std::int64_t{1} << 58;
constexpr std::int64_t id_step = 3'000;

double ms_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return Milliseconds(std::chrono::steady_clock::now() - begin).count();
}

void print_times(const char* what, std::vector<double> times, const char* goal) {
  std::sort(times.begin(), times.end());
  std::printf("%-58s p50 %8.3f ms   p99 %8.3f ms   %s\n", what, times[times.size() / 2],
              times[times.size() * 99 / 100], goal);
  std::fflush(stdout);
}

std::vector<double> times_of(int rounds, const std::function<void(int)>& work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) times.push_back(ms_of([&] { work(i); }));
  return times;
}

int pairs() {
  const char* given = std::getenv("CENSO_BENCH_PAIRS");
  return given ? std::max(1, std::atoi(given)) : 226;
}

// Writes the fleet straight into the tables.
class Fleet {
 public:
  explicit Fleet(store::Connection& connection) : tx_(connection) {
    connection.begin_write();
    tx_.execute("insert into origin (id, kind, native_id) values (1, 'agent', 'bench')");
    for (int pair = 0; pair < pairs(); ++pair) add_pair(pair);
    tx_.execute(
        "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
        "problems,"
        " first_seen, last_seen) values (1, 1, '', $1, 1, '', '', '[]', 1, 1)",
        first_id);
    std::sort(relations_.begin(), relations_.end());
    relations_.erase(std::unique(relations_.begin(), relations_.end()), relations_.end());
    for (const auto& [type, from, to] : relations_) {
      tx_.execute(
          "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen)"
          " values ($1, $2, $3, $4, 1, 'bench', '{}', 1)",
          ++relation_id_, type, from, to);
    }
    connection.commit();
  }
  std::size_t items() const { return static_cast<std::size_t>(items_); }
  std::size_t relationships() const { return relations_.size(); }
  const std::vector<std::array<CiId, 2>>& distribution() const { return distribution_; }

  static void add_rules(store::Connection& connection) {
    connection.begin_write();
    store::Transaction tx(connection);
    tx.execute(
        "insert into redundancy_rule (ci_id, relation, since, min_up, set_by)"
        " select id, 'uplink_of', 1, 1, 'bench' from ci where class in ('switch', 'server') and name not "
        "like 'dist%'");
    tx.execute(
        "insert into redundancy_rule (ci_id, relation, since, min_up, set_by)"
        " select id, 'depends_on', 1, 1, 'bench' from ci where class = 'web_server' and name like '%0'");
    connection.commit();
  }

 private:
  std::int64_t add(const char* class_name, const std::string& name) {
    const std::int64_t id = first_id + id_step * ++items_ - id_step;
    tx_.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen, since)"
        " values ($1, $2, $3, 'operate', '{}', 1, 1)",
        id, class_name, name);
    return id;
  }
  void relate(const char* type, std::int64_t from, std::int64_t to) {
    relations_.push_back({type, from, to});
  }

  void add_pair(int pair) {
    const std::string place = std::to_string(pair);
    const std::int64_t left = add("switch", "dist-" + place + "a"),
                       right = add("switch", "dist-" + place + "b");
    distribution_.push_back({CiId(left), CiId(right)});
    std::vector<std::int64_t> access, services;
    for (int i = 0; i < switches_a_pair; ++i) {
      access.push_back(add("switch", "sw-" + place + "-" + std::to_string(i)));
      relate("uplink_of", left, access.back());
      relate("uplink_of", right, access.back());
    }
    for (int i = 0; i < switches_a_pair * hosts_a_switch; ++i) {
      const std::int64_t host = add("server", "host-" + place + "-" + std::to_string(i));
      const auto own = static_cast<std::size_t>(i % switches_a_pair);
      relate("uplink_of", access[own], host);
      relate("uplink_of", access[own ^ 1U], host);
      for (int service = 0; service < services_a_host; ++service) {
        services.push_back(add("web_server", "svc-" + place + "-" + std::to_string(services.size())));
        relate("runs_on", services.back(), host);
      }
    }
    // And depend on others of the same site.
    for (const std::int64_t service : services) {
      for (int i = random_() % 3 == 0 ? 5 : 4; i > 0; --i) {
        relate("depends_on", service, services[random_() % services.size()]);
      }
    }
  }

  store::Transaction tx_;
  std::mt19937 random_{1};
  std::int64_t items_ = 0, relation_id_ = 0;
  std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> relations_;
  std::vector<std::array<CiId, 2>> distribution_;
};

// The bare minimum: packed arrays, a mark an item, nothing but who is reached.
class BareWalk {
 public:
  explicit BareWalk(const CiGraph& graph) : marks_(graph.size(), 0) {
    for (CiIndex item = 0; item < graph.size(); ++item) {
      begin_.push_back(static_cast<std::uint32_t>(targets_.size()));
      graph.each_consumer(item, [this](CiIndex other, cmdb::RelationIndex) { targets_.push_back(other); });
    }
    begin_.push_back(static_cast<std::uint32_t>(targets_.size()));
  }
  std::size_t reach(CiIndex from) {
    ++mark_;
    reached_.assign(1, from);
    marks_[from] = mark_;
    for (std::size_t at = 0; at < reached_.size(); ++at) {
      for (std::uint32_t i = begin_[reached_[at]]; i < begin_[reached_[at] + 1]; ++i) {
        if (std::exchange(marks_[targets_[i]], mark_) != mark_) reached_.push_back(targets_[i]);
      }
    }
    return reached_.size();
  }

 private:
  std::vector<std::uint32_t> begin_, targets_, marks_;
  std::vector<CiIndex> reached_;
  std::uint32_t mark_ = 0;
};

class Bench {
 public:
  Bench(store::Connection& connection, const Fleet& fleet)
      : connection_(connection), tx_(connection), fleet_(fleet) {}

  void rebuild(bool with_rules) {
    std::size_t bytes = 0, items = 0, relationships = 0;
    graph_ = std::make_unique<cmdb::ImpactGraph>(clock_);
    const double ms = ms_of([&] { read([](const CiGraph&) {}); });
    read([&](const CiGraph& graph) {
      bytes = graph.bytes();
      items = graph.size();
      relationships = graph.relationships();
    });
    const double bare_ms = ms_of([&] { step_rows(); });
    std::printf("%-58s %8.2f s    goal <= 3 s for 1 M / 5 M\n",
                with_rules ? "rebuilt from SQLite, with rules" : "rebuilt from SQLite", ms / 1'000);
    std::printf("  limit: reading the same rows and keeping nothing %.2f s: %.2f times as long\n",
                bare_ms / 1'000, ms / bare_ms);
    std::printf(
        "  %zu items, %zu of %zu relationships carry harm, %.1f MB: %.1f bytes an item with all its"
        " relationships   goal <= 100\n",
        items, relationships, fleet_.relationships(), static_cast<double>(bytes) / 1e6,
        static_cast<double>(bytes) / static_cast<double>(items));
    std::fflush(stdout);
  }

  // One or both switches of a pair fail.
  void walks(const char* what, std::size_t failing, const char* goal) {
    std::size_t reached = 0, down = 0;
    std::vector<double> times;
    read([&](const CiGraph& graph) {
      times = times_of(1'000, [&](int round) {
        const auto& pair = pair_of(round);
        std::vector<CiIndex> failed;
        for (std::size_t i = 0; i < failing; ++i) failed.push_back(*graph.find(pair[i]));
        const cmdb::Walk walk = walk_downstream(graph, {failed, {}});
        reached = walk.reached.size() - walk.failed;
        down = static_cast<std::size_t>(
            std::ranges::count(walk.reached, cmdb::Verdict::down, &cmdb::Reached::verdict));
      });
    });
    print_times(what, std::move(times), goal);
    std::printf("  %zu reached, %zu down with the failed\n", reached, down);
  }

  void with_names() {
    print_times("the same with catching up, names, reasons",
                times_of(300,
                         [&](int round) {
                           cmdb::impact(tx_, {*graph_, catalog_}, {{pair_of(round)[0]}});
                         }),
                "");
  }

  void bare_walk() {
    read([&](const CiGraph& graph) {
      BareWalk bare(graph);
      std::vector<CiIndex> places;
      for (const auto& pair : fleet_.distribution()) places.push_back(*graph.find(pair[0]));
      print_times(
          "limit: bare walk over packed arrays",
          times_of(1'000,
                   [&](int round) { bare.reach(places[static_cast<std::size_t>(round) % places.size()]); }),
          "");
    });
  }

  void recursive_sql() {
    print_times(
        "limit: recursive SQL, union of ids",
        times_of(
            30,
            [&](int round) {
              tx_.query(
                  "with recursive hit (id) as (select cast($1 as bigint) union"
                  " select case when r.type = 'uplink_of' then r.to_ci else r.from_ci end from hit join "
                  "relationship r"
                  " on (r.type = 'uplink_of' and r.from_ci = hit.id or r.type in ('runs_on', 'depends_on')"
                  " and r.to_ci = hit.id) where r.ended_at is null) select id from hit",
                  pair_of(round)[0].value);
            }),
        "");
  }

  void catch_up(int rows_of_the_last_minute) {
    for (int i = 0; i < rows_of_the_last_minute; ++i) tell(1);
    read([](const CiGraph&) {});
    print_times("a question when nothing changed", times_of(500, [&](int) { read([](const CiGraph&) {}); }),
                "");
    const auto links = tx_.query("select id from relationship where type = 'depends_on' limit 500");
    std::vector<double> times;
    for (const auto& link : links) {
      tx_.execute("update relationship set ended_at = 2 where id = $1", link.integer(0));
      tell(link.integer(0));
      times.push_back(ms_of([&] { read([](const CiGraph&) {}); }));
    }
    print_times("catching up with one change", std::move(times), "");
  }

  const std::array<CiId, 2>& pair_of(int round) const {
    return fleet_.distribution()[static_cast<std::size_t>(round) % fleet_.distribution().size()];
  }

 private:
  void step_rows() {
    const auto nothing = [](store::Row&&) { return true; };
    tx_.each("select id, class, name, stage from ci order by id", nothing);
    tx_.each("select to_ci, type, from_ci from relationship where ended_at is null", nothing);
  }
  void read(const std::function<void(const CiGraph&)>& ask) { graph_->read(tx_, catalog_, ask); }
  void tell(std::int64_t relationship) {
    cmdb::FeedWriter feed;
    feed.add(cmdb::FeedTopic::relationship, relationship);
    feed.write(tx_, clock_);
  }

  store::Connection& connection_;
  store::Transaction tx_;
  const Fleet& fleet_;
  const base::SystemClock clock_;
  const cmdb::ClassCatalog catalog_ = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  std::unique_ptr<cmdb::ImpactGraph> graph_;
};

// A real collector on the same database, one kept connection.
void over_https(const std::string& folder, const Fleet& fleet) {
  const base::SystemClock clock;
  collector::CollectorConfig config;
  config.state_dir = folder;
  config.database = folder + "/censo.db";
  config.server.api_listen = "127.0.0.1:0";
  config.server.agents_listen = "127.0.0.1:0";
  auto running = collector::Collector::start(config, clock, "bench");
  if (!running) throw std::runtime_error(base::to_string(running.error()));
  std::string token = base::read_own_file(folder + "/admin-token").value();
  token.erase(token.find_last_not_of('\n') + 1);
  collector::http::TlsClient client((*running)->api_port(), {});
  std::size_t bytes = 0;
  const auto ask = [&](int round, const char* query) {
    const auto& pair = fleet.distribution()[static_cast<std::size_t>(round) % fleet.distribution().size()];
    collector::http::HttpRequest request;
    request.target = "/api/v1/cis/" + base::to_text(pair[0]) + "/impact" + query;
    request.bearer = token;
    client.send(collector::http::to_text(request));
    const auto answer = client.read_answer();
    if (!answer || answer->status != 200)
      throw std::runtime_error("no answer " + (answer ? answer->body : ""));
    bytes = answer->body.size();
  };
  ask(0, "");  // the graph is loaded
  const auto show = [&](const char* what, const char* query) {
    print_times(what, times_of(200, [&](int round) { ask(round, query); }), "goal <= 10 ms");
    std::printf("  %zu bytes an answer\n", bytes);
  };
  show("over HTTPS, all with names and reasons", "?paths=false");
  show("over HTTPS, all with the whole path of each", "");
  show("over HTTPS, the first 100", "?limit=100");
  show("over HTTPS, similar ones grouped", "?group=20&paths=false");
}

void run() {
  const base::ScratchFolder folder;
  const std::string path = folder / "censo.db";
  const auto connection = store::open_connection(path);
  std::optional<Fleet> fleet;
  const double ms = ms_of([&] { fleet.emplace(*connection); });
  std::printf("%zu items, %zu relationships, written in %.0f s\n", fleet->items(), fleet->relationships(),
              ms / 1'000);
  std::fflush(stdout);
  Bench bench(*connection, *fleet);
  bench.rebuild(false);
  bench.walks("impact in process, no rules", 1, "goal p99 <= 1 ms");
  bench.with_names();
  bench.bare_walk();
  bench.recursive_sql();
  over_https(folder.path(), *fleet);
  Fleet::add_rules(*connection);
  bench.rebuild(true);
  bench.walks("impact with rules, one of a pair fails", 1, "goal p99 <= 3 ms");
  bench.walks("impact with rules, both of a pair fail", 2, "goal p99 <= 3 ms");
  bench.catch_up(0);
  std::printf("after 20,000 jobs within the last minute:\n");
  bench.catch_up(20'000);
}

}  // namespace
}  // namespace censo

int main() {
  censo::run();
  return 0;
}
