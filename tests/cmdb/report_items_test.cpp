#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

// Services, neighbours, and the relationships to them.
class OtherItems : public IngestTest {
 protected:
  static inventory::Section services(const std::vector<std::string>& instances, bool complete = true) {
    auto found = section("services", {});
    found.complete = complete;
    for (const std::string& instance : instances) {
      found.items.push_back(item("generic_service", attributes({{"instance", instance}}), instance));
      found.relationships.push_back({"runs_on", instance, "self", {}});
    }
    return found;
  }
  static inventory::Section neighbour(inventory::Attributes values,
                                      const std::string& class_name = "switch") {
    auto found = section("lldp", {}, {item(class_name, std::move(values), "n")});
    found.relationships.push_back({"connects_to", "self", "n", attributes({{"description", "port 7"}})});
    return found;
  }
};

TEST_F(OtherItems, AServiceBecomesAnItemThatRunsOnItsHost) {
  const auto receipt = take(agent_report("a", 1, {services({"nginx"})}));
  EXPECT_EQ(receipt.other_cis, 1u);
  const auto relationships = relationships_of(tx, receipt.ci);
  ASSERT_EQ(relationships.size(), 1u);
  EXPECT_EQ(relationships[0].type, "runs_on");
  EXPECT_EQ(relationships[0].from_name, "nginx");
  EXPECT_EQ(relationships[0].to, receipt.ci);
  EXPECT_EQ(relationships[0].origin, "agent");
}

TEST_F(OtherItems, TheSameServiceOfTwoHostsIsTwoItems) {
  take(agent_report("a", 1, {services({"nginx"})}));
  take(agent_report("b", 1, {services({"nginx"})}));
  EXPECT_EQ(count("ci where class = 'generic_service'"), 2);
}

TEST_F(OtherItems, AServiceIsFoundAgainWithinItsHost) {
  take(agent_report("a", 1, {services({"nginx"})}));
  take(agent_report("a", 2, {services({"nginx", "postgres"})}));
  EXPECT_EQ(count("ci where class = 'generic_service'"), 2);
}

TEST_F(OtherItems, ALaterServiceIsToldOnTheHostAndCreatedItself) {
  take(agent_report("a", 1, {services({"nginx"})}));
  const auto receipt = take(agent_report("a", 2, {services({"nginx", "postgres"})}));
  const auto added = history(receipt.ci, "relationship_added");
  ASSERT_EQ(added.size(), 1u);
  EXPECT_EQ(added[0].subject, "postgres runs_on");
  EXPECT_EQ(history(resolve_ci(tx, "postgres")->id).at(0).what, "created");
}

TEST_F(OtherItems, AServiceThatVanishesKeepsItsItemAndLosesItsRelationship) {
  take(agent_report("a", 1, {services({"nginx", "postgres"})}));
  const auto last = clock.now();
  const auto receipt = take(agent_report("a", 2, {services({"nginx"})}));
  EXPECT_EQ(relationships_of(tx, receipt.ci).size(), 1u);
  EXPECT_EQ(history(receipt.ci, "relationship_removed").size(), 1u);
  const auto gone = resolve_ci(tx, "postgres");
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->attributes.text("instance"), "postgres");
  EXPECT_EQ(gone->last_seen, last);
}

TEST_F(OtherItems, AServiceThatComesBackIsTheSameItem) {
  take(agent_report("a", 1, {services({"nginx", "postgres"})}));
  const CiId id = resolve_ci(tx, "postgres")->id;
  take(agent_report("a", 2, {services({"nginx"})}));
  take(agent_report("a", 3, {services({"nginx", "postgres"})}));
  const auto back = resolve_ci(tx, "postgres");
  EXPECT_EQ(back->id, id);
  EXPECT_EQ(back->last_seen, clock.now());
  EXPECT_EQ(relationships_of(tx, id).size(), 1u);
}

TEST_F(OtherItems, AnIncompleteSectionEndsNoRelationship) {
  take(agent_report("a", 1, {services({"nginx", "postgres"})}));
  const auto receipt = take(agent_report("a", 2, {services({"nginx"}, false)}));
  EXPECT_EQ(relationships_of(tx, receipt.ci).size(), 2u);
}

TEST_F(OtherItems, AnUnchangedReportKeepsServicesAlive) {
  take(agent_report("a", 1, {services({"nginx"})}));
  take(agent_report("a", 2, {services({"nginx"})}));
  EXPECT_EQ(resolve_ci(tx, "nginx")->last_seen, clock.now());
}

TEST_F(OtherItems, ANeighbourIsAPlaceholderUntilItIsScanned) {
  const auto a = take(agent_report("a", 1, {neighbour(attributes({{"base_mac", "00:18:7d:00:00:01"}}))}));
  const CiId placeholder = relationships_of(tx, a.ci).at(0).to;
  const auto scan = take(scan_report({section("system", attributes({{"base_mac", "00:18:7d:00:00:01"}}))}));
  EXPECT_EQ(scan.ci, placeholder);
  EXPECT_EQ(find_ci(tx, placeholder)->name, "sw01");
}

