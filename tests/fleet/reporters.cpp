#include "tests/fleet/reporters.h"

#include "agent/placeholder.h"
#include "tests/fleet/factory.h"

#include <algorithm>
#include <utility>

namespace censo::fleet {
namespace {

using inventory::Item;
using inventory::OriginKind;
using inventory::Report;
using inventory::Section;
using inventory::TextList;

Report report_of(OriginKind kind, std::string origin, base::TimeMs at) {
  Report report;
  report.origin = {kind, std::move(origin), "1.0"};
  // As after a refusal (docs/decisions/0033): seconds since 1970, so that clones of one agent do not go back.
  report.sequence = static_cast<std::uint64_t>(at / 1000);
  report.taken_at = at;
  return report;
}

Section& add_section(Report& report, std::string name) {
  report.sections.push_back({std::move(name), true, "", {}, {}, {}});
  return report.sections.back();
}

Item& add_item(Section& section, std::string class_name) {
  section.items.push_back({std::move(class_name), "", "", {}});
  return section.items.back();
}

std::string class_of_subject(const Asset& asset) {
  switch (asset.kind) {
    case AssetKind::laptop:
    case AssetKind::desktop: return "workstation";
    case AssetKind::server: return "server";
    case AssetKind::virtual_machine: return "virtual_machine";
    case AssetKind::container: return "container";
    case AssetKind::network_device: return "switch";
    case AssetKind::printer: return "printer";
  }
  return "";
}

// Without root the kernel gives the texts that identify no one.
void add_smbios(Report& report, const Asset& seen, const Asset& subject, bool partial) {
  Section& section = add_section(report, "smbios");
  const Firmware& firmware = seen.firmware;
  auto& values = section.attributes;
  values.set("manufacturer", agent::without_placeholder(firmware.manufacturer));
  values.set("model", agent::without_placeholder(firmware.model));
  values.set("chassis_type", firmware.chassis_type);
  section.complete = !partial;
  if (partial) return;
  values.set("serial_number", agent::serial_without_placeholder(firmware.serial));
  values.set("baseboard_serial_number", agent::serial_without_placeholder(firmware.board_serial));
  values.set("chassis_serial_number", agent::serial_without_placeholder(firmware.chassis_serial));
  values.set("asset_tag", agent::serial_without_placeholder(firmware.asset_tag));
  const std::string uuid = agent::uuid_without_placeholder(firmware.uuid);
  values.set("smbios_uuid", subject.uuid_swapped && !uuid.empty() ? uuid_in_other_byte_order(uuid) : uuid);
}

void add_platform(Report& report, const Asset& asset) {
  auto& values = add_section(report, "platform_ids").attributes;
  values.set("machine_id", asset.install().machine_id);
  values.set("boot_id", asset.boot_id);
  values.set("host_name", asset.install().host_name);
  auto& system = add_section(report, "os_release").attributes;
  system.set("os_id", asset.install().os_id);
  system.set("os_version", asset.install().os_version);
  auto& surroundings = add_section(report, "virtualization").attributes;
  if (asset.kind == AssetKind::virtual_machine) surroundings.set("virtualization", "vmware");
  if (asset.kind == AssetKind::container) surroundings.set("container", "docker");
  if (!asset.install().snmp_engine_id.empty() && !asset.engine_id_hidden)
    add_section(report, "snmp_agent").attributes.set("snmp_engine_id", asset.install().snmp_engine_id);
}

void add_interface(Section& section, const Nic& nic, const std::string& address) {
  auto& values = add_item(section, "network_interface").attributes;
  values.set("name", nic.name);
  values.set("kind", nic.kind);
  values.set("driver", nic.driver);
  values.set("mac", nic.mac);
  if (!nic.mac.empty()) values.set("mac_assignment", nic.assignment);
  values.set("permanent_mac", nic.permanent_mac);
  if (!address.empty()) values.set("addresses", TextList{address + "/16"});
}

// The rule of agent/sources/linux/network_interfaces.cpp.
std::string mac_that_identifies(const Nic& nic) {
  if (nic.kind != "physical" && nic.kind != "wireless") return "";
  if (!nic.permanent_mac.empty()) return nic.permanent_mac;
  return nic.assignment == "random" ? "" : nic.mac;
}

Nic dock_adapter(const std::string& mac) {
  std::string name = "enx" + mac;
  std::erase(name, ':');
  return {name, "physical", "r8152", mac, "permanent", ""};
}

void add_interfaces(Report& report, const Asset& asset, const Circumstances& circumstances) {
  Section& section = add_section(report, "network_interfaces");
  std::vector<Nic> nics = asset.nics;
  if (!circumstances.dock_mac.empty()) nics.push_back(dock_adapter(circumstances.dock_mac));
  TextList macs;
  for (const Nic& nic : nics) {
    add_interface(section, nic, &nic == &nics.front() ? asset.address : "");
    if (auto mac = mac_that_identifies(nic); !mac.empty()) macs.push_back(std::move(mac));
  }
  std::ranges::sort(macs);
  section.attributes.set("mac_addresses", std::move(macs));
  if (asset.kind != AssetKind::container) section.attributes.set("ip_addresses", TextList{asset.address});
}

void add_disks(Report& report, const Asset& seen) {
  Section& section = add_section(report, "block_devices");
  for (const Disk& disk : seen.disks) {
    auto& values = add_item(section, "disk").attributes;
    values.set("name", disk.name);
    values.set("type", "disk");
    values.set("model", disk.model);
    values.set("serial_number", disk.serial);
  }
}

std::string scan_job_of(const Asset& asset) {
  return "scan-" + std::to_string(asset.site);
}

// ifTable and entPhysicalTable of a device, two ports of it.
void add_device_tables(Report& report, const Asset& asset, const std::string& address, bool partial) {
  Section& interfaces = add_section(report, "interfaces");
  interfaces.complete = !partial;
  const std::string& base = asset.nics.front().mac;
  TextList macs;
  for (std::int64_t port = 1; port <= 2; ++port) {
    auto& values = add_item(interfaces, "network_port").attributes;
    std::string mac = base;
    mac.back() =
        "0123456789abcdef"[(static_cast<std::size_t>(port) + static_cast<unsigned char>(mac[15])) % 16];
    values.set("name", "Gi1/0/" + std::to_string(port));
    values.set("description", "GigabitEthernet1/0/" + std::to_string(port));
    values.set("if_index", port);
    values.set("mac_address", mac);
    macs.push_back(std::move(mac));
  }
  std::ranges::sort(macs);
  interfaces.attributes.set("mac_addresses", std::move(macs));
  if (partial) return;
  Section& addresses = add_section(report, "addresses");
  auto& row = add_item(addresses, "ip_interface").attributes;
  row.set("address", address);
  row.set("port", "Gi1/0/1");
  addresses.attributes.set("ip_addresses", TextList{address});
  auto& chassis = add_section(report, "entities").attributes;
  chassis.set("manufacturer", asset.firmware.manufacturer);
  chassis.set("model", asset.firmware.model);
  chassis.set("serial_number", asset.firmware.serial);
}

void describe_device(Section& system, const Asset& asset, const std::string& address) {
  system.attributes.set("sys_name", asset.device_name);
  system.attributes.set("management_address", address);
  system.attributes.set("snmp_engine_id", asset.engine_id);
  system.attributes.set("base_mac", asset.nics.front().mac);
}

Report scan_of_computer(const Asset& asset, const Circumstances& circumstances) {
  Report report = report_of(OriginKind::scanner, scan_job_of(asset), circumstances.at);
  report.subject_class = "server";
  report.subject_name = asset.install().host_name;
  auto& system = add_section(report, "system").attributes;
  system.set("host_name", asset.install().host_name);
  system.set("snmp_engine_id", asset.install().snmp_engine_id);
  Section& interfaces = add_section(report, "interfaces");
  interfaces.complete = !circumstances.partial;
  TextList macs;
  for (const Nic& nic : asset.nics) macs.push_back(nic.mac);
  if (!circumstances.partial) interfaces.attributes.set("mac_addresses", std::move(macs));
  add_section(report, "addresses").attributes.set("ip_addresses", TextList{asset.address});
  inventory::seal(report);
  return report;
}

}  // namespace

Report agent_report(const Asset& asset, const Circumstances& circumstances) {
  Report report = report_of(OriginKind::agent, asset.install().agent_id, circumstances.at);
  report.boot_id = asset.boot_id;
  report.subject_class = class_of_subject(asset);
  report.subject_name = asset.install().host_name;
  const Asset& seen = circumstances.host ? *circumstances.host : asset;
  add_smbios(report, seen, asset, circumstances.partial);
  add_platform(report, asset);
  add_interfaces(report, asset, circumstances);
  add_disks(report, seen);
  inventory::seal(report);
  return report;
}

Report scan_report(const Asset& asset, const std::string& address, const Circumstances& circumstances) {
  if (is_computer(asset.kind)) return scan_of_computer(asset, circumstances);
  Report report = report_of(OriginKind::scanner, scan_job_of(asset), circumstances.at);
  report.subject_class = class_of_subject(asset);
  report.subject_name = asset.device_name;
  describe_device(add_section(report, "system"), asset, address);
  if (asset.kind == AssetKind::printer && !circumstances.partial)
    report.sections.front().attributes.set("serial_number", asset.firmware.serial);
  add_device_tables(report, asset, address, circumstances.partial);
  inventory::seal(report);
  return report;
}

Report register_report(const Asset& asset, const Circumstances& circumstances) {
  Report report = report_of(OriginKind::import, "asset-register", circumstances.at);
  report.subject_class = class_of_subject(asset);
  report.subject_name = asset.register_name;
  auto& values = add_section(report, "register").attributes;
  values.set("manufacturer", asset.firmware.manufacturer);
  values.set("model", asset.firmware.model);
  values.set("asset_tag", asset.register_tag);
  if (is_computer(asset.kind) && asset.register_name != asset.register_tag)
    values.set("host_name", asset.register_name);
  if (asset.register_serial) values.set("serial_number", asset.sticker_serial);
  if (!asset.register_mac.empty()) values.set("mac_addresses", TextList{asset.register_mac});
  inventory::seal(report);
  return report;
}

Report guest_report(const Asset& asset, const Circumstances& circumstances) {
  const std::string origin = "hypervisor-" + std::to_string(asset.site % 4);
  Report report = report_of(OriginKind::import, origin, circumstances.at);
  report.subject_class = "virtual_machine";
  report.subject_name = asset.display_name;
  auto& values = add_section(report, "guest").attributes;
  values.set("provider_id", origin);
  values.set("instance_uuid", asset.instance_uuid);
  values.set("smbios_uuid", asset.firmware.uuid);
  TextList macs;
  for (const Nic& nic : asset.nics) macs.push_back(nic.mac);
  values.set("mac_addresses", std::move(macs));
  inventory::seal(report);
  return report;
}

}  // namespace censo::fleet
