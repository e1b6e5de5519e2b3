// GLPI's sections about the machine itself: bios, hardware, operatingsystem, cpus, memories, monitors.
#include "agent/glpi/rows.h"

#include "base/text.h"

#include <array>

namespace censo::agent::glpi {
namespace {

constexpr std::array<Field, 13> bios{{{"assettag", "asset_tag"},
                                      {"bdate", "firmware_date", Form::date},
                                      {"bmanufacturer", "firmware_vendor"},
                                      {"bversion", "firmware_version"},
                                      {"mmanufacturer", "baseboard_manufacturer"},
                                      {"mmodel", "baseboard_model"},
                                      {"msn", "baseboard_serial_number"},
                                      {"skunumber", "product_sku"},
                                      {"smanufacturer", "manufacturer"},
                                      {"smodel", "model"},
                                      {"ssn", "serial_number"},
                                      {"enclosureserial", "chassis_serial_number"},
                                      {"secure_boot", "secure_boot"}}};
constexpr std::array<Field, 7> hardware{{{"chassis_type", "chassis_type"},
                                         {"defaultgateway", "default_gateway"},
                                         {"dns", "dns_servers"},
                                         {"memory", "memory_mib", Form::integer},
                                         {"swap", "swap_mib", Form::integer},
                                         {"uuid", "smbios_uuid"},
                                         {"workgroup", "domain"}}};
constexpr std::array<Field, 9> system_fields{{{"arch", "architecture"},
                                              {"boot_time", "last_boot", Form::time},
                                              {"fqdn", "fqdn"},
                                              {"hostid", "machine_id"},
                                              {"install_date", "os_installed_at", Form::time},
                                              {"kernel_version", "kernel_release"},
                                              {"name", "os_name"},
                                              {"version", "os_version"},
                                              {"ssh_key", "ssh_host_key"}}};
constexpr std::array<Field, 5> processor{{{"name", "model"},
                                          {"manufacturer", "vendor"},
                                          {"familynumber", "family"},
                                          {"model", "model_number"},
                                          {"speed", "max_mhz", Form::integer}}};
constexpr std::array<Field, 8> memory{{{"caption", "slot"},
                                       {"capacity", "size_mib", Form::integer},
                                       {"description", "form_factor"},
                                       {"formfactor", "form_factor"},
                                       {"manufacturer", "manufacturer"},
                                       {"model", "part_number"},
                                       {"serialnumber", "serial_number"},
                                       {"type", "type"}}};
constexpr std::array<Field, 6> monitor{{{"caption", "model"},
                                        {"name", "model"},
                                        {"manufacturer", "manufacturer"},
                                        {"serial", "serial_number"},
                                        {"altserial", "other_serial_number"},
                                        {"port", "connector"}}};

// The format knows these names of architectures and no others.
std::string architecture_of(const std::string& kernels) {
  if (kernels.starts_with("ppc64")) return "powerpc64";
  if (kernels.starts_with("ppc")) return "powerpc";
  for (const std::string_view known : {"mips", "mips64", "alpha", "sparc", "sparc64", "m68k", "i386", "i486",
                                       "i586", "i686", "x86_64", "aarch64"}) {
    if (kernels == known) return kernels;
  }
  return kernels.starts_with("arm") ? kernels : std::string();
}

std::string system_kind(const Attributes& subject) {
  if (const auto container = subject.text("container"); !container.empty()) return container;
  const auto virtualization = subject.text("virtualization");
  return virtualization.empty() || virtualization == "none" ? "Physical" : virtualization;
}

std::string domain_of(const std::string& full_name) {
  const auto dot = full_name.find('.');
  return dot == std::string::npos ? std::string() : full_name.substr(dot + 1);
}

void add_system(const Attributes& subject, json::object& content) {
  auto system = row_of(subject, system_fields);
  system["kernel_name"] = "linux";
  set_text(system, "full_name", subject.text("os_name") + " " + subject.text("os_version"));
  set_text(system, "dns_domain", domain_of(subject.text("fqdn")));
  content["operatingsystem"] = std::move(system);
}

// A kind of processor is a row of ours; the format has a row a socket.
void add_processors(const Report& report, const std::string& architecture, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "processor")) {
    auto row = row_of(item->attributes, processor);
    set_text(row, "arch", architecture);
    const auto sockets = std::max<std::int64_t>(1, integer_of(item->attributes, "sockets"));
    const auto cores = integer_of(item->attributes, "cores");
    if (cores > 0) row["core"] = row["corecount"] = std::max<std::int64_t>(1, cores / sockets);
    const auto threads = integer_of(item->attributes, "threads_per_core");
    if (threads > 0) row["thread"] = threads;
    const auto stepping = base::parse_integer(item->attributes.text("stepping"));
    if (stepping) row["stepping"] = *stepping;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(sockets, 1024); ++i) rows.push_back(row);
  }
  if (!rows.empty()) content["cpus"] = std::move(rows);
}

void add_memories(const Report& report, json::object& content) {
  json::array rows;
  const auto add = [&](const Item& item) {
    auto row = row_of(item.attributes, memory);
    const auto speed = integer_of(item.attributes, "speed_mts");
    if (speed > 0) row["speed"] = std::to_string(speed) + " MT/s";
    row["numslots"] = static_cast<std::int64_t>(rows.size() + 1);
    rows.push_back(std::move(row));
  };
  for (const auto* item : items_of(report, "memory_module")) add(*item);
  for (const auto* item : items_of(report, "memory_slot")) add(*item);
  if (!rows.empty()) content["memories"] = std::move(rows);
}

void add_monitors(const Report& report, json::object& content) {
  json::array rows;
  for (const auto* item : items_of(report, "monitor")) {
    auto row = row_of(item->attributes, monitor);
    const auto year = integer_of(item->attributes, "manufacture_year");
    if (year > 0)
      row["description"] =
          std::to_string(integer_of(item->attributes, "manufacture_week")) + "/" + std::to_string(year);
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["monitors"] = std::move(rows);
}

}  // namespace

void add_machine(const Report& report, json::object& content) {
  const auto subject = subject_of(report);
  if (auto row = row_of(subject, bios); !row.empty()) content["bios"] = std::move(row);
  auto machine = row_of(subject, hardware);
  set_text(machine, "name", report.subject_name);
  set_text(machine, "vmsystem", system_kind(subject));
  if (machine.contains("uuid")) machine["uuid"] = base::to_upper(subject.text("smbios_uuid"));
  content["hardware"] = std::move(machine);
  add_system(subject, content);
  add_processors(report, architecture_of(subject.text("architecture")), content);
  add_memories(report, content);
  add_monitors(report, content);
}

}  // namespace censo::agent::glpi
