#include "cmdb/learned_address.h"

#include "cmdb/ingest_run.h"
#include "cmdb/store/many_rows.h"

#include <set>
#include <tuple>

namespace censo::cmdb {
namespace {

using Learned = std::tuple<std::string, std::string, std::string>;  // mac, address, port

struct Kept {
  std::set<Learned> now;
  bool complete = true;
};

// Of both sections apart: one that failed says nothing of the other's.
Kept learned_in(const inventory::Section& section, const AggregateOf& aggregates) {
  Kept kept{{}, section.complete};
  for (const inventory::Item& item : section.items) {
    const auto& of = item.attributes;
    const bool learned = item.class_name == "forwarding_entry" || item.class_name == "address_pair";
    if (!learned || of.text("mac_address").empty()) continue;
    kept.now.emplace(of.text("mac_address"), of.text("address"), lifted(aggregates, of.text("port")));
  }
  return kept;
}

std::set<Learned> learned_before(IngestRun& run, bool pairs) {
  std::set<Learned> before;
  for (const store::Row& row : run.tx.query(
           "select mac, address, port from learned_address where source_id = $1", run.source.id.value)) {
    if (row.text(1).empty() != pairs) before.emplace(row.text(0), row.text(1), row.text(2));
  }
  return before;
}

void replace(IngestRun& run, const Kept& kept, bool pairs) {
  static const store::ManyRows insert("insert into learned_address (source_id, mac, address, port) values ",
                                      4);
  const auto before = learned_before(run, pairs);
  std::vector<store::Parameter> added;
  for (const auto& one : kept.now) {
    if (before.contains(one)) continue;
    const auto& [mac, address, port] = one;
    added.insert(added.end(), {run.source.id.value, mac, address, port});
  }
  insert.insert(run.tx, added);
  if (!kept.complete) return;
  for (const auto& one : before) {
    if (kept.now.contains(one)) continue;
    run.tx.execute(
        "delete from learned_address where source_id = $1 and mac = $2 and address = $3 and port = $4",
        run.source.id.value, std::get<0>(one), std::get<1>(one), std::get<2>(one));
  }
}

}  // namespace

const std::string& lifted(const AggregateOf& aggregates, const std::string& port) {
  const auto aggregate = aggregates.find(port);
  return aggregate == aggregates.end() ? port : aggregate->second;
}

void keep_learned(IngestRun& run, const inventory::Report& report, const AggregateOf& aggregates) {
  for (const inventory::Section& section : report.sections) {
    const bool pairs = section.name == address_pairs_section_name;
    if (pairs || section.name == forwarding_section_name)
      replace(run, learned_in(section, aggregates), pairs);
  }
}

std::vector<std::string> addresses_of_mac(const IngestRun& run, const std::string& mac) {
  std::vector<std::string> addresses;
  for (const store::Row& row :
       run.tx.query("select distinct l.address from learned_address l join ci_source s on s.id = l.source_id"
                    " where l.mac = $1 and l.address <> '' and (s.last_seen > $2 or s.id = $3) order by "
                    "l.address limit 16",
                    mac, run.now - learned_believed_ms, run.source.id.value))
    addresses.push_back(row.text(0));
  return addresses;
}

std::string port_towards(const IngestRun& run, CiId device, CiId other) {
  // In this order: hundreds of devices may have learned the address, the device's own rows are by their key.
  const auto ports = run.tx.query(
      "select distinct l.port from ci_source s cross join ci_key k cross join learned_address l"
      " where k.ci_id = $1 and k.rule in ('mac_addresses', 'base_mac', 'mac') and s.ci_id = $2"
      " and s.last_seen > $3 and l.source_id = s.id and l.mac = k.value and l.address = '' limit 2",
      other.value, device.value, run.now - learned_believed_ms);
  return ports.size() == 1 ? ports.front().text(0) : std::string();
}

}  // namespace censo::cmdb
