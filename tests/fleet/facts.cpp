#include "tests/fleet/facts.h"

#include "base/text.h"

namespace censo::fleet {
namespace {

using inventory::Attributes;
using inventory::TextList;

TextList list_of(const inventory::Report& report, std::string_view attribute) {
  for (const inventory::Section& section : report.sections) {
    const inventory::Value* value = section.attributes.find(attribute);
    if (value && std::holds_alternative<TextList>(*value)) return std::get<TextList>(*value);
  }
  return {};
}

std::string number_text(const Attributes& attributes, std::string_view name) {
  const inventory::Value* value = attributes.find(name);
  return value && std::holds_alternative<std::int64_t>(*value)
             ? std::to_string(std::get<std::int64_t>(*value))
             : "";
}

void add_item(const inventory::Item& item, Facts& facts) {
  const Attributes& values = item.attributes;
  if (item.class_name == "network_port" && !values.text("mac_address").empty())
    facts.port_keys.push_back(values.text("mac_address") + "|" + number_text(values, "if_index"));
  if (item.class_name == "ip_interface")
    facts.address_keys.push_back(values.text("address") + "|" + values.text("port"));
}

}  // namespace

Facts facts_of(const inventory::Report& report) {
  using inventory::subject_text;
  Facts facts;
  facts.subject_class = report.subject_class;
  facts.name = base::to_lower(report.subject_name);
  facts.serial = subject_text(report, "serial_number");
  facts.uuid = base::to_lower(subject_text(report, "smbios_uuid"));
  facts.chassis_serial = subject_text(report, "chassis_serial_number");
  facts.board_serial = subject_text(report, "baseboard_serial_number");
  facts.macs = list_of(report, "mac_addresses");
  facts.from_agent = report.origin.kind == inventory::OriginKind::agent;
  facts.source_key = report.origin.id;
  if (!facts.from_agent)
    facts.source_key += "|" + subject_text(report, "management_address") + "|" + facts.name;
  for (const inventory::Section& section : report.sections) {
    for (const inventory::Item& item : section.items) add_item(item, facts);
  }
  return facts;
}

}  // namespace censo::fleet
