// Reports of computers and devices, short to write: what each case of identification needs.
#pragma once

#include "cmdb/identification_record.h"
#include "cmdb/merge.h"
#include "cmdb/review.h"
#include "cmdb/review_settling.h"
#include "tests/cmdb/ingest_fixture.h"

#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

constexpr base::TimeMs hour_ms = 3'600'000, day_ms = 24 * hour_ms;

class IdentificationCase : public IngestTest {
 protected:
  using Values = std::vector<std::pair<std::string, inventory::Value>>;

  struct Machine {
    std::string serial = {}, uuid = {}, machine_id = {}, name = "host";
    inventory::TextList macs = {}, disks = {};
    std::string class_name = "workstation";
  };
  static inventory::Attributes hardware_of(const Machine& machine) {
    return attributes({{"serial_number", machine.serial},
                       {"smbios_uuid", machine.uuid},
                       {"machine_id", machine.machine_id},
                       {"mac_addresses", machine.macs}});
  }
  static std::vector<inventory::Item> disks_of(const Machine& machine) {
    std::vector<inventory::Item> items;
    for (const std::string& serial : machine.disks)
      items.push_back(item("disk", attributes({{"name", "disk" + serial}, {"serial_number", serial}})));
    return items;
  }
  inventory::Report of_agent(const std::string& agent, std::uint64_t sequence, const Machine& machine,
                             const std::string& boot_id = "") const {
    inventory::Report report = agent_report(
        agent, sequence, {section("hardware", hardware_of(machine), disks_of(machine))}, machine.name);
    report.subject_class = machine.class_name;
    report.boot_id = boot_id;
    return report;
  }
  inventory::Report of_scan(Values values, const std::string& name = "sw01",
                            const std::string& class_name = "switch") const {
    return scan_report({section("system", attributes(std::move(values)))}, class_name, name);
  }
  inventory::Report of_import(Values values, const std::string& name, const std::string& class_name) const {
    inventory::Report report =
        scan_report({section("rows", attributes(std::move(values)))}, class_name, name);
    report.origin = {inventory::OriginKind::import, "purchases", "1"};
    return report;
  }

  CiId root(CiId ci) { return root_of(tx, ci); }
  bool are_one(CiId a, CiId b) { return root(a) == root(b); }
  std::vector<Review> open_reviews() { return list_reviews(tx, "", {100, ""})->rows; }
  std::string why(CiId ci) {
    const auto records = identifications_of(tx, ci);
    return records.empty() ? ""
                           : records.front().explanation.outcome + " " + records.front().explanation.rule;
  }
  void settle() { settle_reviews(tx, catalog, clock, clock.now(), 100); }
  std::string shown(CiId ci, const std::string& attribute) {
    return find_ci(tx, root(ci))->attributes.text(attribute);
  }

  const Machine laptop{
      "CZ1",     "11111111-2222-3333-4444-555555555555",     "aaaa0000aaaa0000aaaa0000aaaa0001",
      "laptop7", {"3c:52:82:00:00:01", "3c:52:82:00:00:02"}, {"S3Z1", "S3Z2"}};
};

}  // namespace censo::cmdb
