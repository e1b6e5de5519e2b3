#include "collector/scanner/announcements/sayings.h"

#include "base/text.h"
#include "collector/scanner/announcements/xml_values.h"
#include "collector/scanner/ports/greetings.h"

#include <algorithm>

namespace censo::scanner {
namespace {

// An answer, or what a device says unasked; not the questions of others.
bool tells(std::string_view datagram) {
  const auto line = base::next_line(datagram);
  return line.starts_with("HTTP/1.1 200") || line.starts_with("NOTIFY * HTTP/1.");
}

// "" when there is no such field, or it is empty.
std::string_view field(std::string_view datagram, std::string_view name) {
  base::next_line(datagram);
  while (!datagram.empty()) {
    const auto line = base::next_line(datagram);
    const auto colon = line.find(':');
    if (line.empty()) break;
    if (colon != line.npos && base::equal_ignoring_case(line.substr(0, colon), name))
      return base::trim(line.substr(colon + 1));
  }
  return {};
}

// "urn:schemas-upnp-org:device:MediaServer:1" is a MediaServer; a UUID or "upnp:rootdevice" tells nothing.
std::string type_in(std::string_view urn) {
  constexpr std::string_view mark = ":device:";
  const auto at = urn.find(mark);
  if (!urn.starts_with("urn:") || at == urn.npos) return {};
  const auto type = urn.substr(at + mark.size());
  const auto word = clean_saying(type.substr(0, type.find(':')));
  return word.find(' ') == word.npos ? word : std::string();
}

void set(Sayings& sayings, std::string_view name, std::string_view value) {
  add_sayings(sayings, {{std::string(name), clean_saying(value)}});
}

// Below 1024 are services that a request is not meant for; what comes to 9100 and the ports after is printed.
bool may_be_asked(std::uint16_t port) {
  return port == 80 || (port >= 1024 && (port < 9100 || port > 9107));
}

}  // namespace

std::string ssdp_question() {
  return "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\n"
         "ST: ssdp:all\r\n\r\n";
}

Sayings ssdp_sayings(std::string_view datagram) {
  Sayings sayings;
  if (!tells(datagram) || field(datagram, "nts") == "ssdp:byebye") return sayings;
  set(sayings, "ssdp_server", field(datagram, "server"));
  for (const auto name : {"st", "nt", "usn"}) {
    auto urn = field(datagram, name);
    if (const auto inner = urn.find("::"); inner != urn.npos) urn = urn.substr(inner + 2);
    set(sayings, "upnp_types", type_in(urn));
  }
  return sayings;
}

DescriptionPlace description_place(std::string_view datagram, std::string_view address) {
  constexpr std::string_view scheme = "http://";
  auto url = tells(datagram) ? field(datagram, "location") : std::string_view();
  if (!base::equal_ignoring_case(url.substr(0, scheme.size()), scheme)) return {};
  url.remove_prefix(scheme.size());
  const auto slash = std::min(url.find('/'), url.size());
  const auto authority = url.substr(0, slash), path = url.substr(slash);
  const std::string host =
      address.find(':') == address.npos ? std::string(address) : "[" + std::string(address) + "]";
  // Nobody sends us to another host, or speaks into our request.
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!authority.starts_with(host) || !plain || path.size() > 512) return {};
  const auto port = authority.substr(host.size());
  const auto number = port.starts_with(':') ? base::parse_unsigned(port.substr(1)) : std::nullopt;
  if (!port.empty() && (!number || *number == 0 || *number > 65535)) return {};
  const auto place = static_cast<std::uint16_t>(port.empty() ? 80 : *number);
  if (!may_be_asked(place)) return {};
  return {place, path.empty() ? "/" : std::string(path)};
}

Sayings description_sayings(std::string_view xml) {
  Sayings sayings;
  const auto values = xml_values(
      xml, {"deviceType", "friendlyName", "manufacturer", "modelName", "modelNumber", "serialNumber"});
  for (const auto& [name, value] : values) {
    if (name == "deviceType") set(sayings, "upnp_types", type_in(value));
    if (name == "friendlyName") set(sayings, "upnp_name", value);
    if (name == "manufacturer") set(sayings, "upnp_maker", value);
    if (name == "modelName") set(sayings, "upnp_model", value);
    if (name == "serialNumber") set(sayings, "upnp_serial", value);
  }
  return sayings;
}

}  // namespace censo::scanner
