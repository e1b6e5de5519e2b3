// Modems of mobile networks: /sys/class/wwan (Linux 5.13 and later) and network interfaces of the kind
// "wwan". Numbers of the subscriber's card and the IMEI are in the modem alone, which is not asked.
#include "agent/attributes.h"
#include "agent/device_names.h"
#include "agent/placeholder.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"
#include "agent/udev_database.h"

#include <map>
#include <optional>
#include <set>

namespace censo::agent::sources {
namespace {

constexpr int most_levels = 6;  // from an interface up to its device

struct Modem {
  SysfsFolder device;
  std::string bus;
  DeviceId id;
  std::string driver;
  std::set<std::string> interfaces, protocols;
};
using Modems = std::map<std::string, Modem>;  // by the device's folder

bool is_usb(const SysfsFolder& folder) {
  return folder.has("idVendor");
}

// The USB or PCI device that the folder is a part of.
std::optional<SysfsFolder> device_around(const Host& host, SysfsFolder folder) {
  for (int level = 0; level < most_levels && folder.path().starts_with("/sys/devices/"); ++level) {
    if (is_usb(folder) || (folder.has("vendor") && folder.has("class"))) return folder;
    folder = SysfsFolder(host, folder.path().substr(0, folder.path().rfind('/')));
  }
  return std::nullopt;
}

DeviceId id_of(const SysfsFolder& device) {
  const auto number = [&](std::string_view file) {
    return static_cast<std::uint16_t>(device.hexadecimal(file).value_or(0));
  };
  return is_usb(device) ? DeviceId{number("idVendor"), number("idProduct")}
                        : DeviceId{number("vendor"), number("device")};
}

// The modem of which the folder (of an interface, of a port) is a part; none where no device is behind it.
Modem* modem_of(const Host& host, const SysfsFolder& part, Modems& modems) {
  const auto inner = part.below("device");
  const auto device = device_around(host, inner);
  if (!device) return nullptr;
  auto& modem = modems
                    .try_emplace(device->path(),
                                 Modem{*device, is_usb(*device) ? "usb" : "pci", id_of(*device), {}, {}, {}})
                    .first->second;
  if (modem.driver.empty()) modem.driver = inner.link_name("driver");
  return &modem;
}

void find_interfaces(const Host& host, Modems& modems) {
  for (const auto& [name, link] : folders_in(host, "/sys/class/net")) {
    if (link.uevent()["DEVTYPE"] != "wwan") continue;
    if (auto* modem = modem_of(host, link, modems)) modem->interfaces.insert(name);
  }
}

// "wwan0" is the modem, "wwan0mbim0" a port of it that speaks "MBIM".
void find_ports(const Host& host, Modems& modems) {
  for (const auto& [name, port] : folders_in(host, "/sys/class/wwan")) {
    auto* modem = modem_of(host, port, modems);
    if (modem == nullptr) continue;
    if (const auto protocol = port.text("type"); !protocol.empty()) modem->protocols.insert(protocol);
  }
}

DeviceName name_by_udev(const Host& host, const Modem& modem) {
  const auto key = modem.bus == "usb" ? "c" + modem.device.text("dev") : "+pci:" + modem.device.name();
  const auto record = host.read_file("/run/udev/data/" + key, 64 * 1024);
  if (!record) return {};
  auto properties = parse_udev_record(*record);
  return {properties["ID_VENDOR_FROM_DATABASE"], properties["ID_MODEL_FROM_DATABASE"]};
}

DeviceName name_of(const Host& host, const Modem& modem) {
  DeviceName own{without_placeholder(modem.device.text("manufacturer")),
                 without_placeholder(modem.device.text("product"))};
  if (!own.model.empty()) return own;
  auto named = name_by_udev(host, modem);
  if (named.model.empty()) {
    const auto listed = listed_names(host, modem.bus == "usb" ? "usb.ids" : "pci.ids", {modem.id});
    if (const auto found = listed.find(modem.id); found != listed.end()) named = found->second;
  }
  if (!own.maker.empty()) named.maker = own.maker;
  return named;
}

void set_list(inventory::Attributes& attributes, const char* name, const std::set<std::string>& texts) {
  if (!texts.empty()) attributes.set(name, inventory::TextList(texts.begin(), texts.end()));
}

}  // namespace

base::Result<void> modems(const Host& host, SourceOutput& out) {
  if (const auto names = host.list_folder("/sys/class/net"); !names) return names.error();
  Modems found;
  find_interfaces(host, found);
  find_ports(host, found);
  for (const auto& [path, modem] : found) {
    auto& attributes = out.add("modem").attributes;
    const auto name = name_of(host, modem);
    set_text(attributes, "location", modem.device.name());
    set_text(attributes, "bus", modem.bus);
    set_text(attributes, "manufacturer", name.maker);
    set_text(attributes, "model", name.model);
    set_text(attributes, "vendor_id", hex4(modem.id.vendor));
    set_text(attributes, "device_id", hex4(modem.id.device));
    set_text(attributes, "serial_number", serial_without_placeholder(modem.device.text("serial")));
    set_text(attributes, "driver", modem.driver);
    set_list(attributes, "interfaces", modem.interfaces);
    set_list(attributes, "protocols", modem.protocols);
  }
  return {};
}

}  // namespace censo::agent::sources
