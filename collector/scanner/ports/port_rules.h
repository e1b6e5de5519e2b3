// schemas/ports/ports.yaml: which TCP ports are tried, how, and what their answers, and what devices announce
// of themselves (announcements/sayings.h), tell of a device.
#pragma once

#include "base/result.h"
#include "base/yaml.h"
#include "collector/scanner/devices/pattern.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

// open: the connection is all that is asked; greeting: what the other side says first; https: the certificate
// and the front page; tls: the certificate. The others are announcements, over UDP.
enum class PortAsk { open, greeting, ssh, http, https, tls, mdns, ssdp, wsd, netbios };
std::string_view name_of(PortAsk ask);
bool is_announcement(PortAsk ask);

struct PortToTry {
  std::uint16_t port = 0;
  PortAsk ask = PortAsk::open;
};

// What answered on one port.
struct PortFinding {
  PortToTry port;
  std::map<std::string, std::string, std::less<>> sayings;  // by the names of `saying_names`
};
inline constexpr std::array<std::string_view, 24> saying_names{
    "ssh",        "greeting",  "http_server",  "title",         "subject",       "issuer",
    "realm",      "mdns_name", "mdns_maker",   "mdns_model",    "mdns_services", "ssdp_server",
    "upnp_types", "upnp_name", "upnp_maker",   "upnp_model",    "upnp_serial",   "wsd_types",
    "wsd_name",   "wsd_model", "netbios_name", "netbios_group", "netbios_mac",   "netbios_kind"};

// Fits a host of which one of the findings has every saying of the rule, and which has all of these ports
// open.
struct PortRule {
  std::map<std::string, Pattern, std::less<>> sayings;
  std::vector<std::uint16_t> open;
  std::string class_name;
  std::map<std::string, std::string, std::less<>> attributes;  // named groups of the patterns go before these
  int line = 0;
};

struct PortGuess {
  std::string class_name;
  std::map<std::string, std::string, std::less<>> attributes;
  std::string why;  // in words: which saying of which port
};

class PortRules {
 public:
  // The program's own file.
  static base::Result<PortRules> built_in();
  // Errc::malformed with "file:line" in `where`.
  static base::Result<PortRules> parse(std::string_view file, std::string_view yaml);

  const std::vector<PortToTry>& ports() const { return ports_; }
  // By the first rule that fits. Nothing: what is open tells nothing.
  std::optional<PortGuess> guess(const std::vector<PortFinding>& findings) const;

 private:
  std::vector<PortToTry> ports_;
  std::vector<PortRule> rules_;
};

}  // namespace censo::scanner
