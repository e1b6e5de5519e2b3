#include "tests/fleet/life.h"

#include "tests/fleet/rates.h"

#include <utility>

namespace censo::fleet {
namespace {

// The spare of a device gets the configuration of the one before, name and addresses in it.
void take_over_configuration(const Asset& before, Asset& spare) {
  constexpr std::string_view by_configuration = "8000000904";
  spare.device_name = before.device_name;
  spare.address = before.address;
  spare.second_address = before.second_address;
  if (before.engine_id.starts_with(by_configuration)) spare.engine_id = before.engine_id;
}

}  // namespace

std::size_t Life::add(Asset asset) {
  for (const auto& [happening, group] : asset.happenings) ++counts[static_cast<std::size_t>(happening)];
  const std::size_t index = assets.size();
  if (asset.kind == AssetKind::server) {
    if (servers_of_site_.size() <= asset.site) servers_of_site_.resize(asset.site + 1);
    servers_of_site_[asset.site].push_back(index);
  }
  asset.boot_id = random.uuid();
  assets.push_back(std::move(asset));
  return index;
}

void Life::note(Asset& asset, Happening happening, std::size_t group) {
  ++counts[static_cast<std::size_t>(happening)];
  auto& known = asset.happenings[happening];
  if (group != 0) known = group;
}

void Life::rename(Asset& asset, Happening happening) {
  const std::string before = asset.install().host_name;
  asset.install().host_name = factory.make_name(asset);
  if (asset.register_name == before && random.chance(0.5)) asset.register_name = asset.install().host_name;
  note(asset, happening);
}

void Life::reimage(Asset& asset) {
  const bool had_snmp = !asset.install().snmp_engine_id.empty();
  asset.install() = factory.make_install(asset.install().host_name);
  if (had_snmp) asset.install().snmp_engine_id = "80001f8880" + random.hex(16);
  asset.boot_id = random.uuid();
  note(asset, Happening::reimaged);
  if (random.chance(renamed_at_reimage)) rename(asset, Happening::renamed);
}

void Life::swap_board(Asset& asset) {
  Firmware& firmware = asset.firmware;
  firmware.uuid = factory.make_board_uuid();
  firmware.board_serial = factory.make_board_serial();
  Nic& onboard = asset.nics.front();
  onboard.mac = onboard.permanent_mac = factory.make_mac(onboard.mac.substr(0, 8));
  asset.boot_id = random.uuid();
  const bool lost = random.chance(serial_lost_at_board_swap);
  if (lost) firmware.serial = firmware.chassis_serial = firmware.asset_tag = "";
  note(asset, lost ? Happening::serial_lost : Happening::board_swapped);
  if (random.chance(reimage_at_board_swap)) reimage(asset);
}

void Life::swap_nic(Asset& asset) {
  Nic& card = asset.nics[asset.kind == AssetKind::server ? 1 : 0];
  card.mac = card.permanent_mac = factory.make_mac("a0:36:9f");
  asset.boot_id = random.uuid();
  note(asset, Happening::nic_swapped);
}

void Life::swap_disk(Asset& asset) {
  const std::string name = asset.disks.front().name;
  asset.disks.front() = factory.make_disk(asset.kind);
  asset.disks.front().name = name;
  note(asset, Happening::disk_swapped);
  reimage(asset);
}

void Life::rename_in_hypervisor(Asset& asset) {
  asset.display_name = factory.make_name(asset);
  note(asset, Happening::vm_renamed);
}

std::size_t Life::replace(std::size_t index) {
  assets[index].gone = true;
  const Asset before = assets[index];
  if (before.kind == AssetKind::container) {
    const std::size_t host = host_at(before.site);
    return add(factory.make_guest(AssetKind::container, assets[host], host));
  }
  Asset next = factory.make(before.kind, before.site);
  const std::size_t group = index + 1;
  if (!is_computer(before.kind)) {
    take_over_configuration(before, next);
    next.happenings[Happening::device_replaced] = group;
    assets[index].happenings[Happening::device_replaced] = group;
  } else if (random.chance(name_kept_at_refresh)) {
    for (Install& install : next.installs) install.host_name = before.install().host_name;
    if (next.register_name != next.register_tag) next.register_name = before.install().host_name;
    next.happenings[Happening::refreshed_same_name] = group;
    assets[index].happenings[Happening::refreshed_same_name] = group;
  }
  return add(std::move(next));
}

std::size_t Life::clone(std::size_t original) {
  Asset copy = assets[original];
  const bool same_uuid = random.chance(same_uuid_at_clone);
  const Happening happening = same_uuid ? Happening::vm_cloned_same_uuid : Happening::vm_cloned;
  auto& group = assets[original].happenings[happening];  // shared by all copies of one original
  if (group == 0) group = factory.next_group();
  copy.happenings = {{happening, group}};
  copy.guest_record = copy.scan_record = copy.install().record = none;
  copy.display_name = factory.make_name(copy);
  copy.instance_uuid = random.uuid();
  copy.address = factory.make_address(copy.site);
  const bool vmware = copy.firmware.manufacturer.starts_with("VMware");
  if (!same_uuid) copy.firmware.uuid = random.uuid();
  if (!same_uuid && vmware) copy.firmware.serial = "VMware-" + copy.firmware.uuid;
  for (Nic& nic : copy.nics) nic.mac = nic.permanent_mac = factory.make_guest_mac(vmware);
  return add(std::move(copy));
}

std::size_t Life::host_at(std::size_t site) {
  if (servers_of_site_.size() <= site || servers_of_site_[site].empty()) return none;
  return random.pick(servers_of_site_[site]);
}

}  // namespace censo::fleet
