#include "cmdb/class_tables.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

using base::EmbeddedFile;

// What users add to the schemas that ship.
base::Error fault_of(std::string_view path, std::string_view content) {
  const std::vector<EmbeddedFile> added{{path, content}};
  const auto loaded = load_tables(built_in_schemas(), added);
  return loaded ? base::Error{} : loaded.error();
}

constexpr std::string_view robot =
    "class: robot\nextends: hardware\nlabel: {en: Robot, es: Robot}\n"
    "identity: [{rule: robot, attributes: [serial_number]}]\n"
    "attributes:\n  arms: {type: integer, min: 0, label: {en: Arms, es: Brazos}}\n";

std::unique_ptr<ClassTables> with(std::string_view path, std::string_view content) {
  const std::vector<EmbeddedFile> added{{path, content}};
  return *load_tables(built_in_schemas(), added);
}

TEST(AddedDefinitions, AClassOfUsersInheritsFromABuiltInOne) {
  const auto tables = with("classes/robot.yaml", robot);
  EXPECT_NE(tables->classes.at("robot").find_attribute("manufacturer"), nullptr);
  EXPECT_FALSE(tables->classes.at("robot").built_in);
}

TEST(AddedDefinitions, AttributesOfABuiltInClassReachItsSubclasses) {
  const auto tables = with("classes/computer_system.yaml",
                           "class: computer_system\nattributes:\n"
                           "  patch_group: {type: string, label: {en: Patch group, es: Grupo de parches}}\n");
  EXPECT_NE(tables->classes.at("server").find_attribute("patch_group"), nullptr);
  EXPECT_TRUE(tables->classes.at("computer_system").built_in);
}

TEST(AddedDefinitions, ABuiltInClassTakesNothingButAttributes) {
  const auto fault = fault_of("classes/server.yaml", "class: server\nextends: hardware\n");
  EXPECT_EQ(fault.where, "classes/server.yaml:2");
}

TEST(AddedDefinitions, ABuiltInAttributeCannotBeDefinedAgain) {
  const auto fault = fault_of("classes/hardware.yaml",
                              "class: hardware\nattributes:\n"
                              "  model: {type: integer, label: {en: Model, es: Modelo}}\n");
  EXPECT_NE(fault.message.find("\"model\" stands twice"), std::string::npos);
}

TEST(AddedDefinitions, ABuiltInRelationCannotBeReplaced) {
  const auto fault = fault_of("relationships/runs_on.yaml",
                              "relation: runs_on\nlabel: {en: a, es: a}\nreverse: {en: b, es: b}\n"
                              "from: server\nto: server\nimpact: none\n");
  EXPECT_NE(fault.message.find("another file"), std::string::npos);
}

TEST(AddedDefinitions, AnAliasBombIsRefused) {
  const auto fault = fault_of("classes/bomb.yaml", "a: &a [x, x]\nb: &b [*a, *a]\n");
  EXPECT_EQ(fault.where, "classes/bomb.yaml:1");
  EXPECT_NE(fault.message.find("anchors"), std::string::npos);
}

TEST(AddedDefinitions, TenMegabytesAreRefused) {
  EXPECT_EQ(fault_of("classes/big.yaml", "class: " + std::string(10'000'000, 'x')).code,
            base::Errc::limit_exceeded);
}

TEST(AddedDefinitions, BytesThatAreNoUtf8AreRefused) {
  EXPECT_EQ(fault_of("classes/bad.yaml", "class: \xff\xfe\n").where, "classes/bad.yaml:1");
}

TEST(AddedDefinitions, AReferenceLeadsToAClassOfItems) {
  const auto fault = fault_of("classes/hardware.yaml",
                              "class: hardware\nattributes:\n"
                              "  spare: {type: reference, to: disk, label: {en: Spare, es: Repuesto}}\n");
  EXPECT_NE(fault.message.find("\"disk\""), std::string::npos);
}

TEST(AddedDefinitions, APatternOfANumberIsRefused) {
  EXPECT_EQ(fault_of("classes/hardware.yaml",
                     "class: hardware\nattributes:\n"
                     "  slot: {type: integer, pattern: '##', label: {en: Slot, es: Ranura}}\n")
                .where,
            "classes/hardware.yaml:3");
}

TEST(AddedDefinitions, AnInfiniteBoundIsRefused) {
  EXPECT_NE(fault_of("classes/hardware.yaml",
                     "class: hardware\nattributes:\n"
                     "  slot: {type: integer, max: inf, label: {en: Slot, es: Ranura}}\n")
                .message.find("expected a number"),
            std::string::npos);
}

TEST(BuiltInSchemas, ARelationHasItsCardinalityRedundancyAndExpiry) {
  const auto tables = *load_tables(built_in_schemas());
  EXPECT_EQ(tables->relations.at("runs_on").cardinality, Cardinality::many_to_one);
  EXPECT_TRUE(tables->relations.at("runs_on").identifying);
  EXPECT_EQ(tables->relations.at("member_of").redundant_min_up, 1);
  EXPECT_EQ(tables->relations.at("depends_on").expires_after_ms, std::int64_t{30} * 24 * 3'600'000);
  EXPECT_FALSE(tables->relations.at("runs_on").expires_after_ms);
}

TEST(BuiltInSchemas, TheStagesStandInTheirOrder) {
  const auto tables = *load_tables(built_in_schemas());
  ASSERT_EQ(tables->stages.size(), 5u);
  EXPECT_EQ(tables->stages.front().name, "plan");
  EXPECT_EQ(tables->stages.back().name, "retired");
  EXPECT_EQ(tables->stages.back().label.en, "End of life");
}

// The enumeration of lifecycle_status and the statuses of the stages are one list.
TEST(BuiltInSchemas, EveryStatusOfAStageIsAValueOfTheAttribute) {
  const auto tables = *load_tables(built_in_schemas());
  std::set<std::string> of_stages;
  for (const auto& stage : tables->stages)
    for (const auto& status : stage.statuses) of_stages.insert(status.name);
  const auto* attribute = tables->classes.at("server").find_attribute("lifecycle_status");
  EXPECT_EQ(std::set<std::string>(attribute->values.begin(), attribute->values.end()), of_stages);
}

TEST(BuiltInSchemas, AServiceIsKnownByNameAndTenant) {
  const auto tables = *load_tables(built_in_schemas());
  const auto& rule = tables->classes.at("business_service").identity.front();
  EXPECT_EQ(rule.attributes, (std::vector<std::string>{"name", "tenant"}));
  EXPECT_EQ(rule.optional, std::vector<std::string>{"tenant"});
}

}  // namespace
}  // namespace censo::cmdb
