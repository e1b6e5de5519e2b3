#include "tests/fleet/factory.h"

#include "tests/fleet/rates.h"

#include <array>

namespace censo::fleet {
namespace {

struct Maker {
  std::string_view name, oui, serial_prefix;
  std::size_t serial_length;
  std::array<std::string_view, 2> models;
};

constexpr std::array<Maker, 3> laptop_makers{
    Maker{"LENOVO", "54:e1:ad", "PF", 6, {"20XW0026GE", "21CB007AGE"}},
    Maker{"Dell Inc.", "d8:9e:f3", "", 7, {"Latitude 5420", "Latitude 7430"}},
    Maker{"HP", "e4:e7:49", "5CG", 7, {"HP EliteBook 840 G8 Notebook PC", "HP ProBook 450 G9 Notebook PC"}}};
constexpr std::array<Maker, 3> desktop_makers{
    Maker{"LENOVO", "98:fa:9b", "PC", 6, {"11DT004MGE", "11JN0038GE"}},
    Maker{"Dell Inc.", "b0:7b:25", "", 7, {"OptiPlex 7080", "OptiPlex 5090"}},
    Maker{"HP", "c8:d9:d2", "CZC", 7, {"HP EliteDesk 800 G6", "HP ProDesk 400 G7"}}};
constexpr std::array<Maker, 2> server_makers{
    Maker{"Dell Inc.", "b0:26:28", "", 7, {"PowerEdge R640", "PowerEdge R750"}},
    Maker{"HPE", "94:40:c9", "CZJ", 7, {"ProLiant DL380 Gen10", "ProLiant DL360 Gen10"}}};
constexpr std::array<Maker, 3> white_box_makers{
    Maker{"ASUSTeK COMPUTER INC.", "04:d9:f5", "", 0, {"PRIME B460M-A", "TUF GAMING B550M-PLUS"}},
    Maker{"Gigabyte Technology Co., Ltd.", "18:c0:4d", "", 0, {"B450M DS3H", "H410M S2H"}},
    Maker{"Micro-Star International Co., Ltd.", "00:d8:61", "", 0, {"MS-7C52", "MS-7D22"}}};
constexpr std::array<Maker, 3> network_makers{
    Maker{"Cisco Systems Inc", "00:2a:10", "FDO", 8, {"C9300-48T", "C9200L-24T-4G"}},
    Maker{"Aruba", "88:3a:30", "SG", 8, {"JL675A 6100 48G", "JL678A 6100 24G"}},
    Maker{"Juniper Networks", "2c:6b:f5", "NX", 10, {"EX3400-48T", "EX2300-24T"}}};
constexpr std::array<Maker, 2> printer_makers{
    Maker{"HP", "48:ba:4e", "CNB", 7, {"HP LaserJet M507", "HP Color LaserJet M553"}},
    Maker{"KYOCERA", "00:17:c8", "VCF", 7, {"ECOSYS M3645idn", "ECOSYS P3145dn"}}};

constexpr std::array<std::string_view, 4> listed_serials{"To be filled by O.E.M.", "System Serial Number",
                                                         "Default string", "123456789"};
// Placeholders of makers that stand in no list: each is on many machines.
constexpr std::array<std::string_view, 4> unlisted_serials{"SKU-DEFAULT-77", "CM8888-01", "SerialNumberHere",
                                                           "R1.00-B2B"};
constexpr std::array<std::string_view, 2> shared_disk_serials{"AA000000000000000001", "20200312000042"};
constexpr std::array<std::string_view, 4> default_names{"localhost", "debian", "ubuntu", "desktop"};
constexpr std::array<std::string_view, 3> systems{"debian", "ubuntu", "fedora"};
constexpr std::string_view shared_engine_id = "800007e50300000000000000";

std::string plain(const std::string& mac) {
  std::string digits;
  for (const char c : mac) {
    if (c != ':') digits += c;
  }
  return digits;
}

template <std::size_t N>
std::string_view set_maker(Random& random, const std::array<Maker, N>& makers, Asset& asset) {
  const Maker& maker = random.pick(makers);
  asset.firmware.manufacturer = maker.name;
  asset.firmware.model = random.pick(maker.models);
  if (maker.serial_length > 0)
    asset.firmware.serial = std::string(maker.serial_prefix) + random.serial(maker.serial_length);
  return maker.oui;
}

std::string_view set_maker(Random& random, Asset& asset) {
  switch (asset.kind) {
    case AssetKind::laptop: return set_maker(random, laptop_makers, asset);
    case AssetKind::desktop: return set_maker(random, desktop_makers, asset);
    case AssetKind::network_device: return set_maker(random, network_makers, asset);
    case AssetKind::printer: return set_maker(random, printer_makers, asset);
    default: return set_maker(random, server_makers, asset);
  }
}

std::string_view short_name(AssetKind kind) {
  constexpr std::array<std::string_view, 7> names{"lap", "pc", "srv", "vm", "ct", "sw", "prn"};
  return names[static_cast<std::size_t>(kind)];
}

std::string numbered(std::string_view prefix, std::size_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(prefix) + std::string(digits > text.size() ? digits - text.size() : 0, '0') + text;
}

}  // namespace

std::string uuid_in_other_byte_order(const std::string& uuid) {
  const auto at = [&](std::size_t i) { return uuid.substr(i, 2); };
  return at(6) + at(4) + at(2) + at(0) + "-" + at(11) + at(9) + "-" + at(16) + at(14) + uuid.substr(18);
}

Factory::Batch& Factory::next_of(Batch& batch) {
  if (batch.left == 0) batch = {next_group(), batch_size, random_.uuid()};
  --batch.left;
  return batch;
}

Asset Factory::make(AssetKind kind, std::size_t site) {
  Asset asset;
  asset.kind = kind;
  asset.site = site;
  asset.address = make_address(site);
  if (is_computer(kind)) {
    add_firmware(asset);
    add_adapters(asset);
    asset.installs.push_back(make_install(make_name(asset)));
    add_defects(asset);
  } else {
    make_network_device(asset);
  }
  register_asset(asset);
  return asset;
}

void Factory::add_firmware(Asset& asset) {
  const bool white_box = asset.kind == AssetKind::desktop && random_.chance(white_box_share);
  add_card(asset, white_box ? make_white_box(asset) : set_maker(random_, asset));
  Firmware& firmware = asset.firmware;
  firmware.uuid = make_board_uuid();
  if (firmware.manufacturer == "Dell Inc.") firmware.uuid = "4c4c4544-00" + firmware.uuid.substr(11);
  firmware.board_serial = make_board_serial();
  firmware.chassis_serial = firmware.serial;
  firmware.chassis_type = asset.kind == AssetKind::laptop    ? "Notebook"
                          : asset.kind == AssetKind::desktop ? "Desktop"
                                                             : "Rack Mount Chassis";
  const std::size_t disks = asset.kind == AssetKind::server ? 2 : 1;
  for (std::size_t i = 0; i < disks; ++i) asset.disks.push_back(make_disk(asset.kind));
  for (std::size_t i = 0; i < disks; ++i) asset.disks[i].name += std::to_string(i);
}

std::string_view Factory::make_white_box(Asset& asset) {
  const std::string_view oui = set_maker(random_, white_box_makers, asset);
  if (random_.chance(unlisted_junk_share)) {
    const std::size_t which = random_.below(unlisted_serials.size());
    asset.firmware.serial = unlisted_serials[which];
    asset.happenings[Happening::unlisted_junk] = which + 1;
  } else {
    asset.firmware.serial = random_.pick(listed_serials);
    asset.happenings[Happening::listed_junk] = 0;
  }
  return oui;
}

void Factory::add_card(Asset& asset, std::string_view oui) {
  const std::string mac = make_mac(oui);
  asset.nics.push_back({"", "physical", "", mac, "permanent", mac});
}

void Factory::add_adapters(Asset& asset) {
  Nic& card = asset.nics.front();
  card.name = asset.kind == AssetKind::server ? "eno1" : "enp0s31f6";
  card.driver = asset.kind == AssetKind::server ? "tg3" : "e1000e";
  if (asset.kind == AssetKind::server) {
    const std::string second = make_mac(card.mac.substr(0, 8));
    asset.nics.push_back({"eno2", "physical", "tg3", second, "permanent", second});
    asset.has_snmp = random_.chance(snmp_on_server_share);
  }
  if (asset.kind != AssetKind::laptop) return;
  const std::string radio = make_mac("8c:8d:28");
  asset.nics.push_back({"wlp2s0", "wireless", "iwlwifi", radio, "permanent", radio});
  if (random_.chance(random_mac_share)) {
    asset.nics.back().assignment = "set";
    asset.nics.back().permanent_mac.clear();
    asset.happenings[Happening::random_mac] = 0;
  }
  if (random_.chance(vpn_adapter_share)) {
    const bool listed = random_.chance(0.5);
    asset.nics.push_back({"vpn0", "physical", "vpnadapter",
                          listed ? "00:09:0f:aa:00:01" : "00:05:9a:3c:7a:00", "permanent", ""});
    asset.happenings[Happening::vpn_adapter] = listed ? 1 : 2;
  }
}

void Factory::add_defects(Asset& asset) {
  if (random_.chance(default_name_share)) {
    const std::size_t which = random_.below(default_names.size());
    asset.install().host_name = default_names[which];
    asset.happenings[Happening::default_name] = which + 1;
  }
  if (asset.kind == AssetKind::desktop && random_.chance(shared_uuid_share)) {
    const Batch& batch = next_of(uuids_);
    asset.firmware.uuid = batch.value;
    asset.happenings[Happening::shared_uuid] = batch.group;
  }
  if (asset.kind == AssetKind::desktop && random_.chance(shared_disk_serial_share)) {
    const std::size_t which = random_.below(shared_disk_serials.size());
    asset.disks.front().serial = shared_disk_serials[which];
    asset.happenings[Happening::shared_disk_serial] = which + 1;
  }
  if (asset.has_snmp) {
    asset.install().snmp_engine_id = "80001f8880" + random_.hex(16);
    asset.engine_id_hidden = !random_.chance(engine_id_seen_by_agent);
  }
  if (asset.kind == AssetKind::laptop && random_.chance(image_clone_share)) add_image(asset);
  const bool two_systems = asset.kind == AssetKind::laptop || asset.kind == AssetKind::desktop;
  if (two_systems && random_.chance(dual_boot_share)) {
    asset.installs.push_back(make_install(asset.install().host_name));
    asset.happenings[Happening::dual_boot] = 0;
  }
}

// Disks of a batch are written from one image in which the agent had been enrolled already.
void Factory::add_image(Asset& asset) {
  const bool first = images_.left == 0;
  const Batch& batch = next_of(images_);
  if (first) image_ = asset.install();
  const std::string own_name = asset.install().host_name;
  asset.installs.front() = *image_;
  asset.installs.front().host_name = own_name;
  asset.happenings[Happening::image_cloned] = batch.group;
}

void Factory::make_network_device(Asset& asset) {
  const bool printer = asset.kind == AssetKind::printer;
  add_card(asset, set_maker(random_, asset));
  asset.device_name = make_name(asset);
  const std::string base = plain(asset.nics.front().mac);
  asset.engine_id = "8000000903" + base;
  if (!printer && random_.chance(configured_engine_id_share))
    asset.engine_id = "8000000904" + random_.hex(12);
  if (!printer && random_.chance(shared_engine_id_share)) {
    asset.engine_id = shared_engine_id;
    asset.happenings[Happening::shared_engine_id] = 1;
  }
  if (!printer && random_.chance(two_addresses_share)) {
    asset.second_address = make_address(asset.site);
    asset.happenings[Happening::two_addresses] = 0;
  }
}

void Factory::register_asset(Asset& asset) {
  asset.sticker_serial = asset.firmware.serial;
  if (!random_.chance(registered_share)) return;
  asset.register_tag = numbered("AT-", ++tagged_, 6);
  if (is_computer(asset.kind) && random_.chance(tag_in_firmware))
    asset.firmware.asset_tag = asset.register_tag;
  const std::string name = is_computer(asset.kind) ? asset.install().host_name : asset.device_name;
  asset.register_name = random_.chance(named_in_register) ? name : asset.register_tag;
  const bool junk = asset.happenings.contains(Happening::listed_junk) ||
                    asset.happenings.contains(Happening::unlisted_junk);
  // Who registers a machine without a serial number notes the card's address instead.
  if (junk) asset.register_mac = asset.nics.front().mac;
  if (is_computer(asset.kind) && !junk && random_.chance(no_serial_in_register)) {
    asset.register_serial = false;
    asset.register_name = name;
    asset.happenings[Happening::import_without_serial] = 0;
  }
}

Asset Factory::make_guest(AssetKind kind, const Asset& host, std::size_t host_index) {
  Asset asset;
  asset.kind = kind;
  asset.site = host.site;
  asset.host = host_index;
  asset.address = make_address(host.site);
  if (kind == AssetKind::container) {
    asset.installs.push_back(make_install(random_.hex(12)));
    asset.install().os_id = "debian";
    asset.install().machine_id.clear();  // images of containers have none
    asset.nics.push_back(
        {"eth0", "virtual", "", "02:42:ac:11:00:0" + random_.text("23456789", 1), "random", ""});
    asset.happenings[Happening::in_container] = host_index + 1;
    return asset;
  }
  make_virtual_firmware(asset);
  asset.installs.push_back(make_install(make_name(asset)));
  asset.display_name =
      random_.chance(other_display_name_share) ? numbered("Guest ", named_, 5) : asset.install().host_name;
  asset.instance_uuid = random_.uuid();
  asset.has_snmp = random_.chance(snmp_on_server_share);
  add_defects(asset);
  return asset;
}

void Factory::make_virtual_firmware(Asset& asset) {
  Firmware& firmware = asset.firmware;
  const bool vmware = random_.chance(0.6);
  firmware.uuid = random_.uuid();
  firmware.manufacturer = vmware ? "VMware, Inc." : "QEMU";
  firmware.model = vmware ? "VMware Virtual Platform" : "Standard PC (Q35 + ICH9, 2009)";
  firmware.chassis_type = "Other";
  if (vmware) firmware.serial = "VMware-" + firmware.uuid;
  const std::string mac = make_guest_mac(vmware);
  asset.nics.push_back({"ens192", "physical", vmware ? "vmxnet3" : "virtio_net", mac, "permanent", mac});
  asset.disks.push_back({vmware ? "sda" : "vda", vmware ? "Virtual disk" : "", ""});
  asset.uuid_swapped = vmware && random_.chance(swapped_uuid_share);
}

Install Factory::make_install(std::string host_name) {
  Install install;
  install.agent_id = random_.uuid();
  install.machine_id = random_.hex(32);
  install.host_name = std::move(host_name);
  install.os_id = random_.pick(systems);
  install.os_version = std::to_string(10 + random_.below(4));
  return install;
}

std::string Factory::make_name(const Asset& asset) {
  return numbered("s", asset.site, 3) +
         numbered("-" + std::string(short_name(asset.kind)) + "-", ++named_, 5);
}

std::string Factory::make_address(std::size_t site) {
  return "10." + std::to_string(site % 250) + "." + std::to_string(random_.below(250)) + "." +
         std::to_string(1 + random_.below(250));
}

Disk Factory::make_disk(AssetKind kind) {
  if (kind == AssetKind::laptop) return {"nvme", "SAMSUNG MZVLB512HBJQ", "S4GENX0N" + random_.serial(6)};
  return {"sd", "WDC WD5000AAKX", "WD-WCC" + random_.serial(8)};
}

std::string Factory::make_mac(std::string_view oui) {
  constexpr std::uint32_t range = 1U << 24;
  const std::uint32_t number = (++cards_ * 0x9e3779u) % range;  // odd factor: no number twice
  std::string mac(oui);
  for (const int shift : {20, 16, 12, 8, 4, 0}) {
    if (shift % 8 == 4) mac += ':';
    mac += "0123456789abcdef"[(number >> shift) & 15];
  }
  return mac;
}

// VMware gives 00:50:56:80 to :bf, libvirt 52:54:00.
std::string Factory::make_guest_mac(bool vmware) {
  if (!vmware) return make_mac("52:54:00");
  std::string mac = make_mac("00:50:56");
  mac[9] = "89ab"[random_.below(4)];
  return mac;
}

}  // namespace censo::fleet
