// USB devices from /sys/bus/usb (sysfs-bus-usb), without the root hubs, which are the controllers themselves.
#include "agent/attributes.h"
#include "agent/device_names.h"
#include "agent/placeholder.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"
#include "agent/udev_database.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace censo::agent::sources {
namespace {

constexpr std::string_view devices_folder = "/sys/bus/usb/devices";

struct UsbType {
  unsigned code;  // USB-IF Defined Class Codes
  std::string_view name;
};
// What a device is for goes before what else it can do.
constexpr std::array<UsbType, 15> types{{{0x09, "Hub"},
                                         {0x07, "Printer"},
                                         {0x0E, "Video"},
                                         {0x06, "Imaging"},
                                         {0x08, "Mass storage"},
                                         {0x0B, "Smart card"},
                                         {0x01, "Audio"},
                                         {0x02, "Communications"},
                                         {0xE0, "Wireless"},
                                         {0x0D, "Content security"},
                                         {0x0F, "Personal healthcare"},
                                         {0x11, "Billboard"},
                                         {0x03, "Human interface"},
                                         {0x0A, "Communications data"},
                                         {0xFF, "Vendor specific"}}};

bool is_device(const std::string& name) {  // "1-1.2", not "usb1", not the interface "1-1.2:1.0"
  return std::isdigit(static_cast<unsigned char>(name[0])) != 0 && name.find(':') == std::string::npos;
}

struct Interfaces {
  std::vector<unsigned> codes;
  std::string driver;
};

// They lie in the device's folder: "1-1.2:1.0".
Interfaces interfaces_of(const SysfsFolder& device, const std::string& name) {
  Interfaces interfaces;
  for (const auto& entry : device.names()) {
    if (!entry.starts_with(name + ":")) continue;
    const auto folder = device.below(entry);
    const auto code = folder.hexadecimal("bInterfaceClass");
    if (code) interfaces.codes.push_back(static_cast<unsigned>(*code));
    if (interfaces.driver.empty()) interfaces.driver = folder.link_name("driver");
  }
  return interfaces;
}

// Class 0 and 0xEF: the interfaces say.
std::string_view type_of(unsigned device_code, const std::vector<unsigned>& interface_codes) {
  const auto is_of = [&](unsigned code) {
    if (device_code == code) return true;
    const bool by_interface = device_code == 0 || device_code == 0xEF;
    return by_interface &&
           std::find(interface_codes.begin(), interface_codes.end(), code) != interface_codes.end();
  };
  const auto type =
      std::find_if(types.begin(), types.end(), [&](const UsbType& row) { return is_of(row.code); });
  return type == types.end() ? std::string_view{} : type->name;
}

struct UsbDevice {
  std::string port;
  SysfsFolder folder;
  DeviceId id;
  DeviceName name;  // by its numbers
};

UsbDevice read_device(const Host& host, const NamedFolder& entry) {
  UsbDevice device{entry.name, entry.folder, {}, {}};
  device.id = {static_cast<std::uint16_t>(device.folder.hexadecimal("idVendor").value_or(0)),
               static_cast<std::uint16_t>(device.folder.hexadecimal("idProduct").value_or(0))};
  const auto number = device.folder.text("dev");
  const auto record = number.empty() ? base::Result<std::string>(base::fail(base::Errc::not_found, ""))
                                     : host.read_file("/run/udev/data/c" + number, 64 * 1024);
  if (!record) return device;
  auto properties = parse_udev_record(*record);
  device.name = {properties["ID_VENDOR_FROM_DATABASE"], properties["ID_MODEL_FROM_DATABASE"]};
  return device;
}

// The list where the device has no text of its own.
std::string first_of(const std::string& own, const std::string& listed) {
  auto text = without_placeholder(own);
  return text.empty() ? listed : text;
}

void add_device(const UsbDevice& device, SourceOutput& out) {
  const auto interfaces = interfaces_of(device.folder, device.port);
  auto& attributes = out.add("usb_device").attributes;
  const auto code = static_cast<unsigned>(device.folder.hexadecimal("bDeviceClass").value_or(0));
  set_text(attributes, "port", device.port);
  set_text(attributes, "type", type_of(code, interfaces.codes));
  set_text(attributes, "vendor_id", hex4(device.id.vendor));
  set_text(attributes, "device_id", hex4(device.id.device));
  set_text(attributes, "manufacturer", first_of(device.folder.text("manufacturer"), device.name.maker));
  set_text(attributes, "model", first_of(device.folder.text("product"), device.name.model));
  set_text(attributes, "serial_number", serial_without_placeholder(device.folder.text("serial")));
  set_text(attributes, "driver", interfaces.driver);
  set_text(attributes, "usb_version", device.folder.text("version"));
  set_count(attributes, "speed_mbps", device.folder.number("speed"));
  const auto removable = device.folder.text("removable");
  if (removable == "fixed" || removable == "removable") attributes.set("removable", removable == "removable");
}

}  // namespace

base::Result<void> usb_devices(const Host& host, SourceOutput& out) {
  if (const auto names = host.list_folder(devices_folder); !names) return names.error();
  std::vector<UsbDevice> devices;
  std::set<DeviceId> nameless;
  for (const auto& entry : folders_in(host, std::string(devices_folder))) {
    if (!is_device(entry.name)) continue;
    devices.push_back(read_device(host, entry));
    const auto& device = devices.back();
    if (device.name.model.empty() && device.id.vendor != 0) nameless.insert(device.id);
  }
  const auto names = listed_names(host, "usb.ids", nameless);
  for (auto& device : devices) {
    const auto found = names.find(device.id);
    if (device.name.model.empty() && found != names.end()) device.name = found->second;
    add_device(device, out);
  }
  return {};
}

}  // namespace censo::agent::sources
