#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

const Columns subnet_columns{
    {"subnet", "/prefix"}, {"reached", "/reached"}, {"jobs", "/jobs"}, {"scanned", "/scanned_at", Show::age}};
const Columns unread_columns{{"address", "/address"},
                             {"verdict", "/verdict"},
                             {"detail", "/detail"},
                             {"job", "/job"},
                             {"seen", "/seen_at", Show::age}};

const Columns address_columns{
    {"mac", "/mac"},   {"addresses", "/addresses"},       {"device", "/device/name"},
    {"port", "/port"}, {"at port", "/addresses_at_port"}, {"seen", "/seen_at", Show::age}};

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
}

}  // namespace censo::cli