TEST_F(OtherItems, TwoHostsSeeTheSameNeighbour) {
  take(agent_report("a", 1, {neighbour(attributes({{"base_mac", "00:18:7d:00:00:01"}}))}));
  take(agent_report("b", 1, {neighbour(attributes({{"base_mac", "00:18:7d:00:00:01"}}))}));
  EXPECT_EQ(count("ci where class = 'switch'"), 1);
}

TEST_F(OtherItems, ANeighbourWithoutAKeyIsKnownByItsNameBesideTheHost) {
  take(agent_report("a", 1, {neighbour(attributes({{"sys_name", "core"}}))}));
  take(agent_report("a", 2, {neighbour(attributes({{"sys_name", "core"}, {"os_version", "2"}}))}));
  take(agent_report("b", 1, {neighbour(attributes({{"sys_name", "core"}}))}));
  EXPECT_EQ(count("ci where class = 'switch'"), 2);
}

TEST_F(OtherItems, TwoNamelessNeighboursWithTheirOwnKeysAreTwoItems) {
  auto lldp = section("lldp", {},
                      {item("switch", attributes({{"manufacturer", "A"}, {"serial_number", "S111"}}), "n"),
                       item("switch", attributes({{"manufacturer", "A"}, {"serial_number", "S222"}}), "m")});
  take(agent_report("a", 1, {lldp}));
  EXPECT_EQ(count("ci where class = 'switch'"), 2);
}

TEST_F(OtherItems, ANeighbourThatLearnsAKeyStaysTheSameItem) {
  take(agent_report("a", 1, {neighbour(attributes({{"sys_name", "core"}}))}));
  take(agent_report("a", 2,
                    {neighbour(attributes({{"sys_name", "core"}, {"base_mac", "00:18:7d:00:00:01"}}))}));
  EXPECT_EQ(count("ci where class = 'switch'"), 1);
}

TEST_F(OtherItems, WhatAnotherAgentReportsIsPointedToButNotTouched) {
  const auto b = take(agent_report("b", 1, {section("s", attributes({{"serial_number", "CZ9"}}))}, "db01"));
  const auto before = find_ci(tx, b.ci)->attributes;
  const auto a = take(agent_report(
      "a", 1, {neighbour(attributes({{"serial_number", "CZ9"}, {"asset_tag", "stolen"}}), "server")},
      "web01"));
  ASSERT_EQ(relationships_of(tx, a.ci).size(), 1u);
  EXPECT_EQ(relationships_of(tx, a.ci)[0].to, b.ci);
  EXPECT_EQ(find_ci(tx, b.ci)->attributes, before);
  EXPECT_EQ(find_ci(tx, b.ci)->name, "db01");
  EXPECT_EQ(history(b.ci).size(), 1u);
}

TEST_F(OtherItems, WhatAHostSaysOfItsNeighbourYieldsToTheNeighbourItself) {
  take(agent_report("a", 1,
                    {neighbour(attributes({{"serial_number", "CZ9"}, {"model", "heard"}}), "server")}));
  const auto b = take(agent_report(
      "b", 1, {section("s", attributes({{"serial_number", "CZ9"}, {"model", "R640"}}))}, "db01"));
  EXPECT_EQ(count("ci where class = 'server'"), 2);
  EXPECT_EQ(find_ci(tx, b.ci)->attributes.text("model"), "R640");
  EXPECT_EQ(b.conflict, "");
}

TEST_F(OtherItems, NewEvidenceReplacesTheOldWithoutHistory) {
  take(agent_report("a", 1, {neighbour(attributes({{"sys_name", "core"}}))}));
  auto moved = neighbour(attributes({{"sys_name", "core"}}));
  moved.relationships[0].attributes.set("description", "port 8");
  const auto a = take(agent_report("a", 2, {moved}));
  const auto relationships = relationships_of(tx, a.ci);
  ASSERT_EQ(relationships.size(), 1u);
  EXPECT_EQ(relationships[0].evidence.text("description"), "port 8");
  EXPECT_TRUE(history(a.ci, "relationship_added").empty());
}

TEST_F(OtherItems, ARelationshipMayNameAnItemOfAnotherSection) {
  auto links = section("links", {});
  links.relationships.push_back({"runs_on", "nginx", "self", {}});
  auto found = services({"nginx"});
  found.relationships.clear();
  const auto receipt = take(agent_report("a", 1, {links, found}));
  EXPECT_EQ(relationships_of(tx, receipt.ci).size(), 1u);
}

}  // namespace
}  // namespace censo::cmdb
