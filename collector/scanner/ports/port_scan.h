// What an address is that does not answer SNMP, by its open TCP ports and what they say, and by what it
// announced.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/scanner/port_settings.h"
#include "collector/scanner/ports/port_rules.h"
#include "collector/scanner/scan_job.h"

#include <atomic>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace censo::scanner {

class DeviceCatalog;

// One scan's. Any of its threads may call look_at(): they share the rate and nothing else.
class PortScan {
 public:
  // Without settings no port is tried: what was announced is all there is.
  PortScan(PortRules rules, std::optional<PortSettings> settings)
      : rules_(std::move(rules)), settings_(settings) {}

  struct Surroundings {
    const base::Clock& clock;
    const DeviceCatalog& devices;  // whose the first octets of a MAC address are
    std::stop_token stop;
    std::string job;  // its id
  };

  // Tries the ports of the rules, one after the other, and adds to the result what was tried, how it ended
  // and, where a rule tells what that is, a guess of it.
  // `announced` is what it said without being connected to.
  void look_at(const Surroundings& around, std::vector<PortFinding> announced, DeviceResult& result);

 private:
  struct Round;
  static std::string closed_in_words(const Round& round);
  void try_ports(const Surroundings& around, Round& round);
  bool wait_for_turn(const std::stop_token& stop);
  void try_port(const Surroundings& around, const PortToTry& port, Round& round);

  const PortRules rules_;
  const std::optional<PortSettings> settings_;
  std::atomic<std::chrono::steady_clock::rep> next_turn_{0};  // of steady_clock's ticks
};

// What the findings say of the address as a report. Nothing: no rule knows.
std::optional<inventory::Report> guess_report(const PortRules& rules,
                                              const std::vector<PortFinding>& findings,
                                              const std::string& address, const std::string& mac);

}  // namespace censo::scanner
