#include "collector/scanner/ports/port_scan.h"

#include "base/text.h"
#include "collector/scanner/address.h"
#include "collector/scanner/attempt.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/devices/vendor_names.h"
#include "collector/scanner/ports/greetings.h"
#include "collector/scanner/ports/neighbour_mac.h"
#include "collector/scanner/ports/tcp_talk.h"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>

namespace censo::scanner {

using SteadyClock = std::chrono::steady_clock;
using Outcome = Talk::Outcome;

struct PortScan::Round {
  Address address{};
  std::string host;  // the address as text
  std::vector<PortFinding> findings;
  std::vector<std::string> refused, silent;                     // ports
  std::map<std::string, std::vector<std::string>> unreachable;  // ports by why
  std::string no_route;                                         // why
  bool is_over = false;                                         // no route, or a stop
  Attempt closed;                                               // the first of them, and what they took
  std::vector<Attempt>* attempts = nullptr;
};

namespace {

bool has_line(std::string_view received) {
  const auto at = received.find("SSH-");
  return at != received.npos && received.find('\n', at) != received.npos;
}
bool has_page(std::string_view received) {
  return base::to_lower(received).find("</title") != std::string::npos;
}
bool has_anything(std::string_view received) {
  return plain_greeting(received).size() >= 4;
}

TalkWish wish_for(PortAsk ask, const std::string& host) {
  const auto bracketed = host.find(':') == host.npos ? host : "[" + host + "]";
  const auto get = "GET / HTTP/1.0\r\nHost: " + bracketed +
                   "\r\nUser-Agent: Censo\r\nAccept: text/html\r\nConnection: close\r\n\r\n";
  switch (ask) {
    case PortAsk::open: return {};
    case PortAsk::greeting: return {false, {}, has_anything};
    case PortAsk::ssh: return {false, {}, has_line};
    case PortAsk::http: return {false, get, has_page};
    case PortAsk::https: return {true, get, has_page};
    case PortAsk::tls: return {true, {}, nullptr};
    case PortAsk::mdns:
    case PortAsk::ssdp:
    case PortAsk::wsd:
    case PortAsk::netbios: break;  // no TCP
  }
  return {};
}

PortFinding finding_of(const PortToTry& port, const Talk& talk) {
  PortFinding finding{port, {}};
  const auto set = [&finding](std::string_view name, std::string value) {
    if (!value.empty()) finding.sayings.emplace(name, std::move(value));
  };
  if (port.ask == PortAsk::ssh) set("ssh", ssh_banner(talk.received));
  if (port.ask == PortAsk::greeting) set("greeting", plain_greeting(talk.received));
  if (port.ask == PortAsk::http || port.ask == PortAsk::https) {
    auto http = http_sayings(talk.received);
    set("http_server", std::move(http.server));
    set("title", std::move(http.title));
    set("realm", std::move(http.realm));
  }
  if (auto certificate = certificate_sayings(talk.certificate)) {
    set("subject", std::move(certificate->subject));
    set("issuer", std::move(certificate->issuer));
  }
  return finding;
}

std::string in_words(const PortFinding& finding, const Talk& talk) {
  std::vector<std::string> parts{"open"};
  if (!finding.sayings.empty()) parts.push_back(in_words(finding));
  if (!talk.detail.empty()) parts.push_back(talk.detail);
  return base::join(parts, ", ");
}

// "open: 22, 80; announces itself by mdns"
std::string found_in_words(const std::vector<PortFinding>& findings) {
  std::vector<std::string> ports, announced, parts;
  for (const auto& finding : findings) {
    if (is_announcement(finding.port.ask))
      announced.emplace_back(name_of(finding.port.ask));
    else
      ports.push_back(std::to_string(finding.port.port));
  }
  if (!ports.empty()) parts.push_back("open: " + base::join(ports, ", "));
  if (!announced.empty()) parts.push_back("announces itself by " + base::join(announced, ", "));
  return base::join(parts, "; ");
}

// What it is called by its own word: hosts by the names that others find them by, then what people read.
std::string called(const std::vector<PortFinding>& findings) {
  for (const std::string_view name : {"mdns_name", "netbios_name", "upnp_name", "wsd_name"}) {
    for (const auto& finding : findings) {
      const auto said = finding.sayings.find(name);
      if (said != finding.sayings.end()) return said->second;
    }
  }
  return {};
}

std::int64_t milliseconds_since(SteadyClock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - start).count();
}

bool is_computer(std::string_view class_name) {
  return class_name == "server" || class_name == "workstation";
}

}  // namespace

