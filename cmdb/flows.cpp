#include "cmdb/flows.h"

#include "base/id.h"
#include "cmdb/component_store.h"
#include "cmdb/dependency.h"
#include "cmdb/flow_target.h"
#include "cmdb/ingest_run.h"
#include "cmdb/ip_network.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace censo::cmdb {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;
constexpr std::size_t most_flows = 256;          // of one source
constexpr std::int64_t certain_times = 2;        // reports with it
constexpr std::int64_t certain_connections = 5;  // or connections in one report

struct Flow {
  std::int64_t id = 0;
  SourceId source;
  CiId host;
  std::string unit;
  FlowEnd end;
  std::int64_t times = 0, connections = 0;
  base::TimeMs last_seen = 0;
  std::int64_t relationship = 0;

  auto key() const { return std::tie(unit, end.protocol, end.address, end.port); }
};
using FlowKey = std::tuple<std::string, std::string, std::string, std::int64_t>;

Flow flow_from(const store::Row& row) {
  return {row.integer(0),
          SourceId(row.integer(1)),
          CiId(row.integer(2)),
          row.text(3),
          {row.text(4), row.text(5), row.integer(6)},
          row.integer(7),
          row.integer(8),
          row.integer(9),
          row.maybe_integer(10).value_or(0)};
}

bool is_certain(const Flow& flow) {
  return flow.times >= certain_times || flow.connections >= certain_connections;
}

bool is_inbound(const inventory::Attributes& attributes) {
  const inventory::Value* value = attributes.find("inbound");
  const auto* flag = value ? std::get_if<bool>(value) : nullptr;
  return flag && *flag;
}

// The number of connections that the subject opened, by where from and where to. An inbound connection's
// other end is a port that means nothing, behind an address that may be a router's.
std::map<FlowKey, std::int64_t> opened_connections(const inventory::Report& report) {
  std::map<FlowKey, std::int64_t> opened;
  for (const inventory::Section& section : report.sections) {
    for (const inventory::Item& item : section.items) {
      if (item.class_name != "connection" || !item.owner.empty() || is_inbound(item.attributes)) continue;
      const auto& connection = item.attributes;
      ++opened[{connection.text("unit"), connection.text("protocol"), connection.text("remote_address"),
                connection.integer("remote_port")}];
    }
  }
  return opened;
}

std::string instance_of_unit(const std::string& unit) {
  return unit.substr(0, unit.rfind('.'));
}

enum class Counts { new_ones, as_before };

class Settling {
 public:
  explicit Settling(IngestRun& run)
      : run_(run), targets_(run.tx), writing_{run.tx, run.clock, run.feed, run.history, run.now} {}

  FlowTargets& targets() { return targets_; }

  // A flow that leads nowhere (any more) keeps the dependency that it has: that ends when the flow expires.
  void settle(Flow& flow, Counts counts) {
    const auto target = is_certain(flow) ? targets_.find(flow.host, flow.end) : std::nullopt;
    if (!target) return;
    const auto service =
        flow.unit.empty() ? std::nullopt : targets_.service_of(flow.host, instance_of_unit(flow.unit));
    const CiId from = service.value_or(flow.host);
    if (from == target->service) return;
    const std::int64_t before = flow.relationship;
    flow.relationship = begin_dependency(writing_, flow.source, from, target->service);
    if (flow.relationship == 0) return;
    if (before != flow.relationship) {
      run_.tx.execute("update flow set relationship_id = $2, server_ci = $3 where id = $1", flow.id,
                      flow.relationship, target->host.value);
      if (before != 0) end_unless_seen(writing_, before, run_.now);
    }
    if (before != flow.relationship || counts == Counts::new_ones) write_evidence(run_.tx, flow.relationship);
  }

 private:
  IngestRun& run_;
  FlowTargets targets_;
  DependencyWriting writing_;
};

class Noting {
 public:
  explicit Noting(IngestRun& run) : run_(run), settling_(run) {}

  void note(const std::map<FlowKey, std::int64_t>& opened) {
    std::map<FlowKey, Flow> known;
    for (const store::Row& row : run_.tx.query(
             "select id, source_id, host_ci, unit, protocol, remote_address, remote_port, times, connections,"
             " last_seen, relationship_id from flow where source_id = $1",
             run_.source.id.value)) {
      Flow flow = flow_from(row);
      known.emplace(FlowKey(flow.key()), std::move(flow));
    }
    for (const auto& [key, connections] : opened) {
      const auto flow = known.find(key);
      if (flow != known.end()) {
        see_again(flow->second, connections);
      } else if (known.size() < most_flows && may_be_ours(key)) {
        known.emplace(key, begin(key, connections));
      }
    }
  }

