// Recordings of real devices against what an established monitoring system says of them. The recordings are
// not part of this repository.
#include "base/text.h"
#include "collector/scanner/device_report.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"
#include "tests/collector/scanner/built_in_devices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace censo::scanner {
namespace {

namespace fs = std::filesystem;

struct Expected {
  std::string name, sys_name, serial, hardware;
  long ports = -1;  // not stated
};

std::string field(const std::string& line, const std::string& name) {
  std::smatch found;
  const std::regex pattern("\"" + name + "\": ?(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(-?[0-9]+))");
  if (!std::regex_search(line, found, pattern)) return {};
  return found[1].matched ? found[1].str() : found[2].str();
}

std::vector<Expected> expected_devices(const fs::path& file) {
  std::vector<Expected> devices;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (field(line, "answer") != "full") continue;
    const auto ports = field(line, "ports");
    devices.push_back({field(line, "name"), field(line, "sysName"), field(line, "serial"),
                       field(line, "hardware"), ports.empty() ? -1 : std::stol(ports)});
  }
  return devices;
}

// Every seventh device: enough to tell, and quick without optimisation.
class Recordings : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path shared = fs::path(CENSO_SHARED) / "snmp-devices";
    if (!fs::exists(shared / "devices.tar.xz")) GTEST_SKIP() << "no recordings beside this checkout";
    std::string name = (fs::temp_directory_path() / "censo-recordings-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(name.data()));
    folder_ = name;
    const auto command = "tar -xJf '" + (shared / "devices.tar.xz").string() + "' -C '" + name + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const auto all = expected_devices(shared / "expected.jsonl");
    for (std::size_t i = 0; i < all.size(); i += 7) devices_.push_back(all[i]);
    ASSERT_GE(devices_.size(), 50u);
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }

  base::Result<std::vector<VarBind>> recording(const Expected& device) const {
    std::ifstream in(folder_ / "devices" / (device.name + ".snmprec"), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return parse_snmprec(text.str());
  }

  fs::path folder_;
  std::vector<Expected> devices_;
};

struct Score {
  int right = 0, asked = 0;
  double share() const { return asked == 0 ? 0 : double(right) / asked; }
  void add(bool is_right) {
    ++asked;
    right += is_right;
  }
};

bool has_entity_serial(const std::vector<VarBind>& variables, const std::string& serial) {
  static const auto column = *parse_oid("1.3.6.1.2.1.47.1.1.1.1.11");
  return std::any_of(variables.begin(), variables.end(), [&](const VarBind& bind) {
    const auto* text = std::get_if<std::string>(&bind.value);
    return text && bind.oid.starts_with(column) && *text == serial;
  });
}

std::string squeezed(const std::string& text) {
  std::string out;
  for (const char c : base::to_lower(text))
    if (std::isalnum(static_cast<unsigned char>(c))) out += c;
  return out;
}

TEST_F(Recordings, DefinitionsFindModelsAndSerialNumbers) {
  Score models, serials;
  for (const auto& device : devices_) {
    auto variables = recording(device);
    ASSERT_TRUE(variables) << device.name << ": " << to_string(variables.error());
    RecordedSession session(std::move(*variables));
    const auto inventory = inventory_device(session, built_in_devices(), {"192.0.2.1", 161}, 0);
    ASSERT_TRUE(inventory) << device.name;
    const auto found = device_summary(inventory->report);
    const auto wanted = squeezed(device.hardware), model = squeezed(found.hardware);
    const bool same =
        model.size() >= 3 && (wanted.find(model) != wanted.npos || model.find(wanted) != model.npos);
    if (!wanted.empty()) models.add(same);
    if (!device.serial.empty()) serials.add(squeezed(found.serial) == squeezed(device.serial));
  }
  std::printf("models %d of %d, serial numbers %d of %d\n", models.right, models.asked, serials.right,
              serials.asked);
  EXPECT_GE(models.share(), 0.8);
  EXPECT_GE(serials.share(), 0.8);
}

// Sooner or later a port that the other system leaves out by its own rules is there, so ours may be more.
TEST_F(Recordings, StandardMibsAgreeWithTheExpectedAnswers) {
  Score names, ports, serials;
  for (const auto& device : devices_) {
    auto variables = recording(device);
    ASSERT_TRUE(variables) << device.name << ": " << to_string(variables.error());
    const bool serial_is_standard = !device.serial.empty() && has_entity_serial(*variables, device.serial);
    const bool has_ports = std::any_of(variables->begin(), variables->end(), [](const VarBind& bind) {
      static const auto if_descr = *parse_oid("1.3.6.1.2.1.2.2.1.2");
      return bind.oid.starts_with(if_descr);
    });
    RecordedSession session(std::move(*variables));
    const auto inventory =
        inventory_device(session, built_in_devices(), {"192.0.2.1", 161}, 1'790'000'000'000);
    ASSERT_TRUE(inventory) << device.name;
    EXPECT_EQ(inventory->verdict, Verdict::ok) << device.name << ": " << inventory->detail;
    const auto& report = inventory->report;
    if (!device.sys_name.empty() && device.sys_name.find('\\') == std::string::npos) {
      names.add(base::equal_ignoring_case(report.subject_name, device.sys_name));  // theirs is in lower case
    }
    if (device.ports > 0 && has_ports) ports.add(long(report.sections.at(1).items.size()) >= device.ports);
    if (serial_is_standard) serials.add(inventory::subject_text(report, "serial_number") == device.serial);
  }
  std::printf("%zu devices; names %d of %d, ports %d of %d, serials in ENTITY-MIB %d of %d\n",
              devices_.size(), names.right, names.asked, ports.right, ports.asked, serials.right,
              serials.asked);
  EXPECT_GE(names.share(), 0.9);
  EXPECT_GE(ports.share(), 0.9);
  EXPECT_GE(serials.share(), 0.7);
}

}  // namespace
}  // namespace censo::scanner
