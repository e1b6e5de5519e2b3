#include "tests/desk/cause_simulation.h"

#include "base/text.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/impact_graph.h"
#include "cmdb/store/database.h"
#include "desk/change.h"
#include "desk/detected_store.h"
#include "desk/detection.h"
#include "desk/detection_rules.h"
#include "desk/difference.h"
#include "desk/recent_changes.h"
#include "desk/transition.h"
#include "tests/base/scratch_folder.h"
#include "tests/fleet/life.h"
#include "tests/fleet/random.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <stdexcept>
#include <vector>

namespace censo::desk {
namespace {

constexpr base::TimeMs second_ms = 1'000, minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms,
                       day_ms = 24 * hour_ms;
constexpr base::TimeMs begun = 1'790'000'000'000;

// How often things happen that cause nothing.
constexpr double unauthorised_of_an_item_days = 10, planned_days = 1.0 / 3, incident_days = 0.5;
constexpr base::TimeMs between_causes = 6 * hour_ms;

struct Item {
  cmdb::CiId ci;
  bool is_network = false, is_service = false;
  std::vector<std::size_t> above;  // what needs it
  bool silent = false;
};

class Simulation {
 public:
  explicit Simulation(const CauseSettings& settings)
      : settings_(settings), random_(settings.seed), life_(settings.seed), tx_(*connection_) {
    connection_->begin_write();
    tx_.execute("insert into origin (id, kind, native_id) values (1, 'agent', 'seed')");
    for (std::size_t site = 0; site < settings_.sites; ++site) build_site(site);
  }
  ~Simulation() { connection_->commit(); }

  CauseFigures run() {
    const auto end = begun + static_cast<base::TimeMs>(settings_.causes + 4) * between_causes;
    plan_noise(end);
    // Three days of noise alone come first: a ranking looks back so far.
    for (std::size_t i = 0; i < settings_.causes; ++i)
      plan(begun + 3 * day_ms + static_cast<base::TimeMs>(i) * between_causes +
               random_.between(0, between_causes / 2),
           [this] { inject(); });
    while (!agenda_.empty()) {
      auto next = agenda_.begin();
      clock_.set(std::max(clock_.now(), next->first));
      const auto act = std::move(next->second);
      agenda_.erase(next);
      act();
    }
    clock_.set(clock_.now() + hour_ms);
    detect_all();
    judge_differences();
    return figures_;
  }

 private:
  // The estate.
  std::size_t add(std::string_view class_name, const std::string& name) {
    Item item;
    item.ci = cmdb::CiId(base::next_id(clock_));
    tx_.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen) values ($1, $2, $3, 'operate', "
        "'{}', $4)",
        item.ci.value, class_name, name, clock_.now());
    tx_.execute(
        "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
        "problems, "
        "first_seen, last_seen) values ($1, 1, '', $1, 1, '', '', '[]', $2, $2)",
        item.ci.value, clock_.now());
    items_.push_back(item);
    return items_.size() - 1;
  }
  // `from` needs `to`, or the other way round where the type's impact goes so.
  void relate(std::size_t from, std::string_view type, std::size_t to) {
    tx_.execute(
        "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen) "
        "values "
        "($1, $2, $3, $4, $3, 'seed', '{}', $5) on conflict do nothing",
        base::next_id(clock_), type, items_[from].ci.value, items_[to].ci.value, clock_.now());
    const bool down = type == "uplink_of";
    items_[down ? from : to].above.push_back(down ? to : from);
  }
  std::string machine(fleet::AssetKind kind, std::size_t site) {
    return life_.factory.make_name(life_.factory.make(kind, site));
  }
  std::size_t add_switch(std::size_t site) {
    const auto item = add("switch", machine(fleet::AssetKind::network_device, site));
    items_[item].is_network = true;
    return item;
  }
  void build_site(std::size_t site) {
    const auto core = add_switch(site);
    std::vector<std::size_t> access{add_switch(site), add_switch(site)}, guests, databases, webs;
    for (const auto one : access) relate(core, "uplink_of", one);
    for (int i = 0; i < 8; ++i) {
      const auto host = add("server", machine(fleet::AssetKind::server, site));
      relate(random_.pick(access), "uplink_of", host);
      for (int j = 0; j < 3; ++j) {
        guests.push_back(add("virtual_machine", "vm-" + std::to_string(items_.size())));
        relate(guests.back(), "hosted_on", host);
      }
    }
    for (int i = 0; i < 4; ++i) {
      databases.push_back(add("database_server", "db-" + std::to_string(items_.size())));
      relate(databases.back(), "runs_on", random_.pick(guests));
    }
    for (int i = 0; i < 12; ++i) {
      webs.push_back(add("web_server", "web-" + std::to_string(items_.size())));
      relate(webs.back(), "runs_on", random_.pick(guests));
      if (random_.chance(0.7)) relate(webs.back(), "depends_on", random_.pick(databases));
      items_[webs.back()].is_service = true;
    }
    for (int i = 0; i < 6; ++i) {
      const auto service = add("business_service", "service-" + std::to_string(items_.size()));
      const auto needs = 1 + random_.below(3);
      for (std::size_t j = 0; j < needs; ++j) relate(service, "depends_on", random_.pick(webs));
      items_[service].is_service = true;
    }
  }
  std::vector<std::size_t> services_above(std::size_t item) const {
    std::set<std::size_t> seen{item};
    std::vector<std::size_t> open{item}, found;
    while (!open.empty()) {
      const auto one = open.back();
      open.pop_back();
      if (items_[one].is_service) found.push_back(one);
      for (const auto next : items_[one].above)
        if (seen.insert(next).second) open.push_back(next);
    }
    std::ranges::sort(found);
    return found;
  }

