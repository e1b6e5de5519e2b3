// The simulated world: what exists, as it is, whatever anybody sees of it.
//
// One asset is what an accountant or an operator counts as one thing, and so what one configuration item
// should be: a physical machine is its chassis, whatever is installed on it (re-image, dual boot) or
// exchanged in it (card, disk, main board); a machine bought in its place is another, also under the same
// name. A virtual machine or a container is the instance that runs: its copy is another, its new name or new
// system is not. A network device is what answers at its management address, and the spare that takes its
// place is another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::fleet {

enum class AssetKind { laptop, desktop, server, virtual_machine, container, network_device, printer };
std::string_view name_of(AssetKind kind);

// What happens to assets, and what is odd about them. Rare and hard ones stand last: they explain an error
// first.
enum class Happening {
  enrolled,
  registered,
  scanned,
  guest_seen,
  address_change,
  docked,
  renamed,
  batch_renamed,
  reimaged,
  nic_swapped,
  disk_swapped,
  vm_renamed,
  refreshed_same_name,
  default_name,
  random_mac,
  vpn_adapter,
  two_addresses,
  partial_report,
  partial_scan,
  listed_junk,
  unlisted_junk,
  shared_disk_serial,
  shared_engine_id,
  shared_uuid,
  in_container,
  dual_boot,
  device_replaced,
  board_swapped,
  serial_lost,
  vm_cloned,
  vm_cloned_same_uuid,
  image_cloned,
  import_without_serial,
  count_
};
inline constexpr std::size_t happening_count = static_cast<std::size_t>(Happening::count_);
std::string_view name_of(Happening happening);

// What happened to an asset; the number is shared by the assets that it makes look alike (a batch, a clone
// and its original), 0 = by none.
using Happenings = std::map<Happening, std::size_t>;

struct Nic {
  std::string name;  // "enp0s31f6"
  std::string kind;  // as the agent says
  std::string driver;
  std::string mac;
  std::string assignment = "permanent";
  std::string permanent_mac;
};

struct Disk {
  std::string name, model, serial;
};

// What the main board says, placeholders included.
struct Firmware {
  std::string manufacturer, model, serial, uuid, board_serial, chassis_serial, chassis_type, asset_tag;
};

constexpr std::size_t none = SIZE_MAX;

// An installed operating system with its agent: what a re-image replaces and a clone copies.
struct Install {
  std::string agent_id, machine_id, host_name, os_id, os_version, snmp_engine_id;
  std::size_t record = none;
};

struct Asset {
  AssetKind kind = AssetKind::laptop;
  std::size_t site = 0;
  std::size_t host = none;  // of a virtual machine or container
  bool gone = false;
  Firmware firmware;
  std::vector<Nic> nics;
  std::vector<Disk> disks;
  std::vector<Install> installs;  // two: dual boot
  std::size_t running = 0;
  std::string boot_id, address;
  bool has_snmp = false, engine_id_hidden = false, uuid_swapped = false;
  // Network devices: what they answer. The name is installs' for computers.
  std::string device_name, engine_id, second_address;
  // The register's and the hypervisor's rows.
  std::string sticker_serial;  // at the case: what the register knows, whatever the board says
  std::string register_name, register_tag, register_mac, display_name, instance_uuid;
  bool register_serial = true;
  std::size_t register_record = none, scan_record = none, guest_record = none;
  Happenings happenings;

  Install& install() { return installs[running]; }
  const Install& install() const { return installs[running]; }
};

inline bool is_computer(AssetKind kind) {
  return kind <= AssetKind::container;
}
inline bool is_physical(const Asset& asset) {
  return asset.kind != AssetKind::virtual_machine && asset.kind != AssetKind::container;
}

}  // namespace censo::fleet
