// The desk over HTTPS, as a technician and `censo ticket show` ask it: 1,000,000 items with 5,000,000
// relationships, 20,000,000 entries of history, 2,000,000 detected changes, 1,000,000 tickets of a year, of
// which 100,000 are open. CENSO_BENCH_PAIRS (226) scales it all: one pair of switches is about 4,420 items.
#include "base/clock.h"
#include "base/id.h"
#include "cmdb/class_catalog.h"
#include "cmdb/store/database.h"
#include "desk/ticket_kind.h"
#include "desk/transition.h"
#include "tests/base/scratch_folder.h"
#include "tests/bench/cpu_time.h"
#include "tests/bench/impact_fleet.h"
#include "tests/bench/number.h"
#include "tests/bench/people_door.h"
#include "tests/collector/http/tls_client.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;
using std::chrono::steady_clock;

constexpr base::TimeMs day_ms = 24 * 3'600'000, year_ms = 365 * day_ms;
constexpr int entries_an_item = 20, detected_an_item = 2, persons = 10'000;

int pairs() {
  const char* given = std::getenv("CENSO_BENCH_PAIRS");
  return given ? std::max(1, std::atoi(given)) : 226;
}

double percentile(std::vector<double>& times, std::size_t percent) {
  std::ranges::sort(times);
  return times[times.size() * percent / 100];
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = steady_clock::now();
  work();
  return Milliseconds(steady_clock::now() - begin).count() / 1'000;
}

// A year of it, ending now.
class Year {
 public:
  Year(store::Connection& connection, const bench::ImpactFleet& fleet)
      : connection_(connection), tx_(connection), items_(static_cast<std::int64_t>(fleet.items())) {}

  std::int64_t items() const { return items_; }
  std::int64_t tickets() const { return items_; }
  std::int64_t some_item() {
    return bench::first_id + bench::id_step * static_cast<std::int64_t>(random_() % items_);
  }

  // Every item changes once in each twentieth of the year; the collector has seen all of it.
  void add_history() {
    for (int pass = 0; pass < entries_an_item; ++pass) {
      connection_.begin_write();
      add_entries(pass);
      if (pass >= entries_an_item - detected_an_item) add_detected(pass);
      connection_.commit();
    }
    connection_.begin_write();
    tx_.execute("update detection_cursor set history_id = (select max(id) from history)");
    connection_.commit();
  }

  void add_tickets() {
    const auto kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
    const desk::Act act{"bench", "api", clock_, desk::all_desk_roles()};
    for (std::int64_t number = 0; number < tickets();) {
      connection_.begin_write();
      for (int i = 0; i < 10'000 && number < tickets(); ++i, ++number) {
        clock_.advance(year_ms / tickets());
        desk::open_ticket(tx_, kinds, wanted(number), act).value();
      }
      connection_.commit();
    }
    connection_.begin_write();
    tx_.execute(
        "update ticket set state = 'closed', is_open = 0, due_at = 0 where id not in "
        "(select id from ticket order by id desc limit $1)",
        tickets() / 10);
    // Their steps are taken: nothing is left to escalate.
    tx_.execute("update ticket_target set next_at = 0");
    tx_.execute(
        "update ticket_target set state = 'met', due_at = 0 where ticket_id in (select id from ticket where "
        "is_open = 0)");
    connection_.commit();
  }

 private:
  desk::NewTicket wanted(std::int64_t number) {
    static const std::vector<std::string> things{"mail", "printer", "shop", "ledger",
                                                 "wiki", "portal",  "vpn"};
    desk::NewTicket ticket;
    ticket.title = things[random_() % things.size()] + " is slow at desk " + std::to_string(number % 5'000);
    ticket.requester = "person " + std::to_string(random_() % persons);
    ticket.affected.emplace_back(some_item());
    if (const cmdb::CiId other(some_item()); number % 5 == 0 && other.value != ticket.affected[0].value)
      ticket.affected.push_back(other);
    ticket.fields = {{"impact", std::to_string(1 + random_() % 3)},
                     {"urgency", std::to_string(1 + random_() % 3)}};
    return ticket;
  }
  base::TimeMs begin_of(int pass) const { return begun_ + pass * year_ms / entries_an_item; }

  void add_entries(int pass) {
    tx_.execute(
        "insert into history (id, ci_id, at, not_before, origin, what, subject, old_value, new_value) "
        "select $1 * $2 + (id - $3) / $4 + 1, id, $5 + ((id - $3) / $4 * $6) / $2, $5 - 3600000, 'agent a', "
        "'attribute', 'os_version', '12.' || $1, '12.' || ($1 + 1) from ci order by id",
        std::int64_t{pass}, items_, bench::first_id, bench::id_step, begin_of(pass),
        year_ms / entries_an_item);
  }
  void add_detected(int pass) {
    tx_.execute(
        "insert into detected_change (id, ci_id, at, not_before, origin, what, subject, old_value, "
        "new_value, state, verdict, rule, ticket, group_id, decided_at, decided_by, reason) "
        "select id, ci_id, at, not_before, origin, what, subject, old_value, new_value, "
        "case when id % 10 = 0 then 'unauthorised' else 'noise' end, '', '', '', 0, at, '', '' from history "
        "where id > $1 * $2 and id <= ($1 + 1) * $2",
        std::int64_t{pass}, items_);
  }

  store::Connection& connection_;
  store::Transaction tx_;
  const std::int64_t items_;
  const base::TimeMs begun_ = base::SystemClock().now() - year_ms;
  base::ManualClock clock_{begun_};
  std::mt19937 random_{1};
};

class OverHttps {
 public:
  OverHttps(const std::string& folder, Year& year) : year_(year), door_(folder) {
    door_.get_at_last(some_ticket(0) + "/affected-assets");
  }

