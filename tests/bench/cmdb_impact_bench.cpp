// Impact on 1,000,000 items and 5,000,000 relationships of a shaped fleet (pairs of distribution switches,
// access switches, hosts, services), beside the raw limits in the same run: a bare walk over packed arrays,
// and recursive SQL. CENSO_BENCH_PAIRS (226) scales it: one pair of switches is about 4,420 items.
#include "base/clock.h"
#include "base/id.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/impact_graph.h"
#include "cmdb/impact_walk.h"
#include "cmdb/store/database.h"
#include "tests/base/scratch_folder.h"
#include "tests/bench/cpu_time.h"
#include "tests/bench/impact_fleet.h"
#include "tests/bench/number.h"
#include "tests/bench/people_door.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace censo {
namespace {

using bench::ImpactFleet;
using cmdb::CiGraph;
using cmdb::CiIndex;
using Milliseconds = std::chrono::duration<double, std::milli>;

// On the clock, and of the processor alone: what else the machine does is not in it.
struct Spent {
  double wall_ms = 0, cpu_ms = 0;
};

// `cpu_seconds`: of the thread or of the whole program.
Spent spent_on(const std::function<void()>& work, double (*cpu_seconds)() = bench::thread_cpu_seconds) {
  Spent spent;
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  work();
  spent.cpu_ms = 1'000 * (cpu_seconds() - cpu_before);
  spent.wall_ms = Milliseconds(std::chrono::steady_clock::now() - begin).count();
  return spent;
}

int pairs() {
  const char* given = std::getenv("CENSO_BENCH_PAIRS");
  return given ? std::max(1, std::atoi(given)) : 226;
}

double percentile(std::vector<Spent>& times, double Spent::*which, std::size_t percent) {
  std::ranges::sort(times, {}, which);
  return times[times.size() * percent / 100].*which;
}

std::string p99(std::vector<Spent> times, double Spent::*which) {
  return bench::shown(percentile(times, which, 99)) + " ms";
}

void print_times(const char* what, std::vector<Spent> times) {
  std::printf("%-50s p50 %8.3f p99 %8.3f ms, of CPU %8.3f %8.3f ms\n", what,
              percentile(times, &Spent::wall_ms, 50), percentile(times, &Spent::wall_ms, 99),
              percentile(times, &Spent::cpu_ms, 50), percentile(times, &Spent::cpu_ms, 99));
  std::fflush(stdout);
}

std::vector<Spent> times_of(int rounds, const std::function<void(int)>& work,
                            double (*cpu_seconds)() = bench::thread_cpu_seconds) {
  std::vector<Spent> times;
  for (int i = 0; i < rounds; ++i) times.push_back(spent_on([&] { work(i); }, cpu_seconds));
  return times;
}

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
  Bench(store::Connection& connection, const ImpactFleet& fleet)
      : connection_(connection), tx_(connection), fleet_(fleet) {}

