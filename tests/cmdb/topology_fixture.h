// Scans of switches as reports: what they learned and who is beside them.
#pragma once

#include "cmdb/attribute_value.h"
#include "cmdb/stored_json.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {

using inventory::Item;
using inventory::Report;
using inventory::Section;

inline const std::string web_mac = "00:1b:21:00:00:01", mail_mac = "00:1b:21:00:00:02";

inline std::string mac_of(int number) {
  return "00:25:90:00:00:" + std::string(number < 10 ? "0" : "") + std::to_string(number);
}

inline Item learned(const std::string& port, const std::string& mac) {
  return item("forwarding_entry",
              attributes({{"port", port}, {"mac_address", mac}, {"vlan", std::int64_t{1}}}));
}

inline Item neighbour(const std::string& port, const std::string& capabilities) {
  return item("lldp_neighbour", attributes({{"local_port", port},
                                            {"chassis_id", "00:00:5e:00:53:01"},
                                            {"port_id", "1"},
                                            {"capabilities", capabilities}}));
}

// A port of a switch, which may be a member of an aggregate.
inline Item port(const std::string& name, const std::string& aggregate = "", const std::string& mac = "") {
  return item("network_port", attributes({{"name", name}, {"aggregate", aggregate}, {"mac_address", mac}}));
}

// What a bridge's port knows of the spanning tree; `bridge` is another one.
inline Item next_bridge(const std::string& port, std::int64_t number, const std::string& bridge,
                        std::int64_t far_number) {
  return item("spanning_tree_port", attributes({{"port", port},
                                                {"number", number},
                                                {"designated", false},
                                                {"designated_bridge", bridge},
                                                {"designated_port", far_number}}));
}

class TopologyTest : public IngestTest {
 protected:
  void host(const std::string& name, const std::vector<std::string>& macs) {
    take(agent_report("agent " + name, 1,
                      {section("network", attributes({{"mac_addresses", inventory::TextList(macs)}}))},
                      name));
  }
  // A scan of the switch of this serial number and name.
  Report scan(const std::string& name, std::vector<Item> rows, std::vector<Item> neighbours = {}) {
    return scan_report(
        {section("device", attributes({{"serial_number", "SN-" + name}})),
         section("lldp", {}, std::move(neighbours)), section("forwarding", {}, std::move(rows))},
        "switch", name);
  }
  static std::vector<Item> crowd(const std::string& port, int many) {
    std::vector<Item> rows;
    for (int i = 0; i < many; ++i) rows.push_back(learned(port, mac_of(i)));
    return rows;
  }
  // "sw1 Gi1 web01 1"
  std::vector<std::string> places() {
    std::vector<std::string> found;
    for (const store::Row& row :
         tx.query("select f.name, r.evidence, t.name from relationship r join ci f on f.id = r.from_ci"
                  " join ci t on t.id = r.to_ci where r.type = 'connects_to' and r.ended_at is null"
                  " order by f.name, t.name")) {
      const auto evidence = attributes_from_json(row.text(1));
      found.push_back(row.text(0) + " " + evidence.text("local_port") + " " + row.text(2) + " " +
                      to_text(*evidence.find("addresses_at_port")));
    }
    return found;
  }
  // A switch that has this address and these further sections.
  Report scan_of(const std::string& name, const std::string& base_mac, std::vector<Section> sections) {
    std::vector<Section> all{section(
        "device", attributes({{"serial_number", "SN-" + name}, {"base_mac", base_mac}, {"sys_name", name}}))};
    for (auto& one : sections) all.push_back(std::move(one));
    return scan_report(std::move(all), "switch", name);
  }
  // "sw1 Gi1 > web01 eth0 (lldp)"
  std::vector<std::string> links() {
    std::vector<std::string> found;
    for (const store::Row& row :
         tx.query("select f.name, r.evidence, t.name from relationship r join ci f on f.id = r.from_ci"
                  " join ci t on t.id = r.to_ci where r.type = 'connects_to' and r.ended_at is null"
                  " order by f.name, t.name")) {
      const auto evidence = attributes_from_json(row.text(1));
      const auto remote = evidence.text("remote_port");
      found.push_back(row.text(0) + " " + evidence.text("local_port") + " > " + row.text(2) +
                      (remote.empty() ? "" : " " + remote) + " (" + evidence.text("protocol") + ")");
    }
    return found;
  }
  using Places = std::vector<std::string>;
};

}  // namespace censo::cmdb