std::optional<inventory::Report> guess_report(const PortRules& rules,
                                              const std::vector<PortFinding>& findings,
                                              const std::string& address, const std::string& mac) {
  const auto guess = rules.guess(findings);
  if (!guess) return std::nullopt;
  inventory::Report report;
  report.origin.kind = inventory::OriginKind::scanner;
  report.subject_class = guess->class_name;
  const auto name = called(findings);
  report.subject_name = name.empty() ? address : name;
  auto& section = report.sections.emplace_back();
  section.name = "ports";
  section.complete = true;
  for (const auto& [attribute, value] : guess->attributes) {
    const bool of_computers = attribute == "os_name", of_gear = attribute == "device_type";
    if (is_computer(guess->class_name) ? !of_gear : !of_computers) section.attributes.set(attribute, value);
  }
  if (is_computer(guess->class_name)) section.attributes.set("host_name", name);
  section.attributes.set(
      "model", without_maker(section.attributes.text("model"), section.attributes.text("manufacturer")));
  section.attributes.set("classified_by", guess->why);
  section.attributes.set("ip_addresses", inventory::TextList{address});
  if (!is_computer(guess->class_name)) section.attributes.set("management_address", address);
  if (!mac.empty()) section.attributes.set("mac_addresses", inventory::TextList{mac});
  for (const auto& finding : findings) {
    inventory::Item item{.class_name = "listening_socket", .ref = {}, .owner = {}, .attributes = {}};
    item.attributes.set("protocol", is_announcement(finding.port.ask) ? "udp" : "tcp");
    item.attributes.set("address", address);
    item.attributes.set("port", std::int64_t{finding.port.port});
    section.items.push_back(std::move(item));
  }
  return report;
}

// The ports that are not open, in one line.
std::string PortScan::closed_in_words(const Round& round) {
  std::vector<std::string> parts;
  if (!round.refused.empty()) parts.push_back("refused: " + base::join(round.refused, ", "));
  if (!round.silent.empty()) parts.push_back("silent: " + base::join(round.silent, ", "));
  for (const auto& [why, ports] : round.unreachable) parts.push_back(why + ": " + base::join(ports, ", "));
  if (!round.no_route.empty()) parts.push_back(round.no_route);
  return base::join(parts, "; ");
}

// The next turn is taken before it is waited for, so that no two threads take the same.
bool PortScan::wait_for_turn(const std::stop_token& stop) {
  const auto interval = SteadyClock::duration(std::chrono::seconds(1)) / std::max(settings_->rate, 1u);
  const auto now = SteadyClock::now().time_since_epoch().count();
  auto turn = next_turn_.load();
  while (!next_turn_.compare_exchange_weak(turn, std::max(turn, now) + interval.count())) continue;
  const SteadyClock::time_point mine(SteadyClock::duration(std::max(turn, now)));
  std::mutex of_this_wait;  // a stop ends it; nobody else knows of it
  std::condition_variable_any stopped;
  std::unique_lock lock(of_this_wait);
  stopped.wait_until(lock, stop, mine, [] { return false; });
  return !stop.stop_requested();
}

void PortScan::try_port(const Surroundings& around, const PortToTry& port, Round& round) {
  const TalkLimits limits{.connect = settings_->connect, .answer = settings_->answer};
  Attempt attempt;
  attempt.at = around.clock.now();
  const auto start = SteadyClock::now();
  const auto said = talk(round.address, port.port, wish_for(port.ask, round.host), limits, around.stop);
  attempt.duration_ms = milliseconds_since(start);
  const auto number = std::to_string(port.port);
  if (said.outcome == Outcome::open) {
    round.findings.push_back(finding_of(port, said));
    attempt.what = "tcp " + number;
    attempt.detail = in_words(round.findings.back(), said);
    round.attempts->push_back(std::move(attempt));
    return;
  }
  if (round.closed.at == 0) round.closed.at = attempt.at;
  round.closed.duration_ms += attempt.duration_ms;
  switch (said.outcome) {
    case Outcome::refused: round.refused.push_back(number); return;
    case Outcome::silent: round.silent.push_back(number); return;
    case Outcome::unreachable: round.unreachable[said.detail].push_back(number); return;
    case Outcome::no_route: round.no_route = said.detail; [[fallthrough]];
    default: round.is_over = true; return;
  }
}

void PortScan::try_ports(const Surroundings& around, Round& round) {
  for (const auto& port : rules_.ports()) {
    if (round.is_over || !wait_for_turn(around.stop)) break;
    try_port(around, port, round);
  }
  round.closed.detail = closed_in_words(round);
  if (round.closed.detail.empty()) return;
  round.closed.what = "tcp";
  round.closed.verdict = round.refused.empty() ? Verdict::no_answer : Verdict::refused;
  round.attempts->push_back(std::move(round.closed));
}

void PortScan::look_at(const Surroundings& around, std::vector<PortFinding> announced, DeviceResult& result) {
  const auto address = parse_address(result.target.address);
  if (!address) return;
  const auto start = SteadyClock::now();
  Round round;
  round.address = *address;
  round.host = result.target.address;
  round.attempts = &result.attempts;
  if (settings_) try_ports(around, round);
  result.duration_ms += milliseconds_since(start);
  auto findings = std::move(round.findings);
  std::move(announced.begin(), announced.end(), std::back_inserter(findings));
  if (findings.empty()) return;
  if (result.verdict == Verdict::no_answer || result.verdict == Verdict::refused)
    result.verdict = Verdict::no_snmp;
  result.detail += (result.detail.empty() ? "" : "; ") + found_in_words(findings);
  // None that the device says of itself: it would be taken for whoever has it.
  const auto mac = mac_of_neighbour(result.target.address);
  result.guess = guess_report(rules_, findings, result.target.address, mac);
  if (!result.guess) return;
  auto& attributes = result.guess->sections.front().attributes;
  if (attributes.text("manufacturer").empty() && !is_computer(result.guess->subject_class))
    attributes.set("manufacturer", around.devices.owner_of_mac(mac));
  result.guess->taken_at = around.clock.now();
  result.guess->origin.id = around.job;
  inventory::seal(*result.guess);
}

}  // namespace censo::scanner
