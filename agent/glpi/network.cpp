// GLPI's section networks: a row for each address of an interface.
#include "agent/glpi/rows.h"

#include "agent/ip_address.h"
#include "base/text.h"

#include <array>

namespace censo::agent::glpi {
namespace {

constexpr std::array<Field, 5> interface {
  {
    {"description", "name"}, {"mac", "mac"}, {"driver", "driver"}, {"mtu", "mtu", Form::integer}, {
      "pcislot", "slot"
    }
  }
};

// The format's own words; what it has none for has no type.
std::string_view type_of(std::string_view kind) {
  struct Row {
    std::string_view ours, theirs;
  };
  constexpr std::array rows{Row{"physical", "ethernet"},   Row{"wireless", "wifi"},
                            Row{"bluetooth", "bluetooth"}, Row{"virtual", "ethernet"},
                            Row{"bridge", "bridge"},       Row{"bond", "aggregate"},
                            Row{"vlan", "alias"},          Row{"loopback", "loopback"}};
  for (const auto& row : rows) {
    if (row.ours == kind) return row.theirs;
  }
  return {};
}

bool is_status(std::string_view state) {
  for (const std::string_view known :
       {"up", "down", "dormant", "notpresent", "lowerlayerdown", "unknown", "testing"}) {
    if (known == state) return true;
  }
  return false;
}

IpAddress mask_of(std::size_t size, std::size_t prefix) {
  IpAddress mask;
  mask.size = size;
  for (std::size_t i = 0; i < size * 8 && i < prefix; ++i)
    mask.bytes[i / 8] = static_cast<std::uint8_t>(mask.bytes[i / 8] | 0x80U >> i % 8);
  return mask;
}

void set_address(json::object& row, std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  const auto prefix = base::parse_unsigned(slash == std::string_view::npos ? "" : text.substr(slash + 1));
  if (!address || !prefix) return;
  const auto mask = mask_of(address->size, *prefix);
  auto network = *address;
  for (std::size_t i = 0; i < network.size; ++i) network.bytes[i] &= mask.bytes[i];
  const bool four = address->size == 4;
  row[four ? "ipaddress" : "ipaddress6"] = to_text(*address);
  row[four ? "ipmask" : "ipmask6"] = to_text(mask);
  row[four ? "ipsubnet" : "ipsubnet6"] = to_text(network);
}

json::object interface_row(const Attributes& attributes) {
  auto row = row_of(attributes, interface);
  const auto kind = attributes.text("kind");
  set_text(row, "type", type_of(kind));
  row["virtualdev"] = kind != "physical" && kind != "wireless" && kind != "bluetooth";
  const auto state = attributes.text("state");
  if (is_status(state)) row["status"] = state;
  const auto speed = integer_of(attributes, "speed_mbps");
  if (speed > 0) row["speed"] = std::to_string(speed);
  const auto members = list_of(attributes, "members");
  if (kind == "bond" || kind == "bridge") set_text(row, "slaves", base::join(members, ","));
  if (kind == "vlan" && !members.empty()) row["base"] = members.front();
  set_text(row, "wifi_ssid", attributes.text("wireless_network"));
  return row;
}

}  // namespace

void add_network(const Report& report, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "network_interface")) {
    const auto row = interface_row(item->attributes);
    auto addresses = list_of(item->attributes, "addresses");
    for (auto& temporary : list_of(item->attributes, "temporary_addresses")) addresses.push_back(temporary);
    if (addresses.empty()) rows.push_back(row);
    for (const auto& address : addresses) {
      auto of_address = row;
      set_address(of_address, address);
      rows.push_back(std::move(of_address));
    }
  }
  if (!rows.empty()) content["networks"] = std::move(rows);
}

}  // namespace censo::agent::glpi
