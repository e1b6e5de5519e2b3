#include "collector/scanner/devices/device_type.h"

#include <algorithm>
#include <iterator>

namespace censo::scanner {
namespace {

struct DeviceType {
  std::string_view type, class_name, family = type;
};
constexpr DeviceType types[] = {
    {"network", ""},
    {"wireless", "access_point"},
    {"wireless_controller", "wireless_controller", "wireless"},
    {"firewall", "firewall"},
    {"loadbalancer", "load_balancer"},
    {"server", "server"},
    {"storage", "storage_device"},
    {"nas", "nas", "storage"},
    {"storage_array", "storage_array", "storage"},
    {"tape_library", "tape_library", "storage"},
    {"san_switch", "san_switch", "network"},
    {"printer", "printer"},
    {"power", "power_device"},
    {"ups", "ups", "power"},
    {"pdu", "pdu", "power"},
    {"environment", "ot_device"},
    {"automation", "ot_device"},
    {"phone", "ip_phone", "collaboration"},
    {"camera", "network_device"},
    {"timing", "network_device"},
    {"appliance", "network_device"},
    {"management", "network_device"},
    {"collaboration", "network_device"},
};

const DeviceType* find(std::string_view type) {
  const auto* found =
      std::find_if(std::begin(types), std::end(types), [&](const DeviceType& t) { return t.type == type; });
  return found == std::end(types) ? nullptr : found;
}

}  // namespace

bool is_device_type(std::string_view type) {
  return find(type) != nullptr;
}

std::string_view class_of_type(std::string_view type) {
  const auto* found = find(type);
  return found ? found->class_name : std::string_view();
}

std::string_view type_of_class(std::string_view class_name) {
  const auto* found = std::find_if(std::begin(types), std::end(types),
                                   [&](const DeviceType& t) { return t.class_name == class_name; });
  return found == std::end(types) || class_name == "network_device" ? types[0].type : found->family;
}

std::string_view family_of_type(std::string_view type) {
  const auto* found = find(type);
  return found ? found->family : std::string_view();
}

}  // namespace censo::scanner
