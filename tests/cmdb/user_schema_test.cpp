#include "cmdb/user_schema.h"

#include "cmdb/item_edit.h"
#include "cmdb/relationship_edit.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr const char* robot =
    "class: robot\nextends: hardware\nlabel: {en: Robot, es: Robot}\n"
    "identity: [{rule: robot, attributes: [serial_number]}]\n"
    "attributes:\n"
    "  arms: {type: integer, label: {en: Arms, es: Brazos}}\n"
    "  mode: {type: enumeration, values: [slow, fast], label: {en: Mode, es: Modo}}\n";

class UserSchema : public IngestTest {
 protected:
  SchemaEdit edit() { return {catalog, clock, "ana"}; }
  base::Result<void> put(const char* name, const std::string& yaml,
                         DefinitionKind kind = DefinitionKind::class_definition) {
    return put_definition(tx, edit(), kind, name, yaml);
  }
  CiId make(const char* class_name, const char* name, inventory::Attributes values = {}) {
    return *create_item(tx, {catalog, clock, "ana"}, {class_name, name, std::move(values)});
  }
  static std::string without(std::string yaml, const std::string& line) {
    return yaml.erase(yaml.find(line), line.size());
  }
};

TEST_F(UserSchema, AClassIsThereAtOnce) {
  ASSERT_TRUE(put("robot", robot));
  EXPECT_NE(catalog.find_class("robot"), nullptr);
}

TEST_F(UserSchema, ADefinitionFoundBeforeStaysValid) {
  const auto* server = catalog.find_class("server");
  ASSERT_TRUE(put("robot", robot));
  EXPECT_EQ(server->name, "server");
  EXPECT_NE(server, catalog.find_class("server"));
}

TEST_F(UserSchema, ACopyOfTheCatalogueSeesTheChange) {
  const ClassCatalog copy = catalog;
  ASSERT_TRUE(put("robot", robot));
  EXPECT_NE(copy.find_class("robot"), nullptr);
}

TEST_F(UserSchema, ReportsMayUseItAtOnce) {
  ASSERT_TRUE(put("robot", robot));
  const auto receipt =
      take(scan_report({section("system", attributes({{"arms", std::int64_t{2}}}))}, "robot", "r2"));
  EXPECT_EQ(find_ci(tx, receipt.ci)->class_name, "robot");
}

TEST_F(UserSchema, AnotherCollectorFindsItAtItsNextReport) {
  ASSERT_TRUE(put("robot", robot));
  catalog = *ClassCatalog::load(built_in_schemas());
  EXPECT_TRUE(try_ingest(scan_report({section("system", {})}, "robot", "r2")));
}

TEST_F(UserSchema, KeepsAuthorTimeAndText) {
  ASSERT_TRUE(put("robot", robot));
  const auto written = user_definition(tx, DefinitionKind::class_definition, "robot");
  ASSERT_TRUE(written);
  EXPECT_EQ(written->author, "ana");
  EXPECT_EQ(written->changed_at, clock.now());
  EXPECT_EQ(written->content, robot);
}

TEST_F(UserSchema, ADryRunChangesNothing) {
  auto dry = edit();
  dry.dry_run = true;
  ASSERT_TRUE(put_definition(tx, dry, DefinitionKind::class_definition, "robot", robot));
  EXPECT_EQ(catalog.find_class("robot"), nullptr);
  EXPECT_TRUE(user_definitions(tx).empty());
}

TEST_F(UserSchema, AFaultHasFileAndLine) {
  const auto done = put("robot", "class: robot\nextends: ghost\nlabel: {en: R, es: R}\n");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().where, "classes/robot.yaml:2");
  EXPECT_TRUE(user_definitions(tx).empty());
}

TEST_F(UserSchema, AnUnusedClassIsRemoved) {
  ASSERT_TRUE(put("robot", robot));
  ASSERT_TRUE(remove_definition(tx, edit(), DefinitionKind::class_definition, "robot"));
  EXPECT_EQ(catalog.find_class("robot"), nullptr);
}

TEST_F(UserSchema, AClassInUseIsNotRemovedAndItsItemsAreNamed) {
  ASSERT_TRUE(put("robot", robot));
  const CiId ci = make("robot", "r2");
  const auto done = remove_definition(tx, edit(), DefinitionKind::class_definition, "robot");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "IN_USE");
  EXPECT_NE(done.error().message.find("1 item is"), std::string::npos);
  EXPECT_NE(done.error().message.find(base::to_text(ci)), std::string::npos);
}

TEST_F(UserSchema, AClassInUseDoesNotBecomeAbstract) {
  ASSERT_TRUE(put("robot", robot));
  make("robot", "r2");
  EXPECT_EQ(put("robot", "abstract: true\n" + std::string(robot)).error().reason, "IN_USE");
}

TEST_F(UserSchema, AnAttributeThatAnItemHasDoesNotGo) {
  ASSERT_TRUE(put("robot", robot));
  make("robot", "r2", attributes({{"arms", std::int64_t{2}}}));
  const auto done = put("robot", without(robot, "  arms: {type: integer, label: {en: Arms, es: Brazos}}\n"));
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("\"arms\""), std::string::npos);
}

TEST_F(UserSchema, AnAttributeThatNoItemHasGoes) {
  ASSERT_TRUE(put("robot", robot));
  make("robot", "r2");
  EXPECT_TRUE(put("robot", without(robot, "  arms: {type: integer, label: {en: Arms, es: Brazos}}\n")));
}

