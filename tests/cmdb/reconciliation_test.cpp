#include "cmdb/tenant.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using inventory::Value;

class Reconciliation : public IngestTest {
 protected:
  CiId report(std::uint64_t sequence, inventory::Attributes values, bool complete = true) {
    auto hardware = section("hardware", std::move(values));
    hardware.complete = complete;
    return take(agent_report("a", sequence, {hardware})).ci;
  }
  CiId scan(inventory::Attributes values) {
    values.set("snmp_engine_id", "80001f8880aa01");
    return take(scan_report({section("system", std::move(values))}, "server", "by-snmp")).ci;
  }
  std::string shown(CiId ci, const char* attribute) { return find_ci(tx, ci)->attributes.text(attribute); }
};

TEST_F(Reconciliation, AChangedAttributeIsToldWithOldAndNewValue) {
  report(1, attributes({{"os_version", "12.1"}}));
  const CiId ci = report(2, attributes({{"os_version", "12.2"}}));
  const auto entries = history(ci, "attribute");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].subject, "os_version");
  EXPECT_EQ(entries[0].old_value, "12.1");
  EXPECT_EQ(entries[0].new_value, "12.2");
}

// Service-desk rule 75.
TEST_F(Reconciliation, ATenantIsNothingThatAHostSaysOfItself) {
  const CiId ci = report(1, attributes({{"os_version", "12.1"}, {"tenant", "south"}}));
  EXPECT_EQ(shown(ci, "tenant"), "");
  EXPECT_EQ(shown(ci, "os_version"), "12.1");
  EXPECT_EQ(tenant_of(tx, ci), "");
  report(2, attributes({{"os_version", "12.2"}, {"tenant", "north"}}));
  EXPECT_EQ(tenant_of(tx, ci), "");
}

TEST_F(Reconciliation, AChangeFellBetweenTheLastReportAndThisOne) {
  report(1, attributes({{"os_version", "12.1"}}));
  report(2, attributes({{"os_version", "12.1"}}));
  const auto last = clock.now();
  const CiId ci = report(3, attributes({{"os_version", "12.2"}}));
  const auto entries = history(ci, "attribute");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].not_before, last);
  EXPECT_EQ(entries[0].at, clock.now());
}

TEST_F(Reconciliation, AnOperationalAttributeIsShownButNotTold) {
  report(1, attributes({{"boot_id", "one"}}));
  const CiId ci = report(2, attributes({{"boot_id", "two"}}));
  EXPECT_EQ(shown(ci, "boot_id"), "two");
  EXPECT_TRUE(history(ci, "attribute").empty());
}

TEST_F(Reconciliation, ACompleteSectionTakesAwayWhatItNoLongerSays) {
  report(1, attributes({{"os_version", "12.1"}, {"asset_tag", "T9"}}));
  const CiId ci = report(2, attributes({{"os_version", "12.1"}}));
  EXPECT_EQ(shown(ci, "asset_tag"), "");
  EXPECT_EQ(history(ci, "attribute").at(0).new_value, "");
}

TEST_F(Reconciliation, AnIncompleteSectionTakesNothingAway) {
  report(1, attributes({{"os_version", "12.1"}, {"asset_tag", "T9"}}));
  const CiId ci = report(2, attributes({{"os_version", "12.2"}}), false);
  EXPECT_EQ(shown(ci, "asset_tag"), "T9");
  EXPECT_EQ(shown(ci, "os_version"), "12.2");
}

TEST_F(Reconciliation, TheAgentsValueBeatsTheScanners) {
  scan(attributes({{"model", "guess"}}));
  const CiId ci = report(1, attributes({{"snmp_engine_id", "80001f8880aa01"}, {"model", "R640"}}));
  EXPECT_EQ(shown(ci, "model"), "R640");
  scan(attributes({{"model", "another guess"}}));
  EXPECT_EQ(shown(ci, "model"), "R640");
}

TEST_F(Reconciliation, AWeakerSourcesChangeThatIsNotShownIsNotTold) {
  const CiId ci = report(1, attributes({{"snmp_engine_id", "80001f8880aa01"}, {"model", "R640"}}));
  scan(attributes({{"model", "guess"}}));
  scan(attributes({{"model", "another guess"}}));
  EXPECT_TRUE(history(ci, "attribute").empty());
}

TEST_F(Reconciliation, TheScannersValueIsShownWhenTheAgentStopsSayingIt) {
  scan(attributes({{"serial_number", "CZ1234"}, {"model", "guess"}}));
  report(1, attributes({{"serial_number", "CZ1234"}, {"model", "R640"}}));
  const CiId ci = report(2, attributes({{"serial_number", "CZ1234"}}));
  EXPECT_EQ(shown(ci, "model"), "guess");
}

TEST_F(Reconciliation, ValuesKeepTheirTypes) {
  const CiId ci = report(1, attributes({{"memory_mib", std::int64_t{2048}},
                                        {"dns_servers", inventory::TextList{"10.0.0.1", "10.0.0.2"}}}));
  const auto item = find_ci(tx, ci);
  EXPECT_EQ(*item->attributes.find("memory_mib"), Value(std::int64_t{2048}));
  EXPECT_EQ(*item->attributes.find("dns_servers"), Value(inventory::TextList{"10.0.0.1", "10.0.0.2"}));
}

TEST_F(Reconciliation, ARenamedHostIsTold) {
  take(agent_report("a", 1, {section("s", attributes({{"serial_number", "CZ1"}}))}, "old"));
  const CiId ci =
      take(agent_report("a", 2, {section("s", attributes({{"serial_number", "CZ1"}}))}, "new")).ci;
  EXPECT_EQ(find_ci(tx, ci)->name, "new");
  EXPECT_EQ(history(ci, "attribute").at(0).subject, "name");
}