  void rebuild(bool with_rules) {
    std::size_t bytes = 0, items = 0, relationships = 0;
    graph_ = std::make_unique<cmdb::ImpactGraph>(clock_);
    const Spent loading = spent_on([&] { read([](const CiGraph&) {}); });
    read([&](const CiGraph& graph) {
      bytes = graph.bytes();
      items = graph.size();
      relationships = graph.relationships();
    });
    const Spent bare = spent_on([&] { step_rows(); });
    const std::string rules = with_rules ? ", with rules" : "";
    std::printf("%zu items, %zu of %zu relationships carry harm, %.1f MB; rebuilt in %.2f s%s\n", items,
                relationships, fleet_.relationships(), static_cast<double>(bytes) / 1e6,
                loading.wall_ms / 1'000, rules.c_str());
    bench::print_number(
        {("graph rebuilt from SQLite, of CPU" + rules).c_str(), loading.cpu_ms / 1'000, "s", 3, false,
         "reading the same rows and keeping nothing: " + bench::shown(bare.cpu_ms / 1'000) + " s"});
    const double packed = 12.0 * static_cast<double>(relationships) / static_cast<double>(items);
    bench::print_number({("graph in memory, an item with its relationships" + rules).c_str(),
                         static_cast<double>(bytes) / static_cast<double>(items), "bytes", 100, false,
                         "relationships alone, six bytes a step: " + bench::shown(packed)});
    std::fflush(stdout);
  }

  // One or both switches of a pair fail.
  void walks(const char* what, std::size_t failing, double goal_ms) {
    std::size_t reached = 0, down = 0;
    std::vector<Spent> times;
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
    print_times(what, times);
    std::printf("  %zu reached, %zu down with the failed\n", reached, down);
    bench::print_number(
        {(std::string(what) + ", p99 of CPU").c_str(), percentile(times, &Spent::cpu_ms, 99), "ms", goal_ms,
         false,
         "bare walk " + bare_p99_ + ", recursive SQL " + sql_p99_ + "; iTop 4.2 to 20 s on 10,000 items"});
  }

  void with_names() {
    print_times("the same with catching up, names, reasons", times_of(300, [&](int round) {
                  cmdb::impact(tx_, {*graph_, catalog_}, {{pair_of(round)[0]}});
                }));
  }

  void bare_walk() {
    read([&](const CiGraph& graph) {
      BareWalk bare(graph);
      std::vector<CiIndex> places;
      for (const auto& pair : fleet_.distribution()) places.push_back(*graph.find(pair[0]));
      const auto times = times_of(
          1'000, [&](int round) { bare.reach(places[static_cast<std::size_t>(round) % places.size()]); });
      print_times("limit: bare walk over packed arrays", times);
      bare_p99_ = p99(times, &Spent::cpu_ms);
    });
  }

  void recursive_sql() {
    const auto times = times_of(30, [&](int round) {
      tx_.query(
          "with recursive hit (id) as (select cast($1 as bigint)"
          " union select r.to_ci from hit join relationship r on r.from_ci = hit.id and r.type = 'uplink_of'"
          " where r.ended_at is null"
          " union select r.from_ci from hit join relationship r on r.to_ci = hit.id"
          " and r.type in ('runs_on', 'depends_on') where r.ended_at is null) select id from hit",
          pair_of(round)[0].value);
    });
    print_times("limit: recursive SQL, union of ids", times);
    sql_p99_ = p99(times, &Spent::cpu_ms);
  }

  void catch_up(int rows_of_the_last_minute) {
    for (int i = 0; i < rows_of_the_last_minute; ++i) tell(1);
    read([](const CiGraph&) {});
    print_times("a question when nothing changed", times_of(500, [&](int) { read([](const CiGraph&) {}); }));
    const auto links = tx_.query("select id from relationship where type = 'depends_on' limit 500");
    std::vector<Spent> times;
    for (const auto& link : links) {
      tx_.execute("update relationship set ended_at = 2 where id = $1", link.integer(0));
      tell(link.integer(0));
      times.push_back(spent_on([&] { read([](const CiGraph&) {}); }));
    }
    print_times("catching up with one change", std::move(times));
  }

  const std::array<cmdb::CiId, 2>& pair_of(int round) const {
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
  const ImpactFleet& fleet_;
  const base::SystemClock clock_;
  const cmdb::ClassCatalog catalog_ = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  std::unique_ptr<cmdb::ImpactGraph> graph_;
  std::string bare_p99_, sql_p99_;
};

class OverHttps {
 public:
  OverHttps(const std::string& folder, const ImpactFleet& fleet) : fleet_(fleet), door_(folder) {
    door_.get_at_last(impact_of(0, ""));
    door_.get_at_last("/api/v1/search?q=name:nobody");
  }

  void run() {
    show("over HTTPS, all with the whole path of each", "");
    show("over HTTPS, the first 100", "?limit=100");
    show("over HTTPS, similar ones grouped", "?group=20&paths=false");
    auto times = show("over HTTPS, all with names and reasons", "?paths=false");
    bench::print_number({"impact over HTTPS with names, p99 of CPU, both ends",
                         percentile(times, &Spent::cpu_ms, 99), "ms", 10, false,
                         "iTop 4.2 to 20 s on 10,000 items"});
    bench::print_number(
        {"impact over HTTPS with names, p99 on the clock", percentile(times, &Spent::wall_ms, 99), "ms", 10});
  }

 private:
  std::string impact_of(int round, const std::string& query) {
    const auto& pairs = fleet_.distribution();
    return "/api/v1/cis/" + base::to_text(pairs[static_cast<std::size_t>(round) % pairs.size()][0]) +
           "/impact" + query;
  }
  std::vector<Spent> show(const char* what, const char* query) {
    std::size_t bytes = 0;
    const auto ask = [&](int round) { bytes = door_.get(impact_of(round, query)).size(); };
    const auto times = times_of(500, ask, bench::process_cpu_seconds);
    print_times(what, times);
    std::printf("  %zu bytes an answer\n", bytes);
    return times;
  }

  const ImpactFleet& fleet_;
  bench::PeopleDoor door_;
};

void run() {
  const base::ScratchFolder folder;
  const std::string path = folder / "censo.db";
  const auto connection = store::open_connection(path);
  std::optional<ImpactFleet> fleet;
  const Spent writing = spent_on([&] { fleet.emplace(*connection, pairs()); });
  std::printf("%zu items, %zu relationships, written in %.0f s\n", fleet->items(), fleet->relationships(),
              writing.wall_ms / 1'000);
  std::fflush(stdout);
  Bench bench(*connection, *fleet);
  bench.rebuild(false);
  bench.bare_walk();
  bench.recursive_sql();
  bench.walks("impact, no rules", 1, 1);
  bench.with_names();
  OverHttps(folder.path(), *fleet).run();
  ImpactFleet::add_rules(*connection);
  bench.rebuild(true);
  bench.walks("impact with rules, one of a pair fails", 1, 3);
  bench.walks("impact with rules, both of a pair fail", 2, 3);
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
