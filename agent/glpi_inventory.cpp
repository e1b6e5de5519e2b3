#include "agent/glpi_inventory.h"

#include "agent/glpi/rows.h"
#include "base/text.h"

namespace censo::agent {
namespace {

using namespace glpi;

// The format wants one name that a machine keeps: its host name and machine id.
std::string device_id(const Report& report) {
  const auto machine = inventory::subject_text(report, "machine_id");
  return report.subject_name + "-" + (machine.empty() ? "unknown" : machine);
}

void add_plain_sections(const Report& report, json::object& content) {
  for (const auto& rule : plain_sections()) {
    json::array rows;
    for (const auto* item : items_of(report, rule.class_name)) {
      if (item->attributes.find(rule.required) == nullptr) continue;
      auto row = row_of(item->attributes, rule.fields);
      // Of slots that cannot be used the format says nothing.
      if (rule.section == "slots" && row.contains("status") && row["status"] != "used" &&
          row["status"] != "free")
        row.erase("status");
      rows.push_back(std::move(row));
    }
    if (!rows.empty()) content[rule.section] = std::move(rows);
  }
}

}  // namespace

std::string to_glpi_json(const inventory::Report& report) {
  json::object content;
  add_machine(report, content);
  add_storage(report, content);
  add_network(report, content);
  add_software(report, content);
  add_plain_sections(report, content);
  const std::string client = "Censo-Agent_v" + report.origin.version;
  content["versionclient"] = client;
  content["versionprovider"] = {
      {"name", "Censo"}, {"version", report.origin.version}, {"program", "censo-agent"}};
  const json::object inventory{{"action", "inventory"},
                               {"deviceid", device_id(report)},
                               {"itemtype", "Computer"},
                               {"content", std::move(content)}};
  return json::serialize(inventory);
}

}  // namespace censo::agent
