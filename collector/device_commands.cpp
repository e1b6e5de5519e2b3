#include "collector/device_commands.h"

#include "base/file.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/device_report.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

namespace censo::collector {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

int failed(const base::Error& error) {
  fmt::print(stderr, "censo-collector: {}\n", base::to_string(error));
  return 1;
}

base::Result<scanner::DeviceInventory> replay(const fs::path& path, const scanner::DeviceCatalog& catalog) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return base::fail(base::Errc::io_failed, "the recording cannot be read", path.native());
  auto variables = scanner::parse_snmprec(text.str());
  if (!variables) {
    auto error = variables.error();
    error.where = path.native() + (error.where.empty() ? "" : ", " + error.where);
    return error;
  }
  scanner::RecordedSession session(std::move(*variables));
  constexpr base::TimeMs then = 1'790'000'000'000;  // always the same: a replay's output can be compared
  return scanner::inventory_device(session, catalog, {"192.0.2.1", 161}, then);
}

void set_known(json::object& object, std::string_view key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

json::array links_of(const inventory::Report& report) {
  json::array links;
  for (const auto& section : report.sections) {
    for (const auto& item : section.items) {
      if (item.class_name != "lldp_neighbour" && item.class_name != "discovered_neighbour") continue;
      json::object link;
      link["protocol"] = section.name;
      for (const auto name : {"local_port", "chassis_id", "device_id", "port_id", "system_name"}) {
        set_known(link, name, item.attributes.text(name));
      }
      links.push_back(std::move(link));
    }
  }
  return links;
}

// How many rows of each class the report has.
json::object rows_by_class(const inventory::Report& report) {
  std::map<std::string, std::size_t> counts;
  for (const auto& section : report.sections)
    for (const auto& item : section.items) ++counts[item.class_name];
  json::object rows;
  for (const auto& [name, count] : counts) rows[name] = static_cast<std::int64_t>(count);
  return rows;
}

json::object summary(const std::string& name, const scanner::DeviceInventory& inventory) {
  const auto found = scanner::device_summary(inventory.report);
  json::object device;
  device["name"] = name;
  device["definition"] = inventory.match.definition;
  device["class"] = inventory.report.subject_class;
  set_known(device, "vendor", found.vendor);
  set_known(device, "type", found.type);
  set_known(device, "hardware", found.hardware);
  set_known(device, "version", found.version);
  set_known(device, "serial", found.serial);
  set_known(device, "sysName", found.sys_name);
  device["ports"] = inventory.rows.ports;
  device["entities"] = inventory.rows.entities;
  device["neighbours"] = inventory.rows.neighbours;
  device["vlans"] = inventory.rows.vlans;
  device["components"] = rows_by_class(inventory.report);
  if (auto links = links_of(inventory.report); !links.empty()) device["links"] = std::move(links);
  return device;
}

std::vector<fs::path> recordings_in(const std::string& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto& path = entry.path();
    const bool context = path.stem().native().find('@') != std::string::npos;
    if (path.extension() == ".snmprec" && !context) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

int replay_devices(const std::string& recordings, const std::string& folder) {
  const auto catalog = scanner::DeviceCatalog::with_folder(folder);
  if (!catalog) return failed(catalog.error());
  if (!fs::is_directory(recordings)) {
    return failed(base::fail(base::Errc::not_found, "there is no such folder", recordings));
  }
  int status = 0;
  for (const auto& path : recordings_in(recordings)) {
    const auto inventory = replay(path, *catalog);
    if (!inventory) {
      status = failed(inventory.error());
      continue;
    }
    fmt::print("{}\n", json::serialize(summary(path.stem().native(), *inventory)));
  }
  return std::fflush(stdout) == 0 ? status : 1;
}

int test_device(const std::string& recording, const std::string& folder) {
  const auto catalog = scanner::DeviceCatalog::with_folder(folder);
  if (!catalog) return failed(catalog.error());
  const auto inventory = replay(recording, *catalog);
  if (!inventory) return failed(inventory.error());
  const auto& match = inventory->match;
  fmt::print("definition    {} ({}:{})\n", match.definition, match.file, match.line);
  constexpr std::size_t most_shown = 12;
  const auto shown = std::min(most_shown, match.candidates.size());
  const auto rest = match.candidates.size() - shown;
  fmt::print("fitting       {}{}\n",
             fmt::join(match.candidates.begin(),
                       match.candidates.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
             rest > 0 ? fmt::format(" and {} that need a variable", rest) : std::string());
  fmt::print("class         {}\n", inventory->report.subject_class);
  for (const auto& evidence : match.evidence) {
    const auto line = evidence.line > 0 ? fmt::format(":{}", evidence.line) : std::string();
    fmt::print("{:<17} {:<40} {}{}\n", evidence.attribute, evidence.value, evidence.file, line);
  }
  const auto& rows = inventory->rows;
  fmt::print("rows          ports {}, entities {}, neighbours {}, vlans {}\n", rows.ports, rows.entities,
             rows.neighbours, rows.vlans);
  for (const auto& [name, count] : rows_by_class(inventory->report))
    fmt::print("{:<13} {}\n", std::string(name), count.as_int64());
  for (const auto& problem : inventory->report.problems) {
    fmt::print("problem       {}: {} {}\n", problem.source, problem.message, problem.where);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

}  // namespace censo::collector
