// A device added by writing one YAML file, as docs/device-definitions.md tells it.
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace censo::scanner {
namespace {

namespace fs = std::filesystem;

// The example of the page, as it stands there.
std::string documented_definition() {
  std::ifstream in(fs::path(CENSO_SOURCE_DIR) / "docs/device-definitions.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  const auto begin = page.find("```yaml\n") + 8;
  return page.substr(begin, page.find("```", begin) - begin);
}

constexpr std::string_view recording =
    "1.3.6.1.2.1.1.1.0|4|Example EX-24 Switch, version 2.7.1\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.4.1\n"
    "1.3.6.1.2.1.1.5.0|4|switch-1\n1.3.6.1.2.1.17.1.2.0|2|24\n1.3.6.1.4.1.99999.2.1.0|4|EX-24\n"
    "1.3.6.1.4.1.99999.2.2.0|4|SN-0001\n";

class OwnFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "censo-devices-XXXXXX").string();
    ASSERT_TRUE(mkdtemp(name.data()));
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << content;
    fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write);
  }
  std::string found(std::string_view attribute) {
    const auto catalog = DeviceCatalog::with_folder(folder_.string());
    EXPECT_TRUE(catalog) << to_string(catalog.error());
    RecordedSession session(*parse_snmprec(recording));
    const auto inventory = inventory_device(session, *catalog, {"192.0.2.1", 161}, 0);
    return attribute == "class" ? inventory->report.subject_class
                                : inventory::subject_text(inventory->report, attribute);
  }

  fs::path folder_;
};

TEST_F(OwnFolder, OneFileAddsADevice) {
  write("example/switch.yaml", documented_definition());
  EXPECT_EQ(found("manufacturer"), "Example");
  EXPECT_EQ(found("model"), "EX-24");
  EXPECT_EQ(found("serial_number"), "SN-0001");
  EXPECT_EQ(found("os_version"), "2.7.1");
  EXPECT_EQ(found("class"), "switch");
}
TEST_F(OwnFolder, AFaultIsRefusedWithFileAndLine) {
  write("example/switch.yaml", "device: switch\nmodell: 1.3.6.1.4.1.99999.2.1.0\n");
  const auto catalog = DeviceCatalog::with_folder(folder_.string());
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().where, "example/switch.yaml:2");
}
TEST_F(OwnFolder, NewerNumbersReplaceTheBuiltInOnes) {
  write("enterprises.tsv", "99999\tExample Works\n");
  EXPECT_EQ(found("manufacturer"), "Example Works");
}
TEST_F(OwnFolder, ABuiltInDefinitionIsReplacedByTheSameName) {
  write("standard.yaml", "device: standard\nmodel: {text: own}\n");
  EXPECT_EQ(found("model"), "own");
}
TEST_F(OwnFolder, WithoutFilesChangesNothing) {
  EXPECT_EQ(found("manufacturer"), "");
}

}  // namespace
}  // namespace censo::scanner