  // The agenda.
  void plan(base::TimeMs at, std::function<void()> act) { agenda_.emplace(at, std::move(act)); }
  void plan_noise(base::TimeMs end) {
    const auto repeat = [&](double mean_days, auto act) {
      for (auto at = begun + hour_ms; at < end; at += random_.until_next(mean_days * day_ms)) plan(at, act);
    };
    repeat(unauthorised_of_an_item_days / static_cast<double>(items_.size()),
           [this] { differ(any_machine(), "unauthorised", ""); });
    repeat(planned_days, [this] { change({any_machine(), any_machine(), any_machine()}, "success"); });
    repeat(0.05, [this] { flutter(any_machine()); });
    repeat(incident_days,
           [this] { complain(random_.below(items_.size()), random_.between(hour_ms, day_ms)); });
    repeat(1.5, [this] { fall_silent(any_machine()); });
  }
  std::size_t any_machine() {
    for (;;) {
      const auto item = random_.below(items_.size());
      if (!items_[item].is_service) return item;
    }
  }

  // What happens. A change of a computer is seen within two minutes, that of a device by the next scan.
  base::TimeMs seen_after(std::size_t item) {
    return items_[item].is_network ? random_.between(minute_ms, hour_ms)
                                   : random_.between(10 * second_ms, 2 * minute_ms);
  }
  // `truth`: "unauthorised", "noise", or the number of the change that planned it.
  void differ(std::size_t item, const std::string& truth, const std::string& subject) {
    const auto from = clock_.now();
    plan(from + seen_after(item), [this, item, truth, subject, from] {
      // Often other packages, rarely one that changes plan for as well: that one is nobody's fault to
      // mistake.
      const auto what = subject.empty()
                            ? "software_package dpkg tool" + std::to_string(random_.below(400)) + " amd64"
                            : subject;
      tell(item, "component_changed", what, std::max(from - minute_ms, begun), truth);
    });
  }
  void tell(std::size_t item, std::string_view what, const std::string& subject, base::TimeMs not_before,
            const std::string& truth) {
    const auto value = std::to_string(++told_);
    tx_.execute(
        "insert into history (id, ci_id, at, not_before, origin, what, subject, old_value, new_value) values "
        "($1, $2, $3, $4, 'agent seed', $5, $6, $7, $8)",
        base::lowest_id_at(clock_.now()) + told_, items_[item].ci.value, clock_.now(), not_before, what,
        subject, "version: 1." + value, "version: 2." + value);
    truth_["version: 2." + value] = truth;
  }
  void flutter(std::size_t item) {
    tell(item, "component_added", "network_interface veth" + std::to_string(told_), clock_.now() - minute_ms,
         "noise");
  }
  void fall_silent(std::size_t item) {
    if (items_[item].silent) return;
    keep_reporting();
    items_[item].silent = true;
    plan(clock_.now() + random_.between(hour_ms, 2 * day_ms), [this, item] { items_[item].silent = false; });
  }
  void keep_reporting() {
    for (const auto& item : items_)
      if (!item.silent)
        tx_.execute("update ci_source set last_seen = $2 where id = $1", item.ci.value, clock_.now());
  }

