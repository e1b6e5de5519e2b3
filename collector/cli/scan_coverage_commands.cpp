#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <string>

namespace censo::cli {
namespace {

const Columns subnet_columns{
    {"subnet", "/prefix"}, {"reached", "/reached"}, {"jobs", "/jobs"}, {"scanned", "/scanned_at", Show::age}};
const Columns unread_columns{{"address", "/address"},
                             {"verdict", "/verdict"},
                             {"detail", "/detail"},
                             {"job", "/job"},
                             {"seen", "/seen_at", Show::age}};

const Columns address_columns{{"mac", "/mac"},
                              {"maker", "/maker"},
                              {"addresses", "/addresses"},
                              {"device", "/device/name"},
                              {"port", "/port"},
                              {"at port", "/addresses_at_port"},
                              {"seen", "/seen_at", Show::age}};

const Columns unnamed_columns{{"sysObjectID", "/sys_object_id"}, {"devices", "/devices"},
                              {"maker", "/manufacturer"},        {"model", "/model"},
                              {"definition", "/definition"},     {"example", "/example/name"},
                              {"sysDescr", "/sys_description"}};

base::Result<void> show_unnamed(ApiClient& client, const ListSettings& settings, Session& session) {
  const auto answer = fetch_list(client, "/api/v1/scan-coverage/unnamed", {}, settings);
  if (!answer) return answer.error();
  print_list(*answer, unnamed_columns, session.output);
  return {};
}

struct NamingArguments {
  std::string sys_object_id, manufacturer, model, type, extends;
};

bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
}

// For YAML, in single quotes.
std::string quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

// A file that names the devices of this sysObjectID; docs/device-definitions.md tells what else may stand in
// it.
base::Result<void> print_definition(const NamingArguments& naming) {
  const auto dot = naming.sys_object_id.rfind('.');
  const bool is_number = dot != std::string::npos && dot > 0 && dot + 1 < naming.sys_object_id.size() &&
                         naming.sys_object_id.find_first_not_of("0123456789.") == std::string::npos;
  if (!is_number)
    return base::fail(base::Errc::invalid_argument, "expected a sysObjectID such as 1.3.6.1.4.1.99999.4.1");
  if (naming.extends.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_/-") != std::string::npos)
    return base::fail(base::Errc::invalid_argument, "expected a definition's name, such as cisco/ios");
  if (!is_plain(naming.manufacturer) || !is_plain(naming.model))
    return base::fail(base::Errc::invalid_argument, "expected names without control characters");
  std::string name = "device_" + naming.sys_object_id;
  std::replace(name.begin(), name.end(), '.', '_');
  std::string text = "# " + name +
                     ".yaml, in a folder of the one that device_definitions names.\ndevice: " + name +
                     "\nmatch: {sys_object_id: " + naming.sys_object_id + "}\nprecedence: 1\n";
  if (!naming.extends.empty()) text += "extends: " + naming.extends + "\n";
  text += "manufacturer: " + quoted(naming.manufacturer) + "\ndevice_type: " + naming.type + "\n";
  text += "models: {under: " + naming.sys_object_id.substr(0, dot) + ", " +
          naming.sys_object_id.substr(dot + 1) + ": " + quoted(naming.model) + "}\nmodel: models\n";
  std::fputs(text.c_str(), stdout);
  return {};
}

void add_naming_commands(CLI::App& scan, Session& session) {
  auto settings = std::make_shared<ListSettings>();
  auto* list = scan.add_subcommand(
      "unnamed", "Kinds of devices that were scanned and that no definition of their own names");
  add_list_options(*list, *settings);
  list->callback([settings, &session] {
    session.run([&](ApiClient& client) { return show_unnamed(client, *settings, session); });
  });

  auto naming = std::make_shared<NamingArguments>();
  auto* define = scan.add_subcommand("define", "Print a definition file that names such devices");
  define->add_option("sysObjectID", naming->sys_object_id, "As `scan unnamed` shows it")->required();
  define->add_option("--manufacturer", naming->manufacturer, "Who makes it")->required();
  define->add_option("--model", naming->model, "What it is called")->required();
  define->add_option("--extends", naming->extends, "The definition that finds the rest: \"cisco/ios\"");
  define->add_option("--type", naming->type, "What it is")
      ->check(CLI::IsMember({"network",      "wireless",      "wireless_controller",
                             "firewall",     "loadbalancer",  "san_switch",
                             "printer",      "phone",         "storage",
                             "nas",          "storage_array", "tape_library",
                             "power",        "ups",           "pdu",
                             "environment",  "automation",    "camera",
                             "timing",       "appliance",     "management",
                             "collaboration"}))
      ->default_str("network");
  naming->type = "network";
  define->callback(
      [naming, &session] { session.run([&](ApiClient&) { return print_definition(*naming); }); });
}

base::Result<void> show_coverage(ApiClient& client, const ListSettings& settings, Session& session) {
  boost::json::array subnets;
  for (const char* reached : {"none", "some"}) {
    const auto answer = fetch_list(client, "/api/v1/scan-coverage/subnets", {{"reached", reached}}, settings);
    if (!answer) return answer.error();
    for (const auto& subnet : answer->at("items").as_array()) subnets.push_back(subnet);
  }
  const auto unread = fetch_list(client, "/api/v1/scan-coverage/unread", {}, settings);
  if (!unread) return unread.error();
  const auto addresses = fetch_list(client, "/api/v1/scan-coverage/addresses", {}, settings);
  if (!addresses) return addresses.error();
  if (session.output.format == Format::table && session.output.field.empty()) {
    print_section("Subnets that no scan reaches, or only in part", subnets, subnet_columns);
    print_section("Seen, but not read", unread->at("items").as_array(), unread_columns);
    print_section("MAC addresses that no item has", addresses->at("items").as_array(), address_columns);
    return {};
  }
  print_object(boost::json::object{{"subnets", std::move(subnets)},
                                   {"unread", unread->at("items")},
                                   {"addresses", addresses->at("items")}},
               {{"subnets", "/subnets"}, {"unread", "/unread"}, {"addresses", "/addresses"}}, session.output);
  return {};
}

}  // namespace

void add_scan_coverage_commands(CLI::App& scan, Session& session) {
  auto settings = std::make_shared<ListSettings>();
  auto* command = scan.add_subcommand("coverage",
                                      "What scans leave out: subnets that no job reaches, who was there but "
                                      "could not be read, and MAC addresses "
                                      "that no item has");
  command->add_option("--limit", settings->limit, "Of each list")->capture_default_str();
  command->callback([settings, &session] {
    session.run([&](ApiClient& client) { return show_coverage(client, *settings, session); });
  });
  add_naming_commands(scan, session);
}

}  // namespace censo::cli
