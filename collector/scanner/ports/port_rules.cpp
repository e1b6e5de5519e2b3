#include "collector/scanner/ports/port_rules.h"

#include "base/embedded.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <span>

namespace censo::scanner {

std::span<const base::EmbeddedFile> embedded_ports();

namespace {

using base::Errc;
using Kind = base::YamlValue::Kind;
using Fault = std::optional<base::Error>;

constexpr std::size_t most_ports = 64;
constexpr std::array all_asks{PortAsk::open, PortAsk::greeting, PortAsk::ssh,
                              PortAsk::http, PortAsk::https,    PortAsk::tls};
// What a rule may say of the item; the classes that it may name have all of them, but for the systems'.
constexpr std::array<std::string_view, 6> attribute_names{"device_type",      "manufacturer", "model",
                                                          "firmware_version", "os_name",      "os_version"};
// Those that scans make items of.
constexpr std::array<std::string_view, 12> class_names{
    "access_point", "firewall", "ip_phone", "nas", "network_device", "pdu", "printer",
    "router",       "server",   "switch",   "ups", "workstation"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  base::Error at(const base::YamlValue& node, std::string message) const {
    return base::fail(Errc::malformed, std::move(message), file_ + ":" + std::to_string(node.line));
  }

  Fault number(const base::YamlValue& node, std::uint16_t& port) const {
    const auto value = base::parse_unsigned(node.scalar);
    if (node.kind != Kind::scalar || !value || *value == 0 || *value > 65535)
      return at(node, "expected a port from 1 to 65535");
    port = static_cast<std::uint16_t>(*value);
    return std::nullopt;
  }

  Fault port(const base::YamlValue& node, PortToTry& port) const {
    const auto* given = node.find("port");
    const auto* ask = node.find("ask");
    if (given == nullptr || ask == nullptr || node.mapping.size() != 2)
      return at(node, "expected {port: NUMBER, ask: WORD}");
    if (auto fault = number(*given, port.port)) return fault;
    const auto known = std::find_if(all_asks.begin(), all_asks.end(),
                                    [&](PortAsk one) { return name_of(one) == ask->scalar; });
    if (known == all_asks.end())
      return at(*ask, "expected open, greeting, ssh, http, https or tls, found '" + ask->scalar + "'");
    port.ask = *known;
    return std::nullopt;
  }

  Fault rule(const base::YamlValue& node, PortRule& rule) const {
    if (node.kind != Kind::mapping) return at(node, "expected a rule");
    rule.line = node.line;
    for (const auto& [key, value] : node.mapping)
      if (auto fault = member(key, value, rule)) return fault;
    if (rule.class_name.empty()) return at(node, "a rule needs a class");
    if (rule.sayings.empty() && rule.open.empty())
      return at(node, "a rule that says nothing fits every host");
    return std::nullopt;
  }

 private:
  Fault member(const std::string& key, const base::YamlValue& value, PortRule& rule) const {
    if (key == "open") {
      for (const auto& one : value.sequence)
        if (auto fault = number(one, rule.open.emplace_back())) return fault;
      return rule.open.empty() ? Fault(at(value, "expected a list of ports")) : std::nullopt;
    }
    if (value.kind != Kind::scalar || value.scalar.empty()) return at(value, "expected a text for " + key);
    if (key == "class") {
      if (!is_among(class_names, value.scalar)) return at(value, "no rule may make a '" + value.scalar + "'");
      rule.class_name = value.scalar;
    } else if (is_among(attribute_names, key)) {
      rule.attributes[key] = value.scalar;
    } else if (is_among(saying_names, key)) {
      return pattern(key, value, rule);
    } else {
      return at(value, "unknown key '" + key + "'");
    }
    return std::nullopt;
  }

  Fault pattern(const std::string& key, const base::YamlValue& value, PortRule& rule) const {
    auto compiled = Pattern::compile(value.scalar);
    if (!compiled) return at(value, compiled.error().message);
    for (const auto& [name, number] : compiled->group_names())
      if (!is_among(attribute_names, name)) return at(value, "no attribute is called '" + name + "'");
    rule.sayings.emplace(key, std::move(*compiled));
    return std::nullopt;
  }

  std::string file_;
};

bool is_open(const std::vector<PortFinding>& findings, std::uint16_t port) {
  return std::any_of(findings.begin(), findings.end(), [port](const PortFinding& finding) {
    return finding.port.port == port && !is_announcement(finding.port.ask);
  });
}

// True when the finding has all of the rule's sayings; what its groups caught goes into `guess`.
bool says_all(const PortRule& rule, const PortFinding& finding, PortGuess& guess) {
  guess = {rule.class_name, rule.attributes, {}};
  for (const auto& [name, pattern] : rule.sayings) {
    const auto said = finding.sayings.find(name);
    if (said == finding.sayings.end()) return false;
    const auto groups = pattern.named(said->second);
    if (!groups) return false;
    for (const auto& [attribute, value] : *groups) guess.attributes[attribute] = value;
    guess.why += (guess.why.empty() ? "" : ", ") + name;
    if (!is_announcement(finding.port.ask)) guess.why += " of port " + std::to_string(finding.port.port);
    guess.why += ": " + said->second;
  }
  return true;
}

std::string ports_in_words(const std::vector<std::uint16_t>& ports) {
  std::vector<std::string> numbers;
  for (const auto port : ports) numbers.push_back(std::to_string(port));
  return "open: " + base::join(numbers, ", ");
}

}  // namespace

std::string_view name_of(PortAsk ask) {
  switch (ask) {
    case PortAsk::open: return "open";
    case PortAsk::greeting: return "greeting";
    case PortAsk::ssh: return "ssh";
    case PortAsk::http: return "http";
    case PortAsk::https: return "https";
    case PortAsk::tls: return "tls";
    case PortAsk::mdns: return "mdns";
    case PortAsk::ssdp: return "ssdp";
    case PortAsk::wsd: return "wsd";
    case PortAsk::netbios: return "netbios";
  }
  return "";
}

bool is_announcement(PortAsk ask) {
  return ask == PortAsk::mdns || ask == PortAsk::ssdp || ask == PortAsk::wsd || ask == PortAsk::netbios;
}

base::Result<PortRules> PortRules::built_in() {
  const auto files = embedded_ports();
  if (files.empty()) return base::fail(Errc::not_found, "the program has no table of ports");
  return parse(files.front().path, files.front().content);
}

base::Result<PortRules> PortRules::parse(std::string_view file, std::string_view yaml) {
  const auto tree = base::parse_yaml(yaml, file);
  if (!tree) return tree.error();
  const Reader reader(file);
  const auto* ports = tree->find("ports");
  const auto* rules = tree->find("rules");
  if (ports == nullptr || rules == nullptr || tree->mapping.size() != 2)
    return reader.at(*tree, "expected ports and rules");
  if (ports->sequence.empty() || ports->sequence.size() > most_ports)
    return reader.at(*ports, "expected a list of 1 to 64 ports");
  PortRules all;
  for (const auto& node : ports->sequence) {
    PortToTry port;
    if (auto fault = reader.port(node, port)) return *fault;
    all.ports_.push_back(port);
  }
  for (const auto& node : rules->sequence)
    if (auto fault = reader.rule(node, all.rules_.emplace_back())) return *fault;
  return all;
}

std::optional<PortGuess> PortRules::guess(const std::vector<PortFinding>& findings) const {
  for (const auto& rule : rules_) {
    const auto open = [&](std::uint16_t port) { return is_open(findings, port); };
    if (!std::all_of(rule.open.begin(), rule.open.end(), open)) continue;
    if (rule.sayings.empty()) return PortGuess{rule.class_name, rule.attributes, ports_in_words(rule.open)};
    for (const auto& finding : findings)
      if (PortGuess guess; says_all(rule, finding, guess)) return guess;
  }
  return std::nullopt;
}

}  // namespace censo::scanner
