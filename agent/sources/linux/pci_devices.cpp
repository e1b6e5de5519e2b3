// PCI devices from /sys/bus/pci (sysfs-bus-pci), those that draw pictures also as graphics adapters.
#include "agent/attributes.h"
#include "agent/device_names.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"
#include "agent/udev_database.h"

#include <algorithm>
#include <array>

namespace censo::agent::sources {
namespace {

constexpr std::string_view devices_folder = "/sys/bus/pci/devices";

struct DeviceType {
  unsigned code;  // base class and subclass (PCI Code and ID Assignment Specification)
  std::string_view name;
};
// Sorted. A subclass that is not here goes by its base class: code & 0xFF00 with subclass 0x80, "other".
constexpr std::array<DeviceType, 51> types{{{0x0100, "SCSI storage controller"},
                                            {0x0101, "IDE interface"},
                                            {0x0104, "RAID bus controller"},
                                            {0x0106, "SATA controller"},
                                            {0x0107, "Serial attached SCSI controller"},
                                            {0x0108, "Non-volatile memory controller"},
                                            {0x0180, "Mass storage controller"},
                                            {0x0200, "Ethernet controller"},
                                            {0x0207, "InfiniBand controller"},
                                            {0x0208, "Fabric controller"},
                                            {0x0280, "Network controller"},
                                            {0x0300, "VGA compatible controller"},
                                            {0x0302, "3D controller"},
                                            {0x0380, "Display controller"},
                                            {0x0400, "Multimedia video controller"},
                                            {0x0401, "Multimedia audio controller"},
                                            {0x0403, "Audio device"},
                                            {0x0480, "Multimedia controller"},
                                            {0x0500, "RAM memory"},
                                            {0x0580, "Memory controller"},
                                            {0x0600, "Host bridge"},
                                            {0x0601, "ISA bridge"},
                                            {0x0604, "PCI bridge"},
                                            {0x0607, "CardBus bridge"},
                                            {0x0680, "Bridge"},
                                            {0x0700, "Serial controller"},
                                            {0x0702, "Multiport serial controller"},
                                            {0x0703, "Modem"},
                                            {0x0780, "Communication controller"},
                                            {0x0800, "Interrupt controller"},
                                            {0x0801, "DMA controller"},
                                            {0x0805, "SD host controller"},
                                            {0x0806, "IOMMU"},
                                            {0x0880, "System peripheral"},
                                            {0x0980, "Input device controller"},
                                            {0x0A80, "Docking station"},
                                            {0x0B40, "Co-processor"},
                                            {0x0B80, "Processor"},
                                            {0x0C00, "FireWire controller"},
                                            {0x0C03, "USB controller"},
                                            {0x0C04, "Fibre Channel"},
                                            {0x0C05, "SMBus"},
                                            {0x0C07, "IPMI interface"},
                                            {0x0C80, "Serial bus controller"},
                                            {0x0D80, "Wireless controller"},
                                            {0x0E80, "Intelligent controller"},
                                            {0x0F80, "Satellite communications controller"},
                                            {0x1000, "Network and computing encryption device"},
                                            {0x1080, "Encryption controller"},
                                            {0x1180, "Signal processing controller"},
                                            {0x1200, "Processing accelerator"}}};

std::string_view type_name(unsigned code) {
  const auto named = [](unsigned wanted) {
    const auto row =
        std::find_if(types.begin(), types.end(), [&](const DeviceType& type) { return type.code == wanted; });
    return row == types.end() ? std::string_view{} : row->name;
  };
  const auto exact = named(code);
  return exact.empty() ? named((code & 0xFF00) | 0x80) : exact;
}

struct PciDevice {
  std::string slot;  // "0000:00:1f.2"
  SysfsFolder folder;
  std::map<std::string, std::string> uevent;
  DeviceId id;
  unsigned code = 0;
  DeviceName name;
};

PciDevice read_device(const Host& host, const NamedFolder& entry) {
  PciDevice device{entry.name, entry.folder, entry.folder.uevent(), {}, 0, {}};
  device.id = parse_device_id(device.uevent["PCI_ID"]);
  device.code =
      static_cast<unsigned>(base::parse_unsigned(device.uevent["PCI_CLASS"], 16).value_or(0) >> 8 & 0xFFFF);
  const auto record = host.read_file("/run/udev/data/+pci:" + device.slot, 64 * 1024);
  if (!record) return device;
  auto properties = parse_udev_record(*record);
  device.name = {properties["ID_VENDOR_FROM_DATABASE"], properties["ID_MODEL_FROM_DATABASE"]};
  return device;
}

// udev names devices where its database is installed; else the lists are asked, once for all.
void name_the_rest(const Host& host, std::vector<PciDevice>& devices) {
  std::set<DeviceId> nameless;
  for (const auto& device : devices) {
    if (device.name.model.empty() && device.id.vendor != 0) nameless.insert(device.id);
  }
  auto names = listed_names(host, "pci.ids", nameless);
  for (auto& device : devices) {
    const auto found = names.find(device.id);
    if (device.name.model.empty() && found != names.end()) device.name = found->second;
  }
}

void add_device(const PciDevice& device, SourceOutput& out) {
  auto& attributes = out.add("pci_device").attributes;
  set_text(attributes, "slot", device.slot);
  set_text(attributes, "type", type_name(device.code));
  set_text(attributes, "class_code", hex4(static_cast<std::uint16_t>(device.code)));
  set_text(attributes, "vendor_id", hex4(device.id.vendor));
  set_text(attributes, "device_id", hex4(device.id.device));
  const auto value = [&](const char* name) {
    const auto found = device.uevent.find(name);
    return found == device.uevent.end() ? std::string() : found->second;
  };
  set_text(attributes, "subsystem_id", base::to_lower(value("PCI_SUBSYS_ID")));
  set_text(attributes, "manufacturer", device.name.maker);
  set_text(attributes, "model", device.name.model);
  set_text(attributes, "driver", value("DRIVER"));
  if (const auto revision = device.folder.hexadecimal("revision"))
    set_text(attributes, "revision", hex4(static_cast<std::uint16_t>(*revision)).substr(2));
}

void add_graphics(const PciDevice& device, SourceOutput& out) {
  auto& attributes = out.add("graphics_adapter").attributes;
  set_text(attributes, "slot", device.slot);
  set_text(attributes, "manufacturer", device.name.maker);
  set_text(
      attributes, "model",
      device.name.model.empty() ? hex4(device.id.vendor) + ":" + hex4(device.id.device) : device.name.model);
  const auto driver = device.uevent.find("DRIVER");
  if (driver != device.uevent.end()) set_text(attributes, "driver", driver->second);
  // Of amdgpu; others tell nobody but programs of theirs.
  if (const auto bytes = device.folder.number("mem_info_vram_total")) {
    set_count(attributes, "memory_mib", *bytes / (1024 * 1024));
  }
}

}  // namespace

base::Result<void> pci_devices(const Host& host, SourceOutput& out) {
  if (const auto names = host.list_folder(devices_folder); !names) return names.error();
  std::vector<PciDevice> devices;
  for (const auto& entry : folders_in(host, std::string(devices_folder)))
    devices.push_back(read_device(host, entry));
  name_the_rest(host, devices);
  for (const auto& device : devices) {
    add_device(device, out);
    if (device.code >> 8 == 0x03) add_graphics(device, out);
  }
  return {};
}

}  // namespace censo::agent::sources
