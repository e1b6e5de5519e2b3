// A recording's report, and rows of it as lines.
#pragma once

#include "base/text.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"
#include "tests/collector/scanner/built_in_devices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::scanner {

inline inventory::Report report_of(SnmpSession& session) {
  auto inventory = inventory_device(session, built_in_devices(), {"10.0.0.9", 161}, 1'790'000'000'000);
  EXPECT_TRUE(inventory);
  return std::move(inventory->report);
}
inline inventory::Report report_of(const std::string& recording) {
  RecordedSession session(*parse_snmprec(recording));
  return report_of(session);
}

inline const inventory::Section& section_of(const inventory::Report& report, std::string_view name) {
  for (const auto& section : report.sections)
    if (section.name == name) return section;
  throw std::runtime_error("no such section");
}

// The values of these attributes of each item, in a line.
inline std::vector<std::string> lines_of(const inventory::Report& report, std::string_view section,
                                         std::initializer_list<std::string_view> attributes) {
  std::vector<std::string> lines;
  for (const auto& item : section_of(report, section).items) {
    std::string line;
    for (const auto name : attributes) {
      const auto* value = item.attributes.find(name);
      const auto* number = value ? std::get_if<std::int64_t>(value) : nullptr;
      const auto* truth = value ? std::get_if<bool>(value) : nullptr;
      const auto* list = value ? std::get_if<inventory::TextList>(value) : nullptr;
      const auto text = list     ? base::join(*list, ",")
                        : number ? std::to_string(*number)
                        : truth  ? std::string(*truth ? "yes" : "no")
                                 : item.attributes.text(name);
      line += (line.empty() ? "" : " ") + text;
    }
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}
using Lines = std::vector<std::string>;

}  // namespace censo::scanner