  void pages() {
    const std::vector<std::string> parts{"", "/affected-assets", "/recent-changes", "/probable-causes"};
    std::vector<std::vector<double>> of_part(parts.size());
    std::vector<double> whole;
    std::size_t bytes = 0;
    for (int round = 0; round < 500; ++round) {
      double sum = 0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        of_part[i].push_back(1'000 *
                             seconds_of([&] { bytes += door_.get(some_ticket(round) + parts[i]).size(); }));
        sum += of_part[i].back();
      }
      whole.push_back(sum);
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::printf("  GET /api/v1/tickets/INC-n%-20s p50 %8.3f  p99 %8.3f ms\n", parts[i].c_str(),
                  percentile(of_part[i], 50), percentile(of_part[i], 99));
    }
    std::printf("  %zu bytes a page, p50 %.3f ms\n", bytes / whole.size(), percentile(whole, 50));
    bench::print_number({"ticket with assets, impact, changes and causes, p99 over HTTPS",
                         percentile(whole, 99), "ms", 50, false, "none of the rivals has it"});
  }

  void lists() {
    const std::vector<std::string> filters{"state=open",
                                           "state=open&kind=incident&priority=1",
                                           "state=open&requester=person%207",
                                           "kind=release",
                                           "state=open&assignee=nobody",
                                           "state=new&priority=5",
                                           "state=open&group=no%20group",
                                           "state=open&breached=true",
                                           "state=open&sort=due",
                                           "state=closed&priority=1",
                                           "state=closed&kind=problem",
                                           "state=open&watcher=person%207"};
    std::vector<double> all;
    for (const auto& filter : filters) {
      std::vector<double> times;
      for (int round = 0; round < 50; ++round)
        times.push_back(1'000 * seconds_of([&] { door_.get("/api/v1/tickets?" + filter); }));
      std::printf("  GET /api/v1/tickets?%-40s p50 %8.3f  p99 %8.3f ms\n", filter.c_str(),
                  percentile(times, 50), percentile(times, 99));
      all.insert(all.end(), times.begin(), times.end());
    }
    bench::print_number(
        {"list of 100,000 open tickets, any filter, p99 over HTTPS", percentile(all, 99), "ms", 50});
  }

  void opens() {
    constexpr std::size_t clients = 16, each = 40;
    std::vector<std::unique_ptr<collector::http::TlsClient>> open;
    for (std::size_t i = 0; i < clients; ++i) open.push_back(door_.connect());
    const double seconds = seconds_of([&] {
      for (std::size_t round = 0; round < each; ++round) {
        for (auto& one : open) one->send(collector::http::to_text(opening(round)));
        for (auto& one : open) bench::PeopleDoor::body_of(one->read_answer(), 201);
      }
    });
    bench::print_number({"tickets opened durably over HTTPS, 16 connections",
                         static_cast<double>(clients * each) / seconds, "/s", 200, true});
  }

 private:
  std::string some_ticket(int round) const {
    // Of the open ones, which are the last tenth.
    const auto tenth = year_.tickets() / 10;
    return "/api/v1/tickets/INC-" + std::to_string(year_.tickets() - (round * std::int64_t{7919}) % tenth);
  }
  collector::http::HttpRequest opening(std::size_t round) {
    collector::http::HttpRequest request;
    request.method = "POST";
    request.target = "/api/v1/tickets";
    request.bearer = door_.token();
    request.fields["Content-Type"] = "application/json";
    request.body = R"({"kind":"incident","title":"The shop is down )" + std::to_string(round) +
                   R"(","requester":"person 7","affected":[")" +
                   base::to_text(cmdb::CiId(year_.some_item())) +
                   R"("],"fields":{"impact":"2","urgency":"2"}})";
    return request;
  }
  Year& year_;
  bench::PeopleDoor door_;
};

void run() {
  const base::ScratchFolder folder;
  auto connection = store::open_connection(folder / "censo.db");
  std::optional<bench::ImpactFleet> fleet;
  std::optional<Year> year;
  const double items = seconds_of([&] { fleet.emplace(*connection, pairs()); });
  year.emplace(*connection, *fleet);
  std::printf("%zu items, %zu relationships, made in %.0f s\n", fleet->items(), fleet->relationships(),
              items);
  std::fflush(stdout);
  const double history = seconds_of([&] { year->add_history(); });
  std::printf("%lld entries of history, made in %.0f s\n",
              static_cast<long long>(year->items() * entries_an_item), history);
  std::fflush(stdout);
  const double tickets = seconds_of([&] { year->add_tickets(); });
  std::printf("%lld tickets, a tenth open, made in %.0f s\n", static_cast<long long>(year->tickets()),
              tickets);
  std::fflush(stdout);
  OverHttps over_https(folder.path(), *year);
  over_https.pages();
  over_https.lists();
  over_https.opens();
}

}  // namespace
}  // namespace censo

int main() {
  censo::run();
  return 0;
}
