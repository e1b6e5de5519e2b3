#include "cmdb/item_edit.h"

#include "cmdb/merge.h"
#include "cmdb/user_schema.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using base::Errc;

class ItemEditing : public IngestTest {
 protected:
  Editor ana() { return {catalog, clock, "ana"}; }
  CiId reported(std::uint64_t sequence = 1, const std::string& place = "Rack 1") {
    return take(agent_report("a", sequence, {section("hardware", attributes({{"location", place}}))})).ci;
  }
  base::Result<void> edit(CiId ci, ItemEdit change) {
    clock.advance(60'000);
    return edit_item(tx, ana(), ci, change);
  }
  base::Result<void> set(CiId ci, inventory::Attributes values) {
    ItemEdit change;
    change.attributes = std::move(values);
    return edit(ci, change);
  }
  base::Result<void> stage(CiId ci, const char* name, const char* status = "") {
    ItemEdit change;
    change.stage = name;
    change.status = status;
    return edit(ci, change);
  }
  std::string shown(CiId ci, const char* attribute) { return find_ci(tx, ci)->attributes.text(attribute); }
};

TEST_F(ItemEditing, APersonsValueWinsOverReports) {
  const CiId ci = reported();
  ASSERT_TRUE(set(ci, attributes({{"location", "Madrid"}})));
  reported(2, "Rack 2");
  EXPECT_EQ(shown(ci, "location"), "Madrid");
}

TEST_F(ItemEditing, HistoryNamesThePerson) {
  const CiId ci = reported();
  ASSERT_TRUE(set(ci, attributes({{"location", "Madrid"}})));
  const auto entries = history(ci, "attribute");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].origin, "person ana");
  EXPECT_EQ(entries[0].old_value, "Rack 1");
  EXPECT_EQ(entries[0].new_value, "Madrid");
}

TEST_F(ItemEditing, AReleasedValueGivesWayToTheReportedOne) {
  const CiId ci = reported();
  ASSERT_TRUE(set(ci, attributes({{"location", "Madrid"}})));
  ItemEdit change;
  change.released = {"location"};
  ASSERT_TRUE(edit(ci, change));
  EXPECT_EQ(shown(ci, "location"), "Rack 1");
  EXPECT_TRUE(locked_values(tx, ci).empty());
}

TEST_F(ItemEditing, WhatNobodySetCannotBeReleased) {
  ItemEdit change;
  change.released = {"location"};
  EXPECT_EQ(edit(reported(), change).error().code, Errc::not_found);
}

TEST_F(ItemEditing, TheLaterOfTwoPersonsIsShown) {
  const CiId ci = reported();
  ASSERT_TRUE(set(ci, attributes({{"location", "Madrid"}})));
  ItemEdit change;
  change.attributes = attributes({{"location", "Lugo"}});
  ASSERT_TRUE(edit_item(tx, {catalog, clock, "aaron"}, ci, change));
  ASSERT_TRUE(set(ci, attributes({{"location", "Vigo"}})));
  EXPECT_EQ(shown(ci, "location"), "Vigo");
  const auto locks = locked_values(tx, ci);
  ASSERT_EQ(locks.size(), 1u);
  EXPECT_EQ(locks[0].person, "ana");
}

TEST_F(ItemEditing, ATextIsReadAsTheAttributesType) {
  const CiId ci = reported();
  ASSERT_TRUE(set(ci, attributes({{"memory_mib", "2048"}, {"dns_servers", "10.0.0.1, 10.0.0.2"}})));
  EXPECT_EQ(*find_ci(tx, ci)->attributes.find("memory_mib"), inventory::Value(std::int64_t{2048}));
  EXPECT_EQ(*find_ci(tx, ci)->attributes.find("dns_servers"),
            inventory::Value(inventory::TextList{"10.0.0.1", "10.0.0.2"}));
}

TEST_F(ItemEditing, AValueOfAnotherTypeIsRefused) {
  const auto done = set(reported(), attributes({{"memory_mib", "much"}}));
  EXPECT_EQ(done.error().where, "/attributes/memory_mib");
}

TEST_F(ItemEditing, ANumberOutsideItsBoundsIsRefused) {
  EXPECT_EQ(set(reported(), attributes({{"criticality", std::int64_t{9}}})).error().where,
            "/attributes/criticality");
}

