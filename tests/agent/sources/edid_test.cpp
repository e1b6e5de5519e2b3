// The monitors source against what another agent reads in the same blocks.
#include "agent/edid.h"
#include "base/text.h"
#include "tests/agent/sources/host_data.h"

#include <boost/json.hpp>

#include <map>

namespace censo::agent {
namespace {

struct Answer {
  std::string caption, manufacturer, serial, other_serial, date;
};

std::map<std::string, Answer> answers() {
  std::map<std::string, Answer> found;
  const auto text = host_data::content(host_data::folder("edid") / "expected.jsonl");
  for (const auto line : base::split(text, '\n')) {
    if (line.empty()) continue;
    const auto row = boost::json::parse(line).as_object();
    const auto value = [&](const char* name) {
      const auto* found_value = row.if_contains(name);
      return found_value != nullptr && found_value->is_string()
                 ? std::string(base::trim(std::string(found_value->as_string())))
                 : std::string();
    };
    found[value("file")] = {value("caption"), value("manufacturer"), value("serial"), value("altserial"),
                            value("description")};
  }
  return found;
}

// The same on every display of a model: the other agent shows it, we do not.
bool tells_nothing(const std::string& serial) {
  return serial == "00000000" || serial == "01010101";
}

std::string date_of(const inventory::Attributes& attributes) {
  return std::to_string(host_data::integer_of(attributes, "manufacture_week")) + "/" +
         std::to_string(host_data::integer_of(attributes, "manufacture_year"));
}

class EdidRecording : public testing::TestWithParam<std::string> {};

TEST_P(EdidRecording, SaysTheSame) {
  if (GetParam().empty()) GTEST_SKIP() << "no recordings on this machine";
  const auto all = answers();
  const auto answer = all.find(GetParam() + ".bin");
  if (answer == all.end()) GTEST_SKIP() << "no answer for this recording";
  const host_data::TemporaryFolder root;
  const auto connector = root.path() / "sys/class/drm/card0-VGA-1";
  host_data::fs::create_directories(connector);
  host_data::fs::copy_file(host_data::folder("edid") / (GetParam() + ".bin"), connector / "edid");

  const auto out = host_data::run("monitors", root.path());

  ASSERT_EQ(out.section.items.size(), 1U);
  const auto& attributes = out.section.items[0].attributes;
  EXPECT_EQ(attributes.text("model"), answer->second.caption);
  EXPECT_EQ(attributes.text("manufacturer"), answer->second.manufacturer);
  EXPECT_EQ(date_of(attributes), answer->second.date);
  const auto& serial = answer->second.serial;
  EXPECT_EQ(attributes.text("serial_number"), tells_nothing(serial) ? "" : serial);
  EXPECT_EQ(attributes.text("other_serial_number"), answer->second.other_serial);
  EXPECT_TRUE(out.section.complete);
}

INSTANTIATE_TEST_SUITE_P(HostData, EdidRecording, testing::ValuesIn(host_data::names("edid", ".bin")),
                         host_data::test_name);

}  // namespace
}  // namespace censo::agent