TEST_F(UserSchema, AnEnumerationKeepsTheValuesInUse) {
  ASSERT_TRUE(put("robot", robot));
  make("robot", "r2", attributes({{"mode", "fast"}}));
  EXPECT_EQ(put("robot", without(robot, ", fast")).error().reason, "IN_USE");
  EXPECT_TRUE(put("robot", without(robot, "slow, ")));
}

TEST_F(UserSchema, ATypeInUseDoesNotChange) {
  ASSERT_TRUE(put("robot", robot));
  make("robot", "r2", attributes({{"arms", std::int64_t{2}}}));
  std::string retyped = robot;
  retyped.replace(retyped.find("type: integer"), 13, "type: boolean");
  EXPECT_EQ(put("robot", retyped).error().reason, "IN_USE");
}

TEST_F(UserSchema, AttributesAddedToABuiltInClassStayWhileInUse) {
  ASSERT_TRUE(
      put("server", "class: server\nattributes:\n  rack_unit: {type: integer, label: {en: U, es: U}}\n"));
  make("server", "web01", attributes({{"rack_unit", std::int64_t{7}}}));
  const auto done = remove_definition(tx, edit(), DefinitionKind::class_definition, "server");
  EXPECT_EQ(done.error().reason, "IN_USE");
}

TEST_F(UserSchema, ABuiltInClassIsNotRemoved) {
  EXPECT_EQ(remove_definition(tx, edit(), DefinitionKind::class_definition, "server").error().code,
            Errc::not_found);
}

TEST_F(UserSchema, AClassThatASubclassNeedsIsNotRemoved) {
  ASSERT_TRUE(put("robot", robot));
  ASSERT_TRUE(put("drone", "class: drone\nextends: robot\nlabel: {en: Drone, es: Dron}\n"));
  const auto done = remove_definition(tx, edit(), DefinitionKind::class_definition, "robot");
  EXPECT_EQ(done.error().where, "classes/drone.yaml:2");
}

TEST_F(UserSchema, AComponentClassInUseIsNotRemoved) {
  ASSERT_TRUE(put("robot_arm",
                  "class: robot_arm\nkind: component\nlabel: {en: Arm, es: Brazo}\nkey: [side]\n"
                  "attributes:\n  side: {type: string, label: {en: Side, es: Lado}}\n"));
  const auto receipt =
      take(agent_report("a", 1, {section("arms", {}, {item("robot_arm", attributes({{"side", "left"}}))})}));
  const auto done = remove_definition(tx, edit(), DefinitionKind::class_definition, "robot_arm");
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find(base::to_text(receipt.ci)), std::string::npos);
}

constexpr const char* guards =
    "relation: guards\nlabel: {en: guards, es: vigila}\nreverse: {en: is guarded by, es: es vigilado por}\n"
    "from: server\nto: hardware\nimpact: none\n";

TEST_F(UserSchema, ARelationInUseIsNotRemoved) {
  ASSERT_TRUE(put("guards", guards, DefinitionKind::relation));
  const CiId from = make("server", "web01"), to = make("server", "web02");
  ASSERT_TRUE(relate(tx, {catalog, clock, "ana"}, {"guards", from, to}));
  const auto done = remove_definition(tx, edit(), DefinitionKind::relation, "guards");
  EXPECT_EQ(done.error().reason, "IN_USE");
}

TEST_F(UserSchema, AnEndInUseIsNotNarrowed) {
  ASSERT_TRUE(put("guards", guards, DefinitionKind::relation));
  const CiId from = make("server", "web01"), to = make("server", "web02");
  ASSERT_TRUE(relate(tx, {catalog, clock, "ana"}, {"guards", from, to}));
  std::string narrowed = guards;
  narrowed.replace(narrowed.find("to: hardware"), 12, "to: switch");
  EXPECT_EQ(put("guards", narrowed, DefinitionKind::relation).error().reason, "IN_USE");
}

TEST_F(UserSchema, ACardinalityThatIsBrokenAlreadyIsRefused) {
  ASSERT_TRUE(put("guards", guards, DefinitionKind::relation));
  const CiId from = make("server", "web01"), to = make("server", "web02"), other = make("server", "web03");
  ASSERT_TRUE(relate(tx, {catalog, clock, "ana"}, {"guards", from, to}));
  ASSERT_TRUE(relate(tx, {catalog, clock, "ana"}, {"guards", from, other}));
  EXPECT_EQ(put("guards", std::string(guards) + "cardinality: many_to_one\n", DefinitionKind::relation)
                .error()
                .reason,
            "IN_USE");
}

TEST_F(UserSchema, WhatANewerProgramDoesNotTakeIsLeftOutAtStart) {
  ASSERT_TRUE(put("robot", robot));
  tx.execute(
      "insert into schema_change (id, path, content, author, at) values ($1, 'classes/broken.yaml',"
      " 'class: broken', 'ana', 1)",
      base::next_id(clock));
  catalog = *ClassCatalog::load(built_in_schemas());
  refresh(tx, catalog);
  EXPECT_NE(catalog.find_class("robot"), nullptr);
  EXPECT_EQ(catalog.find_class("broken"), nullptr);
}

}  // namespace
}  // namespace censo::cmdb
