// The built-in definitions on recordings made by hand:
// tests/collector/scanner/devices/<vendor>/<name>/<case>.snmprec and what is expected of it in <case>.json.
#include "base/yaml.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"
#include "tests/collector/scanner/built_in_devices.h"

#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace censo::scanner {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> cases() {
  const fs::path root = fs::path(CENSO_CASES) / "devices";
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    auto path = entry.path();
    if (path.extension() == ".snmprec")
      names.push_back(fs::relative(path.replace_extension(), root).native());
  }
  return names;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string found(const DeviceInventory& inventory, std::string_view key) {
  if (key == "definition") return inventory.match.definition;
  if (key == "class") return inventory.report.subject_class;
  if (key == "vlans") return std::to_string(inventory.rows.vlans);
  if (key == "neighbours") return std::to_string(inventory.rows.neighbours);
  if (key == "entities") return std::to_string(inventory.rows.entities);
  return inventory::subject_text(inventory.report, key);
}

class DeviceCase : public testing::TestWithParam<std::string> {};

TEST_P(DeviceCase, IsReadAsExpected) {
  const fs::path path = fs::path(CENSO_CASES) / "devices" / GetParam();
  RecordedSession session(parse_snmprec(content(path.native() + ".snmprec")).value());
  const auto inventory = inventory_device(session, built_in_devices(), {"192.0.2.1", 161}, 0);
  ASSERT_TRUE(inventory);
  // JSON is YAML.
  const auto expected = base::parse_yaml(content(path.native() + ".json"), GetParam());
  ASSERT_TRUE(expected) << to_string(expected.error());
  ASSERT_FALSE(expected->mapping.empty());
  for (const auto& [key, value] : expected->mapping) EXPECT_EQ(found(*inventory, key), value.scalar) << key;
}

std::string test_name(const testing::TestParamInfo<std::string>& one) {
  std::string name = one.param;
  for (auto& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}
INSTANTIATE_TEST_SUITE_P(Devices, DeviceCase, testing::ValuesIn(cases()), test_name);

}  // namespace
}  // namespace censo::scanner
