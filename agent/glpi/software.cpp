// GLPI's sections softwares, databases_services, virtualmachines, antivirus, firewalls and local_groups.
#include "agent/glpi/rows.h"

#include "base/text.h"

#include <array>

namespace censo::agent::glpi {
namespace {

constexpr std::array<Field, 8> package{{{"name", "name"},
                                        {"version", "version"},
                                        {"arch", "architecture"},
                                        {"publisher", "maintainer"},
                                        {"system_category", "section"},
                                        {"filesize", "installed_bytes", Form::integer},
                                        {"install_date", "installed_at", Form::date},
                                        {"from", "manager"}}};
constexpr std::array<Field, 3> database{
    {{"name", "instance"}, {"version", "version"}, {"path", "executable"}}};
constexpr std::array<Field, 5> guest{{{"name", "host_name"},
                                      {"uuid", "smbios_uuid"},
                                      {"vmtype", "manager"},
                                      {"subsystem", "virtualization"},
                                      {"memory", "memory_mib", Form::integer}}};
constexpr std::array<Field, 5> container{{{"name", "host_name"},
                                          {"uuid", "container_id"},
                                          {"vmtype", "engine"},
                                          {"subsystem", "engine"},
                                          {"image", "image"}}};
constexpr std::array<Field, 5> antivirus{{{"name", "name"},
                                          {"company", "manufacturer"},
                                          {"enabled", "enabled", Form::boolean},
                                          {"base_version", "signatures_version"},
                                          {"base_creation", "signatures_updated", Form::date}}};

std::string state_of(const std::string& ours) {
  return ours == "running" || ours == "paused" ? ours : "off";
}

// "[::]:5432/tcp" -> 5432
std::int64_t port_of(const Attributes& service) {
  for (const auto& listen : list_of(service, "listen")) {
    const auto colon = listen.rfind(':'), slash = listen.rfind('/');
    if (colon == std::string::npos || slash == std::string::npos || slash < colon) continue;
    const auto port = base::parse_integer(std::string_view(listen).substr(colon + 1, slash - colon - 1));
    if (port && *port > 0) return *port;
  }
  return 0;
}

void add_packages(const Report& report, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "software_package")) {
    auto row = row_of(item->attributes, package);
    if (item->attributes.text("manager") == "dpkg") row["from"] = "deb";
    if (row.contains("name")) rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["softwares"] = std::move(rows);
}

void add_databases(const Report& report, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "database_server")) {
    auto row = row_of(item->attributes, database);
    if (!row.contains("name") || !row.contains("version")) continue;
    set_text(row, "type", item->attributes.text("product"));
    if (const auto port = port_of(item->attributes); port > 0) row["port"] = port;
    row["is_active"] = true;  // it listens
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["databases_services"] = std::move(rows);
}

void add_guests(const Report& report, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "virtual_machine")) {
    auto row = row_of(item->attributes, guest);
    row["status"] = state_of(item->attributes.text("power_state"));
    const auto cpus = integer_of(item->attributes, "cpu_threads");
    if (cpus > 0) row["vcpu"] = cpus;
    set_text(row, "mac", base::join(list_of(item->attributes, "mac_addresses"), "/"));
    if (row.contains("name")) rows.push_back(std::move(row));
  }
  for (const auto* item : items_of(report, "container")) {
    auto row = row_of(item->attributes, container);
    row["status"] = state_of(item->attributes.text("power_state"));
    const auto addresses = list_of(item->attributes, "ip_addresses");
    if (!addresses.empty()) row["ipaddress"] = addresses.front();
    if (row.contains("name")) rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["virtualmachines"] = std::move(rows);
}

void add_protection(const Report& report, json::object& content) {
  json::array scanners, firewalls;
  for (const auto* item : items_of(report, "protection")) {
    const auto kind = item->attributes.text("kind");
    if (kind == "antivirus") scanners.push_back(row_of(item->attributes, antivirus));
    if (kind == "firewall")
      firewalls.push_back({{"status", flag_of(item->attributes, "enabled") ? "on" : "off"},
                           {"description", item->attributes.text("name")}});
  }
  if (!scanners.empty()) content["antivirus"] = std::move(scanners);
  if (!firewalls.empty()) content["firewalls"] = std::move(firewalls);
}

void add_groups(const Report& report, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "local_group")) {
    json::object row{{"name", item->attributes.text("name")},
                     {"id", std::to_string(integer_of(item->attributes, "group_id"))}};
    json::array members;
    for (const auto& member : list_of(item->attributes, "members")) members.emplace_back(member);
    if (!members.empty()) row["members"] = std::move(members);
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["local_groups"] = std::move(rows);
}

}  // namespace

void add_software(const Report& report, json::object& content) {
  add_packages(report, content);
  add_databases(report, content);
  add_guests(report, content);
  add_protection(report, content);
  add_groups(report, content);
}

}  // namespace censo::agent::glpi
