#include "collector/scanner/tables/lldp_values.h"

#include "base/text.h"
#include "collector/scanner/varbind.h"

#include <vector>

namespace censo::scanner {
namespace {

enum class Form { name, mac, address };

// The first octet of a network address is its family (IANA address family numbers); some agents leave it out.
std::string address_text(const std::string& octets) {
  const bool has_family = octets.size() == 5 || octets.size() == 17;
  return address_of_octets(has_family ? octets.substr(1) : octets);
}

std::string as_text(Form form, const std::string& octets) {
  const VarBind bind{{}, VarType::octets, octets};
  if (form == Form::mac) {
    // Not a few agents write the MAC as text.
    if (octets.size() == 6) return mac_of_octets(octets);
    const auto mac = base::canonical_mac(text_of(bind, 64));
    return mac ? *mac : std::string();
  }
  return form == Form::address ? address_text(octets) : text_of(bind, 255);
}

}  // namespace

LldpCapabilities lldp_capabilities(const std::string& octets) {
  const auto bits = octets.empty() ? 0u : static_cast<unsigned char>(octets[0]);
  const auto has = [&](unsigned bit) { return (bits & (0x80u >> bit)) != 0; };
  return {.repeater = has(1),
          .bridge = has(2),
          .access_point = has(3),
          .router = has(4),
          .telephone = has(5),
          .station = has(7),
          .any = bits != 0};
}

std::string to_text(const LldpCapabilities& capabilities) {
  std::vector<std::string> words;
  if (capabilities.repeater) words.emplace_back("repeater");
  if (capabilities.bridge) words.emplace_back("bridge");
  if (capabilities.access_point) words.emplace_back("access_point");
  if (capabilities.router) words.emplace_back("router");
  if (capabilities.telephone) words.emplace_back("telephone");
  if (capabilities.station) words.emplace_back("station");
  return base::join(words, ", ");
}

std::string lldp_chassis_text(std::int64_t subtype, const std::string& octets) {
  constexpr std::int64_t network_address = 5;
  return as_text(subtype == lldp_chassis_is_mac ? Form::mac
                 : subtype == network_address   ? Form::address
                                                : Form::name,
                 octets);
}

std::string lldp_port_text(std::int64_t subtype, const std::string& octets) {
  constexpr std::int64_t mac = 3, network_address = 4;
  return as_text(subtype == mac               ? Form::mac
                 : subtype == network_address ? Form::address
                                              : Form::name,
                 octets);
}

}  // namespace censo::scanner
