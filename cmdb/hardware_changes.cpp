#include "cmdb/hardware_changes.h"

#include "base/text.h"
#include "cmdb/identifier.h"
#include "cmdb/ingest_run.h"
#include "cmdb/reconciliation.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace censo::cmdb {
namespace {

std::set<std::string> values_of(const SourceValues& values, std::string_view name) {
  std::set<std::string> found;
  const IdentifierKind kind = kind_of_identifier(name);
  for (const AttributesByName* all : {&values.sections, &values.parts}) {
    for (const auto& [section, attributes] : *all) {
      const inventory::Value* value = attributes.find(name);
      if (!value) continue;
      if (const auto* text = std::get_if<std::string>(value)) found.insert(identity_value(kind, *text));
      if (const auto* list = std::get_if<inventory::TextList>(value)) {
        for (const std::string& text : *list) found.insert(identity_value(kind, text));
      }
    }
  }
  found.erase("");
  return found;
}

std::string joined(const std::set<std::string>& values) {
  return base::join({values.begin(), values.end()}, ", ");
}

struct Difference {
  std::set<std::string> gone, come, kept;
};

Difference difference(const SourceValues& before, const SourceValues& after, std::string_view name) {
  const auto was = values_of(before, name), is = values_of(after, name);
  Difference found;
  std::ranges::set_difference(was, is, std::inserter(found.gone, found.gone.end()));
  std::ranges::set_difference(is, was, std::inserter(found.come, found.come.end()));
  std::ranges::set_intersection(was, is, std::inserter(found.kept, found.kept.end()));
  return found;
}

std::set<std::string> without_moving(const std::set<std::string>& macs, const SourceValues& values) {
  const auto moving = values_of(values, "moving_mac");
  std::set<std::string> rest;
  std::ranges::set_difference(macs, moving, std::inserter(rest, rest.end()));
  return rest;
}

}  // namespace

void tell_replaced_parts(IngestRun& run, CiId ci, const SourceValues& before, const SourceValues& after) {
  Difference macs = difference(before, after, "mac_addresses");
  macs.gone = without_moving(macs.gone, before);
  macs.come = without_moving(macs.come, after);
  const auto disks = difference(before, after, "disk_serial");
  const auto tell = [&](const char* part, const Difference& changed) {
    run.history.add({ci, "hardware", part, joined(changed.gone), joined(changed.come)});
  };
  if (!macs.gone.empty() && !macs.come.empty()) tell("network card replaced", macs);
  if (!disks.gone.empty() && !disks.come.empty()) tell("disk replaced", disks);
  for (const char* name : {"smbios_uuid", "serial_number", "baseboard_serial_number"}) {
    const auto board = difference(before, after, name);
    if (board.gone.empty() || board.come.empty()) continue;
    tell("main board replaced", board);
    break;
  }
}

}  // namespace censo::cmdb