TEST_F(ItemEditing, AnIdentifierOfAnotherItemIsRefused) {
  const CiId first = reported();
  ASSERT_TRUE(set(first, attributes({{"serial_number", "S1234567"}})));
  const CiId second = take(agent_report("b", 1, {section("hardware", {})}, "web02")).ci;
  const auto done = set(second, attributes({{"serial_number", "S1234567"}}));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().reason, "VALUE_TAKEN");
  EXPECT_NE(done.error().message.find(base::to_text(first)), std::string::npos);
}

TEST_F(ItemEditing, AnItemIsFoundByAnIdentifierThatAPersonSet) {
  const CiId ci = reported();
  ASSERT_TRUE(set(ci, attributes({{"asset_tag", "T-4711"}})));
  EXPECT_EQ(resolve_ci(tx, "t-4711")->id, ci);
}

TEST_F(ItemEditing, AVersionThatIsPastIsRefused) {
  const CiId ci = reported();
  ItemEdit change;
  change.version = find_ci(tx, ci)->version;
  change.attributes = attributes({{"location", "Madrid"}});
  ASSERT_TRUE(edit(ci, change));
  EXPECT_EQ(edit(ci, change).error().reason, "VERSION_CHANGED");
}

TEST_F(ItemEditing, ARenamedItemKeepsItsNameWhateverAgentsSay) {
  const CiId ci = reported();
  ItemEdit change;
  change.name = "the shop";
  ASSERT_TRUE(edit(ci, change));
  reported(2, "Rack 2");
  EXPECT_EQ(find_ci(tx, ci)->name, "the shop");
}

TEST_F(ItemEditing, AnEditIsNoSighting) {
  const CiId ci = reported();
  const auto seen = clock.now();
  ASSERT_TRUE(set(ci, attributes({{"location", "Madrid"}})));
  EXPECT_EQ(find_ci(tx, ci)->last_seen, seen);
}

TEST_F(ItemEditing, AReferenceLeadsToAnItemOfItsClass) {
  const CiId ci = reported(), other = take(agent_report("b", 1, {section("hardware", {})}, "web02")).ci;
  EXPECT_TRUE(set(ci, attributes({{"replaced_by", base::to_text(other)}})));
  const auto missing = set(ci, attributes({{"replaced_by", base::id_to_text(7)}}));
  EXPECT_EQ(missing.error().where, "/attributes/replaced_by");
}

TEST_F(ItemEditing, AnItemMadeByHandIsThere) {
  const auto ci = create_item(tx, ana(), {"business_service", "Shop", attributes({{"criticality", "1"}})});
  ASSERT_TRUE(ci) << to_string(ci.error());
  const auto item = find_ci(tx, *ci);
  EXPECT_EQ(item->class_name, "business_service");
  EXPECT_EQ(item->origins, std::vector<std::string>{"person"});
  EXPECT_EQ(item->stage, "operate");
  EXPECT_EQ(history(*ci).at(0).origin, "person ana");
}

TEST_F(ItemEditing, AServiceOfTheSameNameAndTenantIsRefused) {
  ASSERT_TRUE(create_item(tx, ana(), {"business_service", "Shop", {}}));
  EXPECT_EQ(create_item(tx, ana(), {"business_service", "Shop", {}}).error().reason, "VALUE_TAKEN");
  EXPECT_TRUE(create_item(tx, ana(), {"business_service", "Shop", attributes({{"tenant", "north"}})}));
}

TEST_F(ItemEditing, NothingIsMadeOfAnAbstractClass) {
  EXPECT_EQ(create_item(tx, ana(), {"hardware", "thing", {}}).error().where, "/class");
}

TEST_F(ItemEditing, AnAgentFindsTheItemThatAPersonMade) {
  const auto ci =
      create_item(tx, ana(), {"server", "planned", attributes({{"serial_number", "S1234567"}}), "plan"});
  const auto receipt =
      take(agent_report("a", 1, {section("hardware", attributes({{"serial_number", "S1234567"}}))}));
  EXPECT_EQ(receipt.ci, *ci);
  EXPECT_EQ(find_ci(tx, *ci)->stage, "plan");
}

