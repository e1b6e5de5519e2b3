#include "cmdb/relationship_edit.h"

#include "cmdb/item_edit.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using base::Errc;

class RelationshipEditing : public IngestTest {
 protected:
  Editor ana() { return {catalog, clock, "ana"}; }
  CiId make(const char* class_name, const char* name) {
    return *create_item(tx, ana(), {class_name, name, {}});
  }
  base::Result<std::int64_t> relate_now(const char* type, CiId from, CiId to) {
    clock.advance(60'000);
    return relate(tx, ana(), {type, from, to});
  }
  std::size_t relationships(CiId ci) { return relationships_of(tx, ci).size(); }

  // A host that says which machine it hosts; "" none.
  inventory::Report host(const char* agent, std::uint64_t sequence, const std::string& machine) const {
    auto guests = section("guests", {});
    if (!machine.empty()) {
      guests.items.push_back(item("virtual_machine", attributes({{"smbios_uuid", machine}}), "vm"));
      guests.relationships.push_back({"hosted_on", "vm", "self", {}});
    }
    return agent_report(agent, sequence, {guests}, agent);
  }
  static constexpr const char* guest = "4c4c4544-0042-3510-8054-b4c04f4d3032";
};

TEST_F(RelationshipEditing, ARelationshipOfAPersonIsThereAtBothEnds) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  ASSERT_TRUE(relate_now("part_of", web, shop));
  const auto found = relationships_of(tx, shop);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].origin, "person");
  EXPECT_EQ(found[0].section, "ana");
  EXPECT_EQ(found[0].locked_by, "ana");
  EXPECT_EQ(history(web, "relationship_added").size(), 1u);
  EXPECT_EQ(history(shop, "relationship_added").size(), 1u);
}

TEST_F(RelationshipEditing, AnEndOfAnotherClassIsRefused) {
  const auto done = relate_now("part_of", make("server", "web01"), make("server", "web02"));
  EXPECT_EQ(done.error().where, "/to");
}

TEST_F(RelationshipEditing, AnUnknownTypeIsRefused) {
  EXPECT_EQ(relate_now("likes", make("server", "web01"), make("server", "web02")).error().where, "/type");
}

TEST_F(RelationshipEditing, AnItemIsNotRelatedToItself) {
  const CiId web = make("server", "web01");
  EXPECT_EQ(relate_now("connects_to", web, web).error().where, "/to");
}

TEST_F(RelationshipEditing, WhatBreaksTheCardinalityIsRefusedWithWhatIsInTheWay) {
  const CiId web = make("web_server", "nginx"), one = make("server", "web01"), two = make("server", "web02");
  ASSERT_TRUE(relate_now("runs_on", web, one));
  const auto done = relate_now("runs_on", web, two);
  EXPECT_EQ(done.error().reason, "CARDINALITY");
  EXPECT_NE(done.error().message.find("web01"), std::string::npos);
}

TEST_F(RelationshipEditing, SayingItAgainReplacesIt) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  ASSERT_TRUE(relate_now("part_of", web, shop));
  ASSERT_TRUE(relate(tx, ana(), {"part_of", web, shop, {}, 40}));
  ASSERT_EQ(relationships(web), 1u);
  EXPECT_EQ(relationships_of(tx, web)[0].confidence, 40);
  EXPECT_EQ(history(web, "relationship_added").size(), 1u);
}

TEST_F(RelationshipEditing, AnEndedOneIsGone) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  const auto id = relate_now("part_of", web, shop);
  ASSERT_TRUE(unrelate(tx, ana(), *id));
  EXPECT_EQ(relationships(web), 0u);
  EXPECT_EQ(unrelate(tx, ana(), *id).error().code, Errc::not_found);
}

TEST_F(RelationshipEditing, WhatASourceReportsIsNotEndedByAPerson) {
  const CiId ci = take(host("a", 1, guest)).ci;
  EXPECT_EQ(unrelate(tx, ana(), relationships_of(tx, ci).at(0).id).error().reason, "REPORTED");
}

TEST_F(RelationshipEditing, ALockedOneOutlivesTheReportThatLacksIt) {
  const CiId ci = take(host("a", 1, guest)).ci;
  ASSERT_TRUE(lock_relationship(tx, ana(), relationships_of(tx, ci).at(0).id, LockKind::so));
  take(host("a", 2, ""));
  ASSERT_EQ(relationships(ci), 1u);
  EXPECT_EQ(relationships_of(tx, ci)[0].locked_by, "ana");
}

TEST_F(RelationshipEditing, AnUnlockedOneEndsWithTheNextReportThatLacksIt) {
  const CiId ci = take(host("a", 1, guest)).ci;
  const auto id = relationships_of(tx, ci).at(0).id;
  ASSERT_TRUE(lock_relationship(tx, ana(), id, LockKind::so));
  take(host("a", 2, ""));
  ASSERT_TRUE(unlock_relationship(tx, ana(), id));
  take(host("a", 3, ""));
  EXPECT_EQ(relationships(ci), 0u);
}

TEST_F(RelationshipEditing, ADeniedOneEndsAndNoReportBeginsItAgain) {
  const CiId ci = take(host("a", 1, guest)).ci;
  ASSERT_TRUE(lock_relationship(tx, ana(), relationships_of(tx, ci).at(0).id, LockKind::not_so));
  take(host("a", 2, ""));
  take(host("a", 3, guest));
  EXPECT_EQ(relationships(ci), 0u);
  ASSERT_EQ(denials_of(tx, ci).size(), 1u);
  EXPECT_EQ(denials_of(tx, ci)[0].person, "ana");
}

