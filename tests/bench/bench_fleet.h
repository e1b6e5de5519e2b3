// Hosts of a fleet as agents report them: 2,000 packages of which one in a hundred differs, hardware,
// interfaces, services, sockets and 300 processes.
#pragma once

#include "base/clock.h"
#include "inventory/report.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace censo::bench {

constexpr int packages_a_host = 2'000;

inline inventory::Item item(const std::string& class_name,
                            std::initializer_list<std::pair<const char*, inventory::Value>> values,
                            const std::string& ref = "") {
  inventory::Item made{class_name, ref, "", {}};
  for (const auto& [name, value] : values) made.attributes.set(name, value);
  return made;
}

inline inventory::Section packages_of(int host, std::uint64_t sequence) {
  inventory::Section dpkg{"dpkg", true, "", {}, {}, {}};
  const base::TimeMs installed = 1'700'000'000'000 + base::TimeMs{host} * 3'600'000;
  for (int i = 0; i < packages_a_host; ++i) {
    const bool differs = (i * 31 + host) % 100 == 0;
    const std::string number = std::to_string(i);
    dpkg.items.push_back(
        item("software_package",
             {{"manager", "dpkg"},
              {"name", "libpackage-" + number + "-dev"},
              {"version", differs ? "2." + std::to_string((host + sequence) % 7) : "1:1.0." + number},
              {"architecture", i % 3 == 0 ? "all" : "amd64"},
              {"source", "package-" + std::to_string(i / 3)},
              {"maintainer", "Debian Maintainers <maintainers@example.org>"},
              {"section", i % 2 == 0 ? "libs" : "libdevel"},
              {"installed_bytes", std::int64_t{1024} * (i % 911)},
              {"installed_at", base::to_iso8601(installed + (i / 400) * 86'400'000 + i * 37)}}));
  }
  return dpkg;
}

inline inventory::Section processes_of(int host, std::uint64_t sequence) {
  inventory::Section processes{"processes", true, "", {}, {}, {}};
  for (int i = 0; i < 300; ++i) {
    processes.items.push_back(
        item("process", {{"pid", std::int64_t{100} + i * 7},
                         {"name", "worker-" + std::to_string(i % 40)},
                         {"user", i % 3 == 0 ? "root" : "www-data"},
                         {"executable", "/usr/lib/worker/bin/worker-" + std::to_string(i % 40)},
                         {"started", base::to_iso8601(1'790'000'000'000 + host * 1000 + i)},
                         {"parent_pid", static_cast<std::int64_t>(sequence)}}));
  }
  return processes;
}

inline std::string address_of(int host) {
  return "10." + std::to_string(host / 60'000 % 256) + "." + std::to_string(host / 250 % 240) + "." +
         std::to_string(host % 250 + 1);
}

inline inventory::Section network_of(int host) {
  inventory::Section network{"network_interfaces", true, "", {}, {}, {}};
  const std::string address = address_of(host);
  network.attributes.set("ip_addresses", inventory::TextList{address});
  network.items.push_back(
      item("network_interface",
           {{"name", "eth0"}, {"kind", "physical"}, {"addresses", inventory::TextList{address + "/24"}}}));
  return network;
}

inline inventory::Section services_of() {
  inventory::Section services{"services", true, "", {}, {}, {}};
  for (const char* name : {"ssh", "nginx", "postgresql"}) {
    const std::string ref = std::string("service:") + name;
    services.items.push_back(item("generic_service", {{"instance", name}}, ref));
    services.relationships.push_back({"runs_on", ref, "self", {}});
  }
  return services;
}

inline inventory::Section sockets_of() {
  inventory::Section sockets{"sockets", true, "", {}, {}, {}};
  std::int64_t port = 22;
  for (const char* unit : {"ssh.service", "nginx.service", "postgresql.service"}) {
    sockets.items.push_back(item(
        "listening_socket", {{"protocol", "tcp"}, {"address", "0.0.0.0"}, {"port", port}, {"unit", unit}}));
    port += 400;
  }
  return sockets;
}

// Everything that differs between two hosts depends on `number`, what differs between two reports on
// `sequence`. Not sealed yet.
inline inventory::Report host_without_packages(int number, std::uint64_t sequence,
                                               const std::string& agent_id) {
  inventory::Report report;
  report.origin = {inventory::OriginKind::agent, agent_id, "1.0"};
  report.sequence = sequence;
  report.taken_at = 1'790'000'000'000;
  report.subject_class = "server";
  report.subject_name = "host-" + std::to_string(number);
  inventory::Section hardware{"hardware", true, "", {}, {}, {}};
  hardware.attributes.set("serial_number", "SN-" + std::to_string(100'000 + number));
  hardware.attributes.set("model", "R640");
  report.sections = {std::move(hardware), processes_of(number, sequence), network_of(number), services_of(),
                     sockets_of()};
  return report;
}

inline inventory::Report host(int number, std::uint64_t sequence, const std::string& agent_id) {
  auto report = host_without_packages(number, sequence, agent_id);
  report.sections.insert(report.sections.begin() + 1, packages_of(number, sequence));
  inventory::seal(report);
  return report;
}

}  // namespace censo::bench
