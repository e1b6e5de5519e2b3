// Makers and models of PCI and USB devices by their numbers: what udev found, else the lists of the packages
// pci.ids and usb.ids (or hwdata).
#pragma once

#include "agent/host.h"

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace censo::agent {

struct DeviceId {
  std::uint16_t vendor = 0, device = 0;
  friend auto operator<=>(const DeviceId&, const DeviceId&) = default;
};

struct DeviceName {
  std::string maker, model;
};

using DeviceNames = std::map<DeviceId, DeviceName>;

// Takes any text. A device that the list does not have gets its maker alone.
DeviceNames names_in_list(std::string_view text, const std::set<DeviceId>& wanted);

// `list` is "pci.ids" or "usb.ids". Empty where the host has none, or nothing is wanted.
DeviceNames listed_names(const Host& host, std::string_view list, const std::set<DeviceId>& wanted);

// "8086:1916" or "1d6b/2/601": the first two of the numbers; zeros for anything else.
DeviceId parse_device_id(std::string_view text);
std::string hex4(std::uint16_t number);  // "00ff"

}  // namespace censo::agent