// --- components

class Components : public IngestTest {
 protected:
  CiId report(std::uint64_t sequence, std::vector<inventory::Item> items, bool complete = true) {
    auto packages = section("packages", {}, std::move(items));
    packages.complete = complete;
    return take(agent_report("a", sequence, {packages})).ci;
  }
  static inventory::Item network_interface(const std::string& name, const std::string& state) {
    return item("network_interface", attributes({{"name", name}, {"state", state}}));
  }
  static inventory::Item process(std::int64_t pid) {
    return item("process", attributes({{"pid", pid}, {"name", "sleep"}}));
  }
};

TEST_F(Components, AreReadAsTheyWereReported) {
  const CiId ci = report(1, {package("openssl", "3.0"), package("bash", "5.2")});
  const auto components = components_of(tx, ci);
  ASSERT_EQ(components.size(), 2u);
  EXPECT_EQ(components[0].section, "packages");
  EXPECT_EQ(components[0].class_name, "software_package");
  EXPECT_EQ(components[0].attributes.text("name"), "bash");
  EXPECT_EQ(components[1].attributes.text("version"), "3.0");
}

TEST_F(Components, CanBeReadByClass) {
  const CiId ci = report(1, {package("openssl", "3.0"), network_interface("eth0", "up")});
  EXPECT_EQ(components_of(tx, ci, "network_interface").size(), 1u);
}

TEST_F(Components, AnUpgradeIsOneChange) {
  report(1, {package("openssl", "3.0"), package("bash", "5.2")});
  const CiId ci = report(2, {package("openssl", "3.1"), package("bash", "5.2")});
  const auto entries = history(ci);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].what, "component_changed");
  EXPECT_EQ(entries[0].subject, "software_package dpkg openssl");
  EXPECT_EQ(entries[0].old_value, "version: 3.0");
  EXPECT_EQ(entries[0].new_value, "version: 3.1");
}

TEST_F(Components, AnAddedAndARemovedOneAreTold) {
  report(1, {package("bash", "5.2")});
  const CiId ci = report(2, {package("zsh", "5.9")});
  EXPECT_EQ(history(ci, "component_added").at(0).subject, "software_package dpkg zsh");
  EXPECT_EQ(history(ci, "component_removed").at(0).subject, "software_package dpkg bash");
}

TEST_F(Components, AnIncompleteSectionRemovesNothing) {
  report(1, {package("bash", "5.2"), package("openssl", "3.0")});
  const CiId ci = report(2, {package("openssl", "3.1")}, false);
  const auto components = components_of(tx, ci);
  ASSERT_EQ(components.size(), 2u);
  EXPECT_EQ(components[1].attributes.text("version"), "3.1");
  EXPECT_TRUE(history(ci, "component_removed").empty());
  EXPECT_EQ(history(ci, "component_changed").size(), 1u);
}

TEST_F(Components, ANewSectionOfAKnownHostIsNoChangeOfTheHost) {
  take(agent_report("a", 1, {section("s", attributes({{"serial_number", "CZ1"}}))}));
  const CiId ci = report(2, {package("bash", "5.2")});
  EXPECT_EQ(components_of(tx, ci).size(), 1u);
  EXPECT_TRUE(history(ci, "component_added").empty());
}

TEST_F(Components, OperationalAttributesChangeWithoutHistory) {
  report(1, {network_interface("eth0", "up")});
  const CiId ci = report(2, {network_interface("eth0", "down")});
  EXPECT_EQ(components_of(tx, ci).at(0).attributes.text("state"), "down");
  EXPECT_EQ(history(ci).size(), 1u);
  EXPECT_EQ(count("component_row"), 1);
}

TEST_F(Components, TransientOnesAreReplacedWholeWithoutHistory) {
  report(1, {process(1), process(2)});
  const CiId ci = report(2, {process(3)});
  const auto components = components_of(tx, ci);
  ASSERT_EQ(components.size(), 1u);
  EXPECT_EQ(*components[0].attributes.find("pid"), inventory::Value(std::int64_t{3}));
  EXPECT_EQ(history(ci).size(), 1u);
  EXPECT_EQ(count("component_row"), 0);
}

TEST_F(Components, TheSameRowOnTwoHostsIsStoredOnce) {
  report(1, {package("bash", "5.2")});
  take(agent_report("b", 1, {section("packages", {}, {package("bash", "5.2")})}));
  EXPECT_EQ(count("component_row"), 1);
}

TEST_F(Components, TheSameRowTwiceStaysTwice) {
  const CiId ci = report(1, {package("bash", "5.2"), package("bash", "5.2")});
  EXPECT_EQ(components_of(tx, ci).size(), 2u);
}

TEST_F(Components, OfAnotherItemOfTheReportHangOnThatItem) {
  auto services = section("services", {}, {item("generic_service", attributes({{"instance", "db"}}), "db")});
  services.relationships.push_back({"runs_on", "db", "self", {}});
  auto disk = item("disk", attributes({{"name", "data"}}));
  disk.owner = "db";
  services.items.push_back(disk);
  const CiId host = take(agent_report("a", 1, {services})).ci;
  EXPECT_TRUE(components_of(tx, host).empty());
  EXPECT_EQ(components_of(tx, resolve_ci(tx, "db")->id).size(), 1u);
}

}  // namespace
}  // namespace censo::cmdb