 private:
  // The Internet is left out, but for what is known to be ours.
  bool may_be_ours(const FlowKey& key) {
    const AddressScope scope = scope_of(std::get<2>(key));
    if (scope == AddressScope::unknown || std::get<3>(key) <= 0) return false;
    return scope != AddressScope::global || settling_.targets().is_address_of_item(std::get<2>(key));
  }

  Flow begin(const FlowKey& key, std::int64_t connections) {
    const auto& [unit, protocol, address, port] = key;
    Flow flow{base::next_id(run_.clock),
              run_.source.id,
              run_.source.ci,
              unit,
              {protocol, address, port},
              1,
              connections,
              run_.now,
              0};
    run_.tx.execute(
        "insert into flow (id, source_id, host_ci, unit, protocol, remote_address, remote_port, times, "
        "connections,"
        " first_seen, last_seen) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        flow.id, flow.source.value, flow.host.value, unit, protocol, address, port, flow.times, connections,
        run_.now);
    settling_.settle(flow, Counts::new_ones);
    return flow;
  }

  // The second time is noted at once, later ones by the day.
  void see_again(Flow& flow, std::int64_t connections) {
    if (flow.times >= certain_times && flow.last_seen / day_ms == run_.now / day_ms) return;
    ++flow.times;
    flow.last_seen = run_.now;
    flow.connections = std::max(flow.connections, connections);
    run_.tx.execute("update flow set times = $2, connections = $3, last_seen = $4 where id = $1", flow.id,
                    flow.times, flow.connections, flow.last_seen);
    settling_.settle(flow, Counts::new_ones);
  }

  IngestRun& run_;
  Settling settling_;
};

// Reports that say the same as the one before are not looked into: the last one that was still holds.
bool is_in_last_report(store::Transaction& tx, const Flow& flow) {
  for (const ComponentSet& set : load_components(tx, flow.host)) {
    for (const Component& row : set.transient) {
      const auto& connection = row.attributes;
      if (row.class_name == "connection" && connection.text("unit") == flow.unit &&
          connection.text("protocol") == flow.end.protocol &&
          connection.text("remote_address") == flow.end.address &&
          connection.integer("remote_port") == flow.end.port) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void note_flows(IngestRun& run, const inventory::Report& report) {
  const auto opened = opened_connections(report);
  if (!opened.empty()) Noting(run).note(opened);
}

void settle_flows_to_subject(IngestRun& run) {
  Settling settling(run);
  for (const store::Row& row : run.tx.query(
           "select id, source_id, host_ci, unit, protocol, remote_address, remote_port, times, connections, "
           "last_seen,"
           " relationship_id from flow where server_ci = $1 or remote_address in (select value from ci_key"
           " where ci_id = $1 and rule in ('ip_addresses', 'management_address')) or (source_id = $2 and"
           " relationship_id is null) order by id",
           run.source.ci.value, run.source.id.value)) {
    Flow flow = flow_from(row);
    settling.settle(flow, Counts::as_before);
  }
}

bool expire_flows(store::Transaction& tx, const base::Clock& clock, std::size_t most) {
  const base::TimeMs now = clock.now();
  HistoryWriter history(tx, clock, {"collector", now, 0});
  FeedWriter feed;
  DependencyWriting writing{tx, clock, feed, history, now};
  const auto expired = tx.query(
      "select f.id, f.source_id, f.host_ci, f.unit, f.protocol, f.remote_address, f.remote_port, f.times,"
      " f.connections, f.last_seen, f.relationship_id, s.last_seen from flow f join ci_source s on s.id = "
      "f.source_id where f.last_seen <= $1 order by f.last_seen limit $2",
      now - flow_expiry_ms, static_cast<std::int64_t>(most));
  for (const store::Row& row : expired) {
    const Flow flow = flow_from(row);
    const base::TimeMs reported = row.integer(11);
    if (reported > now - flow_expiry_ms && is_in_last_report(tx, flow)) {
      tx.execute("update flow set last_seen = $2 where id = $1", flow.id, reported);
      if (flow.relationship != 0) write_evidence(tx, flow.relationship);
      continue;
    }
    tx.execute("delete from flow where id = $1", flow.id);
    if (flow.relationship != 0) end_unless_seen(writing, flow.relationship, flow.last_seen);
  }
  feed.write(tx, clock);
  return expired.size() == most;
}

}  // namespace censo::cmdb