TEST_F(RelationshipEditing, WhatIsAllowedAgainBeginsWithTheNextReport) {
  const CiId ci = take(host("a", 1, guest)).ci;
  const auto id = relationships_of(tx, ci).at(0).id;
  ASSERT_TRUE(lock_relationship(tx, ana(), id, LockKind::not_so));
  ASSERT_TRUE(unlock_relationship(tx, ana(), id));
  take(host("a", 2, guest));
  EXPECT_EQ(relationships(ci), 1u);
}

TEST_F(RelationshipEditing, WhatNobodyLockedIsNotUnlocked) {
  const CiId ci = take(host("a", 1, guest)).ci;
  EXPECT_EQ(unlock_relationship(tx, ana(), relationships_of(tx, ci).at(0).id).error().code, Errc::not_found);
}

TEST_F(RelationshipEditing, OneThatExpiresEndsAtItsTime) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  ASSERT_TRUE(relate(tx, ana(), {"part_of", web, shop, {}, 100, clock.now() + 1000}));
  apply_due_relationships(tx, catalog, clock);
  EXPECT_EQ(relationships(web), 1u);
  clock.advance(1000);
  apply_due_relationships(tx, catalog, clock);
  EXPECT_EQ(relationships(web), 0u);
  EXPECT_EQ(history(web, "relationship_removed").at(0).origin, "time");
}

TEST_F(RelationshipEditing, OneThatIsToComeBeginsAtItsTime) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  ASSERT_TRUE(relate(tx, ana(), {"part_of", web, shop, {}, 100, 0, clock.now() + 1000}));
  EXPECT_EQ(relationships(web), 0u);
  clock.advance(1000);
  apply_due_relationships(tx, catalog, clock);
  EXPECT_EQ(relationships(web), 1u);
}

TEST_F(RelationshipEditing, OneThatIsToComeIsListedAndCanBeTakenBack) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  const auto id = relate(tx, ana(), {"part_of", web, shop, {}, 100, 0, clock.now() + 1000});
  ASSERT_EQ(planned_relationships_of(tx, shop).size(), 1u);
  EXPECT_EQ(planned_relationships_of(tx, web).at(0).valid_from, clock.now() + 1000);
  EXPECT_EQ(find_relationship(tx, *id)->to_name, "shop");
  EXPECT_EQ(history(web, "relationship_planned").size(), 1u);
  ASSERT_TRUE(unrelate(tx, ana(), *id));
  EXPECT_TRUE(planned_relationships_of(tx, web).empty());
  clock.advance(1000);
  apply_due_relationships(tx, catalog, clock);
  EXPECT_EQ(relationships(web), 0u);
}

TEST_F(RelationshipEditing, OneThatFindsNoRoomAtItsTimeDoesNotBegin) {
  const CiId old_host = make("server", "old"), next_host = make("server", "next"),
             guest_ci = make("virtual_machine", "vm");
  ASSERT_TRUE(relate(tx, ana(), {"hosted_on", guest_ci, next_host, {}, 100, 0, clock.now() + 120'000}));
  ASSERT_TRUE(relate_now("hosted_on", guest_ci, old_host));
  clock.advance(120'000);
  apply_due_relationships(tx, catalog, clock);
  ASSERT_EQ(relationships(guest_ci), 1u);
  EXPECT_EQ(relationships_of(tx, guest_ci).at(0).to_name, "old");
  EXPECT_TRUE(planned_relationships_of(tx, guest_ci).empty());
  const auto conflicts = history(guest_ci, "conflict");
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts.at(0).new_value, "next");
  EXPECT_EQ(count("conflict"), 1);
}

TEST_F(RelationshipEditing, ATimeThatHasPassedIsNoExpiry) {
  const CiId shop = make("service_instance", "shop"), web = make("server", "web01");
  EXPECT_EQ(relate(tx, ana(), {"part_of", web, shop, {}, 100, clock.now() - 1}).error().where, "/expires_at");
}

TEST_F(RelationshipEditing, TheSameSourcesNewerHostReplacesTheOlder) {
  auto with_two = [&](std::uint64_t sequence, const char* to) {
    auto guests = section("guests", {},
                          {item("virtual_machine", attributes({{"smbios_uuid", guest}}), "vm"),
                           item("server", attributes({{"serial_number", "S1234567"}}), "one"),
                           item("server", attributes({{"serial_number", "S7654321"}}), "two")});
    guests.complete = false;
    guests.relationships.push_back({"hosted_on", "vm", to, {}});
    return agent_report("a", sequence, {guests});
  };
  take(with_two(1, "one"));
  const auto receipt = take(with_two(2, "two"));
  EXPECT_EQ(receipt.conflict, "");
  const auto found = relationships_of(tx, resolve_ci(tx, guest)->id);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].to, resolve_ci(tx, "s7654321")->id);
}

TEST_F(RelationshipEditing, AnotherSourcesHostIsAConflictThatBreaksNoReport) {
  const CiId first = take(host("a", 1, guest)).ci;
  const auto second = take(host("b", 1, guest));
  EXPECT_NE(second.conflict, "");
  EXPECT_EQ(relationships(first), 1u);
  EXPECT_EQ(relationships(second.ci), 0u);
  EXPECT_EQ(count("conflict where rule = 'hosted_on'"), 1);
}

TEST_F(RelationshipEditing, WhatWasInTheWayIsTriedAgainWithTheSameReport) {
  take(host("a", 1, guest));
  const CiId second = take(host("b", 1, guest)).ci;
  take(host("a", 2, ""));
  take(host("b", 2, guest));
  EXPECT_EQ(relationships(second), 1u);
}

}  // namespace
}  // namespace censo::cmdb
