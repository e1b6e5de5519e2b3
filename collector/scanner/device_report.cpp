#include "collector/scanner/device_report.h"

#include "collector/scanner/devices/device_type.h"

#include <initializer_list>
#include <string_view>

namespace censo::scanner {
namespace {

std::string first_of(const inventory::Report& report, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (auto text = inventory::subject_text(report, name); !text.empty()) return text;
  }
  return {};
}

std::string type_of(const inventory::Report& report) {
  const auto type = inventory::subject_text(report, "device_type");
  if (!type.empty()) return std::string(family_of_type(type));
  return std::string(type_of_class(report.subject_class));
}

}  // namespace

DeviceSummary device_summary(const inventory::Report& report) {
  return {.vendor = first_of(report, {"manufacturer"}),
          .type = type_of(report),
          .hardware = first_of(report, {"model", "architecture"}),
          .version = first_of(report, {"os_version", "firmware_version", "kernel_release"}),
          .serial = first_of(report, {"serial_number"}),
          .sys_name = first_of(report, {"sys_name", "fqdn", "host_name"})};
}

}  // namespace censo::scanner
