#include "collector/scanner/device_definition.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

std::string fault_of(const std::string& yaml) {
  const auto definition = parse_device_definition("vendor/family.yaml", yaml);
  EXPECT_FALSE(definition);
  return definition ? std::string() : to_string(definition.error());
}
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(DeviceDefinition, OfOneLineInheritsFromStandard) {
  const auto definition = parse_device_definition("vendor/family.yaml", "device: family\n");
  ASSERT_TRUE(definition);
  EXPECT_EQ(definition->extends, "standard");
  EXPECT_TRUE(definition->match.empty());
}
TEST(DeviceDefinition, IsCalledAsItsFile) {
  EXPECT_TRUE(has(fault_of("device: other\n"), "'family'"));
}
TEST(DeviceDefinition, AnUnknownKeyIsRefusedWithItsLine) {
  const auto fault = fault_of("device: family\ncolour: red\n");
  EXPECT_TRUE(has(fault, "family.yaml:2")) << fault;
  EXPECT_TRUE(has(fault, "colour")) << fault;
}
TEST(DeviceDefinition, AnExpressionThatIsNoneIsRefused) {
  EXPECT_TRUE(has(fault_of("device: family\nmodel: '/((/'\n"), "family.yaml:2"));
}
TEST(DeviceDefinition, AnUnknownTypeIsRefused) {
  EXPECT_TRUE(has(fault_of("device: family\ndevice_type: toaster\n"), "toaster"));
}
TEST(DeviceDefinition, AnUnknownConversionIsRefused) {
  EXPECT_TRUE(has(fault_of("device: family\nmodel: {oid: 1.3.6.1.4.1.9.1.0, convert: magic}\n"), "magic"));
}
TEST(DeviceDefinition, ARuleThatFitsEverythingIsRefused) {
  EXPECT_TRUE(has(fault_of("device: family\nmatch: {}\n"), "family.yaml:2"));
}
TEST(DeviceDefinition, ANamedGroupMustBeAnAttribute) {
  EXPECT_TRUE(has(fault_of("device: family\nsys_descr: '(?P<colour>.*)'\n"), "colour"));
}
TEST(DeviceDefinition, AnEntityColumnMustExist) {
  EXPECT_TRUE(has(fault_of("device: family\nmodel: {entity: chassis.smell}\n"), "chassis.smell"));
}
TEST(DeviceDefinition, RowsCanOnlyBeChosenInAColumn) {
  const auto fault =
      fault_of("device: family\nmodel: {oid: 1.3.6.1.4.1.9.1.0, where: {oid: 1.3.6, pattern: x}}\n");
  EXPECT_TRUE(has(fault, "column")) << fault;
}

}  // namespace
}  // namespace censo::scanner
