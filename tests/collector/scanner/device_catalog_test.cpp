#include "collector/scanner/device_catalog.h"

#include "collector/scanner/inventory_device.h"
#include "collector/scanner/recorded_session.h"
#include "tests/collector/scanner/built_in_devices.h"

#include <gtest/gtest.h>

#include <vector>

namespace censo::scanner {
namespace {

constexpr base::EmbeddedFile standard{"standard.yaml", "device: standard\nmanufacturer: [enterprise, oui]\n"};

base::Result<DeviceCatalog> catalog_of(std::vector<base::EmbeddedFile> files) {
  files.insert(files.begin(), standard);
  return DeviceCatalog::load(files);
}
// The definition that fits, and the subject's attribute.
struct Found {
  std::string definition, value;
};
Found found(const DeviceCatalog& catalog, std::string_view recording, std::string_view attribute = "model") {
  RecordedSession session(*parse_snmprec(recording));
  const auto inventory = inventory_device(session, catalog, {"192.0.2.1", 161}, 0);
  EXPECT_TRUE(inventory);
  return {inventory->match.definition, inventory::subject_text(inventory->report, attribute)};
}

TEST(DeviceCatalog, TheProgramsOwnDefinitionsAreSound) {
  EXPECT_GT(built_in_devices().size(), 50u);
}
TEST(DeviceCatalog, AParentMustExist) {
  EXPECT_FALSE(catalog_of({{"v/a.yaml", "device: a\nextends: b\n"}}));
}
TEST(DeviceCatalog, ACircleOfParentsIsRefused) {
  EXPECT_FALSE(
      catalog_of({{"v/a.yaml", "device: a\nextends: b\n"}, {"v/b.yaml", "device: b\nextends: a\n"}}));
}

TEST(DeviceCatalog, AParentMayStandInAnotherFolder) {
  EXPECT_TRUE(catalog_of({{"v/a.yaml", "device: a\nextends: w/b\n"}, {"w/b.yaml", "device: b\n"}}));
  EXPECT_TRUE(catalog_of({{"v/a.yaml", "device: a\nextends: b\n"}, {"general/b.yaml", "device: b\n"}}));
  EXPECT_FALSE(catalog_of({{"v/a.yaml", "device: a\nextends: b\n"}, {"w/b.yaml", "device: b\n"}}));
}

TEST(DeviceMatch, TheLongerPrefixWins) {
  const auto catalog = catalog_of({{"v/a.yaml", "device: a\nmatch: {sys_object_id: 1.3.6.1.4.1.99999}\n"},
                                   {"v/b.yaml", "device: b\nmatch: {sys_object_id: 1.3.6.1.4.1.99999.2}\n"}});
  EXPECT_EQ(found(*catalog, "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.2.5\n").definition, "v/b");
  EXPECT_EQ(found(*catalog, "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.20\n").definition, "v/a");
}
TEST(DeviceMatch, PrecedenceBeatsThePrefix) {
  const auto catalog = catalog_of({{"v/a.yaml", "device: a\nprecedence: 1\nmatch: {sys_descr: Example}\n"},
                                   {"v/b.yaml", "device: b\nmatch: {sys_object_id: 1.3.6.1.4.1.99999.2}\n"}});
  EXPECT_EQ(
      found(*catalog, "1.3.6.1.2.1.1.1.0|4|Example\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.2.5\n").definition,
      "v/a");
}
TEST(DeviceMatch, APresenceIsAskedFor) {
  const auto catalog = catalog_of(
      {{"v/a.yaml", "device: a\nmatch: {present: {oid: 1.3.6.1.4.1.99999.7.0, pattern: '^yes'}}\n"}});
  EXPECT_EQ(found(*catalog, "1.3.6.1.4.1.99999.7.0|4|yes, it is\n").definition, "v/a");
  EXPECT_EQ(found(*catalog, "1.3.6.1.4.1.99999.7.0|4|no\n").definition, "standard");
}

constexpr std::string_view family = R"(device: family
match: {sys_object_id: 1.3.6.1.4.1.99999}
model: [1.3.6.1.4.1.99999.3.0, $object.4.0, models]
serial_number: {oid: '1.3.6.1.4.1.99999.8.1.2.*', where: {oid: 1.3.6.1.4.1.99999.8.1.3, pattern: '^9$'}}
os_version: {oid: 1.3.6.1.4.1.99999.5.0, convert: dotted_octets}
asset_tag: {oid: 1.3.6.1.4.1.99999.6.0, words: {'1': one, '*': other}}
firmware_version: {join: [1.3.6.1.4.1.99999.3.0, sys_name], with: '/'}
sys_descr: 'model (?P<model>\S+)'
models: {under: 1.3.6.1.4.1.99999, '2': EX-2}
)";
Found in_family(std::string recording, std::string_view attribute) {
  recording += "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.2.1\n";
  return found(*catalog_of({{"v/family.yaml", family}}), recording, attribute);
}
TEST(DeviceValue, OfTheFirstVariableThatHasOne) {
  EXPECT_EQ(in_family("1.3.6.1.4.1.99999.2.1.4.0|4|EX-20\n1.3.6.1.4.1.99999.3.0|4|n/a\n", "model").value,
            "EX-20");
}
TEST(DeviceValue, ByTheTableOfModels) {
  EXPECT_EQ(in_family("", "model").value, "EX-2");
}
TEST(DeviceValue, OfTheRowThatAnotherColumnChooses) {
  EXPECT_EQ(in_family("1.3.6.1.4.1.99999.8.1.2.1|4|A1\n1.3.6.1.4.1.99999.8.1.2.2|4|A2\n"
                      "1.3.6.1.4.1.99999.8.1.3.1|2|3\n1.3.6.1.4.1.99999.8.1.3.2|2|9\n",
                      "serial_number")
                .value,
            "A2");
}
TEST(DeviceValue, IsConvertedByName) {
  EXPECT_EQ(in_family("1.3.6.1.4.1.99999.5.0|66|83952387\n", "os_version").value, "5.1.3.3");
}
TEST(DeviceValue, IsNotTakenFromATextOfTheException) {
  const auto catalog = catalog_of({{"v/a.yaml", "device: a\nmatch: {sys_descr: .}\nmodel: {from: sys_descr, "
                                                "pattern: '^(\\S+)', unless: '(?i)linux'}\n"}});
  EXPECT_EQ(found(*catalog, "1.3.6.1.2.1.1.1.0|4|EX-24 v1\n").value, "EX-24");
  EXPECT_EQ(found(*catalog, "1.3.6.1.2.1.1.1.0|4|Linux host 6.1\n").value, "");
}
TEST(DeviceValue, IsTranslatedByWords) {
  EXPECT_EQ(in_family("1.3.6.1.4.1.99999.6.0|2|1\n", "asset_tag").value, "one");
  EXPECT_EQ(in_family("1.3.6.1.4.1.99999.6.0|2|7\n", "asset_tag").value, "other");
}
TEST(DeviceValue, IsJoinedOfTheKnownParts) {
  EXPECT_EQ(in_family("1.3.6.1.2.1.1.5.0|4|n\n1.3.6.1.4.1.99999.3.0|4|m\n", "firmware_version").value, "m/n");
  EXPECT_EQ(in_family("1.3.6.1.2.1.1.5.0|4|n\n", "firmware_version").value, "n");
}

TEST(Manufacturer, IsTheOwnerOfTheEnterpriseNumber) {
  EXPECT_EQ(found(*catalog_of({}), "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1\n", "manufacturer").value,
            "ciscoSystems");
}
TEST(Manufacturer, IsTheOwnerOfTheMacAddressAtLast) {
  EXPECT_EQ(found(*catalog_of({}), "1.3.6.1.2.1.2.2.1.2.1|4|eth0\n1.3.6.1.2.1.2.2.1.6.1|4x|00000c010203\n",
                  "manufacturer")
                .value,
            "Cisco Systems, Inc");
}
std::string owner_of(std::string_view mac) {
  return catalog_of({})->owner_of_mac(mac);
}
TEST(Manufacturer, IsTheOwnerOfTheSmallBlock) {
  EXPECT_EQ(owner_of("00:50:c2:00:1a:bc"), "JMBS Developpements");  // 36 bits
  EXPECT_EQ(owner_of("00:55:da:1a:bc:de"), "KoolPOS Inc.");         // 28 bits
  EXPECT_EQ(owner_of("00:50:c2"), "");
}
TEST(Manufacturer, IsReadWithoutItsComment) {
  EXPECT_EQ(owner_of("00:80:a3:00:00:01"), "Lantronix");
}

}  // namespace
}  // namespace censo::scanner