TEST_F(ItemEditing, WhatTheClassRequiresCannotBeLeftOut) {
  ASSERT_TRUE(
      put_definition(tx, {catalog, clock, "ana"}, DefinitionKind::class_definition, "robot",
                     "class: robot\nextends: hardware\nlabel: {en: Robot, es: Robot}\n"
                     "identity: [{rule: robot, attributes: [serial_number]}]\n"
                     "attributes:\n"
                     "  badge: {type: string, required: true, unique: true, label: {en: B, es: B}}\n"));
  EXPECT_EQ(create_item(tx, ana(), {"robot", "r2", {}}).error().where, "/attributes/badge");
  EXPECT_TRUE(create_item(tx, ana(), {"robot", "r2", attributes({{"badge", "B1"}})}));
  EXPECT_EQ(create_item(tx, ana(), {"robot", "r3", attributes({{"badge", "b1"}})}).error().reason,
            "VALUE_TAKEN");
}

TEST_F(ItemEditing, AUniqueValueReportedTwiceIsAConflictAndBothReportsStand) {
  ASSERT_TRUE(put_definition(tx, {catalog, clock, "ana"}, DefinitionKind::class_definition, "server",
                             "class: server\nattributes:\n"
                             "  badge: {type: string, unique: true, label: {en: Badge, es: Placa}}\n"));
  take(agent_report("a", 1, {section("hardware", attributes({{"badge", "B1"}}))}));
  const auto second =
      take(agent_report("b", 1, {section("hardware", attributes({{"badge", "B1"}}))}, "web02"));
  EXPECT_NE(second.conflict, "");
  EXPECT_EQ(shown(second.ci, "badge"), "B1");
}

TEST_F(ItemEditing, ARetiredItemIsNotListed) {
  const CiId ci = reported();
  ASSERT_TRUE(stage(ci, "retired", "disposed"));
  EXPECT_TRUE(list_cis(tx, catalog, {}, {})->rows.empty());
  EXPECT_EQ(shown(ci, "lifecycle_status"), "disposed");
  EXPECT_EQ(history(ci, "stage").at(0).new_value, "retired");
}

TEST_F(ItemEditing, AStatusOfAnotherStageIsRefused) {
  EXPECT_EQ(stage(reported(), "stock", "stolen").error().where, "/status");
}

TEST_F(ItemEditing, AnUnknownStageIsRefused) {
  EXPECT_EQ(stage(reported(), "limbo").error().where, "/stage");
}

TEST_F(ItemEditing, AnotherStageEndsTheStatus) {
  const CiId ci = reported();
  ASSERT_TRUE(stage(ci, "stock", "in_repair"));
  ASSERT_TRUE(stage(ci, "operate"));
  EXPECT_EQ(shown(ci, "lifecycle_status"), "");
}

TEST_F(ItemEditing, ARetiredItemThatReportsTheSameAgainComesBack) {
  const CiId ci = reported();
  ASSERT_TRUE(stage(ci, "retired", "lost"));
  const auto receipt =
      take(agent_report("a", 2, {section("hardware", attributes({{"location", "Rack 1"}}))}));
  EXPECT_TRUE(receipt.came_back);
  EXPECT_EQ(find_ci(tx, ci)->stage, "operate");
  EXPECT_EQ(shown(ci, "lifecycle_status"), "");
  const auto stages = history(ci, "stage");
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].old_value, "retired");
  EXPECT_EQ(stages[0].origin, "agent a");
}

TEST_F(ItemEditing, WhatAMergedItemsSourceSeesBringsTheShownOneBack) {
  const CiId ci = reported();
  const CiId shown_one = *create_item(tx, ana(), {"server", "shop", {}});
  ASSERT_TRUE(merge_item(tx, catalog, clock, {ci, shown_one}, {"person ana", "", clock.now()}));
  ASSERT_TRUE(stage(shown_one, "retired"));
  take(agent_report("a", 2, {section("hardware", attributes({{"location", "Rack 1"}}))}));
  EXPECT_EQ(find_ci(tx, shown_one)->stage, "operate");
}

TEST_F(ItemEditing, TheReportTakenBeforeTheRetirementIsStillADuplicate) {
  const CiId ci = reported();
  ASSERT_TRUE(stage(ci, "retired"));
  const auto receipt =
      take(agent_report("a", 1, {section("hardware", attributes({{"location", "Rack 1"}}))}));
  EXPECT_EQ(receipt.outcome, IngestOutcome::duplicate);
  EXPECT_EQ(find_ci(tx, ci)->stage, "retired");
}

TEST_F(ItemEditing, AControlCharacterInANameIsRefused) {
  EXPECT_EQ(create_item(tx, ana(), {"server", "a\x01z", {}}).error().where, "/name");
}

}  // namespace
}  // namespace censo::cmdb