  Operation operation() { return {tx_, kinds_, act_, &impact_, &rules_}; }
  Ticket moved(const Ticket& ticket, const std::string& event, const FieldValues& fields = {}) {
    const Act& act = event == "implement" || event == "complete" ? implementer_ : act_;
    const Operation operation{tx_, kinds_, act, &impact_, &rules_};
    auto done = transition(operation, find_ticket(tx_, ticket.number).value(), {event, fields, 0});
    if (!done) throw std::runtime_error(event + ": " + done.error().message);
    return *done;
  }
  // Carried out now, within half an hour; its differences are seen as any.
  void change(std::vector<std::size_t> scope, const std::string& result) {
    const auto now = clock_.now();
    NewTicket wanted;
    wanted.kind = "change";
    wanted.title = "Upgrade";
    wanted.requester = "luis";
    std::ranges::sort(scope);
    scope.erase(std::unique(scope.begin(), scope.end()), scope.end());
    for (const auto item : scope) wanted.affected.push_back(items_[item].ci);
    wanted.fields = {{"justification", "x"},
                     {"plan", "x"},
                     {"backout", "x"},
                     {"test", "x"},
                     {"outage", "no"},
                     {"assignee", "eva"},
                     {"backout_tested", "yes"},
                     {"start", base::to_iso8601(now)},
                     {"end", base::to_iso8601(now + 2 * hour_ms)}};
    const auto package = "tool" + std::to_string(random_.below(400));
    auto ticket = open_ticket(tx_, kinds_, wanted, act_).value();
    add_modification(operation(), ticket, {0, {}, "", "software_package " + package, ""}).value();
    ticket = moved(ticket, "submit");
    ticket = moved(ticket, "authorise", {{"conflicts_accepted", "known"}});
    for (const auto& person : {"mia", "noa", "pau"}) {
      if (find_ticket(tx_, ticket.number).value().state != "authorise") break;
      const Act voter{person, "api", clock_, all_desk_roles()};
      const Operation vote{tx_, kinds_, voter, &impact_, &rules_};
      if (const auto voted = transition(vote, find_ticket(tx_, ticket.number).value(), {"approve", {}, 0});
          !voted)
        throw std::runtime_error("approve: " + voted.error().message);
    }
    ticket = moved(ticket, "implement");
    for (const auto item : scope)
      plan(now + random_.between(minute_ms, 25 * minute_ms), [this, item, ticket, package] {
        differ(item, ticket.number, "software_package dpkg " + package + " amd64");
      });
    // Who works on a machine does now and then what stands in no plan.
    for (const auto item : scope)
      if (random_.chance(0.15))
        plan(now + random_.between(minute_ms, 25 * minute_ms),
             [this, item] { differ(item, "unauthorised", ""); });
    plan(now + 30 * minute_ms, [this, ticket, now, result] {
      moved(ticket, "complete",
            {{"result", result},
             {"actual_start", base::to_iso8601(now)},
             {"actual_end", base::to_iso8601(clock_.now())}});
    });
  }
  // Somebody opens an incident that names it; it is done with after a while.
  Ticket complain(std::size_t item, base::TimeMs open_for) {
    NewTicket wanted;
    wanted.title = "It does not work";
    wanted.requester = "luis";
    wanted.affected = {items_[item].ci};
    const auto ticket = open_ticket(tx_, kinds_, wanted, act_).value();
    plan(clock_.now() + open_for, [this, ticket] {
      moved(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}});
      moved(ticket, "start");
      moved(ticket, "resolve",
            {{"resolution_code", "fixed"}, {"solution", "x"}, {"category", "web"}, {"cause", "none"}});
    });
    return ticket;
  }

  // One cause, and what comes of it.
  void inject() {
    std::size_t item = any_machine();
    while (services_above(item).empty()) item = any_machine();
    const auto throw_of_dice = random_.unit();
    // Half within 40 minutes, some only the next day.
    const double normal =
        std::sqrt(-2 * std::log(1 - random_.unit())) * std::cos(6.283185307179586 * random_.unit());
    auto delay = std::min(static_cast<base::TimeMs>(40 * minute_ms * std::exp(1.3 * normal)), 36 * hour_ms);
    std::string kind = "unauthorised";
    if (throw_of_dice < 0.45) {
      differ(item, "unauthorised", "");
      delay += 3 * minute_ms;
    } else if (throw_of_dice < 0.7) {
      kind = "planned";
      change({item}, random_.chance(0.5) ? "success" : random_.chance(0.6) ? "with_issues" : "failed");
      delay += 5 * minute_ms;
    } else if (throw_of_dice < 0.95) {
      kind = "failed";  // monitoring tells of it
      plan(clock_.now() + random_.between(minute_ms, 10 * minute_ms),
           [this, item] { complain(item, 12 * hour_ms); });
      delay = std::min(delay, 6 * hour_ms) + 10 * minute_ms;
    } else {
      kind = "silent";  // nothing watches it
      fall_silent(item);
      delay = random_.between(3 * hour_ms, 12 * hour_ms);
    }
    const auto hit = services_above(item);
    const auto first = random_.pick(hit);
    plan(clock_.now() + delay, [this, item, first, kind] { judge(item, first, kind); });
    for (const auto other : hit)
      if (other != first && random_.chance(0.25))
        plan(clock_.now() + delay + random_.between(0, 30 * minute_ms),
             [this, item, other, kind] { judge(item, other, kind); });
  }
  // The ranking that the technician sees when the incident is opened.
  void judge(std::size_t cause, std::size_t service, const std::string& kind) {
    detect_all();
    keep_reporting();
    const auto ticket = complain(service, 8 * hour_ms);
    const auto ranking = probable_causes(operation(), ticket);
    const auto place = std::ranges::find(ranking, items_[cause].ci, &ProbableCause::ci) - ranking.begin();
    for (auto* rank : {&figures_.all, &figures_.by_kind[kind]}) {
      ++rank->tickets;
      rank->first += place == 0 && !ranking.empty() ? 1 : 0;
      rank->first_three += place < std::min<std::ptrdiff_t>(3, std::ssize(ranking)) ? 1 : 0;
    }
  }
  void detect_all() {
    clock_.set(clock_.now() + settled_after_ms + 1);
    while (detect(operation(), 1'000)) continue;
  }
  void judge_differences() {
    for (const auto& row : tx_.query(detected_where("d.id > 0 order by d.id"))) {
      const auto one = detected_of(row);
      const auto truth = truth_.at(one.new_value);
      const bool planned = truth != "unauthorised" && truth != "noise";
      const bool right = planned ? one.state == "matched" && one.ticket == truth : one.state == truth;
      ++figures_.differences;
      if (right) ++figures_.matched_right;
      if (!right) ++figures_.matched_wrong[(planned ? "planned" : truth) + " became " + one.state];
    }
  }

  const CauseSettings settings_;
  fleet::Random random_;
  fleet::Life life_;
  base::ManualClock clock_{begun};
  const base::ScratchFolder folder_;
  std::unique_ptr<store::Connection> connection_ = store::open_connection(folder_ / "censo.db");
  store::Transaction tx_;
  const cmdb::ClassCatalog catalog_ = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  const TicketKinds kinds_ = TicketKinds::load(cmdb::built_in_schemas()).value();
  const DetectionRules rules_ = DetectionRules::load(cmdb::built_in_schemas()).value();
  cmdb::ImpactGraph graph_{clock_};
  const cmdb::ImpactSource impact_{graph_, catalog_};
  const Act act_{"ana", "api", clock_, all_desk_roles()};
  const Act implementer_{"eva", "api", clock_, all_desk_roles()};
  std::vector<Item> items_;
  std::multimap<base::TimeMs, std::function<void()>> agenda_;
  std::map<std::string, std::string> truth_;  // of a difference, by its new value
  std::int64_t told_ = 0;
  CauseFigures figures_;
};

}  // namespace

CauseFigures simulate_causes(const CauseSettings& settings) {
  return Simulation(settings).run();
}

}  // namespace censo::desk
