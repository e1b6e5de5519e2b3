// A report that uses every field of the format.
#pragma once

#include "inventory/report.h"

namespace censo::inventory {

inline Report sample_report() {
  Report report;
  report.origin = {OriginKind::agent, "0f8fad5b-d9cb-469f-a165-70867728950e", "0.1.0"};
  report.sequence = 42;
  report.boot_id = "6b1f0b6e-5d5c-4a43-9d53-0d4f7d6a7c11";
  report.taken_at = 1'790'856'000'007;
  report.subject_class = "server";
  report.subject_name = "web01";
  Section hardware;
  hardware.name = "hardware";
  hardware.complete = true;
  hardware.attributes.set("serial_number", "SN-0001");
  hardware.attributes.set("ram_mib", std::int64_t{16384});
  hardware.attributes.set("load", 2.0);
  hardware.attributes.set("virtual", false);
  hardware.attributes.set("mac_addresses", TextList{"00:00:5e:00:53:01", "00:00:5e:00:53:02"});
  Item disk{"disk", "", "", {}};
  disk.attributes.set("name", "sda");
  hardware.items.push_back(disk);
  Section services;
  services.name = "services";
  services.items.push_back({"web_server", "nginx", "", {}});
  Item site{"generic_service", "site", "nginx", {}};
  site.attributes.set("name", "Größe \"1\" \\ \t\n€");
  services.items.push_back(site);
  Relationship runs{"runs_on", "nginx", "self", {}};
  runs.attributes.set("socket", "0.0.0.0:443");
  services.relationships.push_back(runs);
  report.sections = {hardware, services};
  report.problems = {{"dpkg", "not_found", "expected a status file, found none", "/var/lib/dpkg/status"}};
  return report;
}

}  // namespace censo::inventory
