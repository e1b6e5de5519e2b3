#include "cmdb/identification.h"

#include "cmdb/reporting_source.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

class Identification : public IngestTest {
 protected:
  inventory::Report host(const std::string& agent, std::uint64_t sequence, inventory::Attributes values,
                         const std::string& name = "web01") const {
    return agent_report(agent, sequence, {section("hardware", std::move(values))}, name);
  }
  inventory::Report scanned(inventory::Attributes values, const std::string& class_name = "switch",
                            const std::string& name = "sw01") const {
    return scan_report({section("system", std::move(values))}, class_name, name);
  }
  // What the database holds of an item, to see that nobody touched it.
  std::string picture(CiId ci) {
    std::string all;
    for (const char* table : {"ci where id = $1", "ci_key where ci_id = $1", "ci_value where ci_id = $1",
                              "history where ci_id = $1", "component_set where ci_id = $1"}) {
      for (const auto& row : tx.query("select * from " + std::string(table), ci.value)) {
        for (std::size_t i = 0; i < row.size(); ++i) all += row.is_null(i) ? "" : shown(row, i) + "|";
      }
    }
    return all;
  }
  static std::string shown(const store::Row& row, std::size_t column) {
    try {
      return row.text(column);
    } catch (const store::StoreError&) {
      return "x";
    }
  }
};

TEST_F(Identification, AnAgentIsItsOwnKeyWhateverChangesOnTheHost) {
  const auto first = take(host("a", 1, attributes({{"serial_number", "CZ1"}, {"machine_id", "aaaa1"}})));
  const auto second =
      take(host("a", 2, attributes({{"serial_number", "CZ2"}, {"machine_id", "bbbb2"}}), "renamed"));
  EXPECT_EQ(second.ci, first.ci);
  EXPECT_EQ(second.outcome, IngestOutcome::updated);
  EXPECT_EQ(count("ci"), 1);
}

TEST_F(Identification, TwoAgentsWithNothingInCommonAreTwoItems) {
  const auto a = take(host("a", 1, attributes({{"serial_number", "CZ1"}})));
  const auto b = take(host("b", 1, attributes({{"serial_number", "CZ2"}})));
  EXPECT_NE(a.ci, b.ci);
  EXPECT_EQ(b.conflict, "");
}

TEST_F(Identification, AKeyThatAnotherLiveAgentOwnsIsNeverFollowed) {
  const auto a = take(host("a", 1, attributes({{"serial_number", "CZ1"}}), "victim"));
  const std::string before = picture(a.ci);
  const auto b = take(host("b", 1, attributes({{"serial_number", "CZ1"}}), "stranger"));
  EXPECT_NE(a.ci, b.ci);
  EXPECT_EQ(b.outcome, IngestOutcome::created);
  EXPECT_NE(b.conflict.find("victim"), std::string::npos) << b.conflict;
  EXPECT_EQ(picture(a.ci), before);
}

TEST_F(Identification, ADisputedKeyIsRecordedOnceAsConflict) {
  const auto a = take(host("a", 1, attributes({{"serial_number", "CZ1"}})));
  const auto b = take(host("b", 1, attributes({{"serial_number", "CZ1"}})));
  take(host("b", 2, attributes({{"serial_number", "CZ1"}, {"memory_mib", std::int64_t{5}}})));
  EXPECT_EQ(history(b.ci, "conflict").size(), 1u);
  EXPECT_TRUE(history(a.ci, "conflict").empty());
  const auto row = tx.query_one("select ci_id, other_ci_id, rule, value from conflict");
  ASSERT_TRUE(row);
  EXPECT_EQ(CiId(row->integer(0)), b.ci);
  EXPECT_EQ(CiId(row->integer(1)), a.ci);
  EXPECT_EQ(row->text(2), "serial");
  EXPECT_EQ(row->text(3), "cz1");
}

TEST_F(Identification, ADisputedKeyStillFindsBothItemsForPeople) {
  take(host("a", 1, attributes({{"serial_number", "CZ1"}})));
  take(host("b", 1, attributes({{"serial_number", "CZ1"}})));
  const auto found = resolve_ci(tx, "CZ1");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, base::Errc::conflict);
}

TEST_F(Identification, ARetiredAgentsItemIsTakenOverByItsSuccessor) {
  const auto a = take(host("a", 1, attributes({{"serial_number", "CZ1"}})));
  end_agent(tx, "a", clock.now());
  const auto b = take(host("b", 1, attributes({{"serial_number", "CZ1"}})));
  EXPECT_EQ(b.ci, a.ci);
  EXPECT_EQ(b.conflict, "");
}

TEST_F(Identification, JunkSerialsMergeNothing) {
  const auto a = take(host("a", 1, attributes({{"serial_number", "To be filled by O.E.M."}})));
  const auto b = take(host("b", 1, attributes({{"serial_number", "To be filled by O.E.M."}})));
  EXPECT_NE(a.ci, b.ci);
  EXPECT_EQ(b.conflict, "");
}

TEST_F(Identification, ASharedHostNameMergesNothing) {
  const auto a = take(host("a", 1, attributes({{"serial_number", "CZ1"}}), "localhost"));
  const auto b = take(scanned(attributes({{"base_mac", "00:18:7d:00:00:01"}}), "switch", "localhost"));
  EXPECT_NE(a.ci, b.ci);
}

TEST_F(Identification, AScannerFindsAnAgentsItemByKeyAndAddsWhatItKnows) {
  const auto a = take(host("a", 1, attributes({{"snmp_engine_id", "80001f8880aa01"}, {"model", "R640"}})));
  const auto scan = take(scanned(
      attributes({{"snmp_engine_id", "80001F8880AA01"}, {"sys_location", "Hall 2"}, {"model", "net-snmp"}}),
      "network_device", "web01.example"));
  EXPECT_EQ(scan.ci, a.ci);
  const auto ci = find_ci(tx, a.ci);
  EXPECT_EQ(ci->attributes.text("sys_location"), "Hall 2");
  EXPECT_EQ(ci->attributes.text("model"), "R640");
  EXPECT_EQ(ci->class_name, "server");
  EXPECT_EQ(ci->name, "web01");
  EXPECT_EQ(ci->origins, (std::vector<std::string>{"agent", "scanner"}));
}

TEST_F(Identification, AnAgentRefinesTheClassThatAScannerGuessed) {
  const auto scan = take(scanned(attributes({{"snmp_engine_id", "80001f8880aa01"}}), "network_device"));
  const auto a = take(host("a", 1, attributes({{"snmp_engine_id", "80001f8880aa01"}})));
  EXPECT_EQ(a.ci, scan.ci);
  EXPECT_EQ(find_ci(tx, a.ci)->class_name, "server");
  const auto entries = history(a.ci, "attribute");
  const auto entry = std::ranges::find(entries, "class", &HistoryEntry::subject);
  ASSERT_NE(entry, entries.end());
  EXPECT_EQ(entry->old_value, "network_device");
  EXPECT_EQ(entry->new_value, "server");
}

TEST_F(Identification, TheSameScannedDeviceIsFoundByTheNextScan) {
  const auto first = take(scanned(attributes({{"base_mac", "00:18:7d:00:00:01"}})));
  const auto second =
      take(scanned(attributes({{"base_mac", "0018.7d00.0001"}, {"os_version", "9"}}), "switch", "renamed"));
  EXPECT_EQ(second.ci, first.ci);
}

TEST_F(Identification, RulesAreTriedInTheirOrder) {
  const auto by_engine = take(scanned(attributes({{"snmp_engine_id", "800000090300aa"}})));
  const auto by_mac = take(scanned(attributes({{"base_mac", "00:18:7d:00:00:02"}})));
  const auto both =
      take(scanned(attributes({{"snmp_engine_id", "800000090300aa"}, {"base_mac", "00:18:7d:00:00:02"}})));
  EXPECT_EQ(both.ci, by_engine.ci);
  EXPECT_NE(both.ci, by_mac.ci);
  EXPECT_NE(both.conflict, "");
}

TEST_F(Identification, ARuleOfTwoAttributesNeedsBoth) {
  const auto cisco = take(scanned(attributes({{"manufacturer", "Cisco"}, {"serial_number", "FOC77"}})));
  const auto other = take(scanned(attributes({{"manufacturer", "HPE"}, {"serial_number", "FOC77"}})));
  EXPECT_NE(cisco.ci, other.ci);
}

TEST_F(Identification, ADeviceWithoutAnyKeyIsFoundByWhereItAnswersInTheSameJob) {
  const auto first = take(scanned(attributes({{"management_address", "10.0.0.9"}}), "printer", "prn"));
  const auto second =
      take(scanned(attributes({{"management_address", "10.0.0.9"}, {"os_version", "2"}}), "printer", "prn"));
  EXPECT_EQ(second.ci, first.ci);
}

TEST_F(Identification, AKeylessDeviceThatLearnsItsSerialStaysTheSameItem) {
  const auto first = take(scanned(attributes({{"management_address", "10.0.0.9"}}), "printer", "prn"));
  const auto second = take(scanned(
      attributes({{"management_address", "10.0.0.9"}, {"manufacturer", "HP"}, {"serial_number", "VN1"}}),
      "printer", "prn"));
  EXPECT_EQ(second.ci, first.ci);
}

TEST_F(Identification, AnotherDeviceAtTheSameAddressIsAnotherItem) {
  const auto first = take(scanned(
      attributes({{"management_address", "10.0.0.9"}, {"manufacturer", "HP"}, {"serial_number", "VN1"}}),
      "printer", "prn"));
  const auto second = take(scanned(
      attributes({{"management_address", "10.0.0.9"}, {"manufacturer", "HP"}, {"serial_number", "VN2"}}),
      "printer", "prn"));
  EXPECT_NE(second.ci, first.ci);
}

TEST_F(Identification, AKeyThatChangesNoLongerFindsTheItem) {
  take(host("a", 1, attributes({{"serial_number", "OLD1"}})));
  take(host("a", 2, attributes({{"serial_number", "NEW1"}})));
  EXPECT_FALSE(resolve_ci(tx, "OLD1"));
  EXPECT_TRUE(resolve_ci(tx, "new1"));
}

TEST_F(Identification, AKeyThatAnotherSourceStillSaysIsKept) {
  take(host("a", 1, attributes({{"snmp_engine_id", "80001f8880aa01"}})));
  take(scanned(attributes({{"snmp_engine_id", "80001f8880aa01"}})));
  take(host("a", 2, attributes({{"memory_mib", std::int64_t{1}}})));
  EXPECT_TRUE(resolve_ci(tx, "80001f8880aa01"));
}

TEST_F(Identification, LookUpsUseAnIndex) {
  if (test::on_postgres()) GTEST_SKIP() << "plans are compared on SQLite";
  for (const char* sql : {
           "select ci_id from ci_key where rule = 'r' and value = 'v' and identifying = 1",
           "select ci_id from ci_key where value in ('a', 'b', 'c')",
           "select 1 from ci_key where ci_id = 1 and identifying = 1 and rule <> 'x'",
           "select s.id from origin o join ci_source s on s.origin_id = o.id where o.kind = 'agent' and "
           "o.native_id = 'a'",
           "select ci_id from ci_source where origin_id = 1 and native_key = 'k' and native_key <> ''",
           "select * from ci_value where source_id = 1",
           "select * from ci_value where ci_id = 1",
           "select * from component_row where digest = x'00'",
           "select * from component_set where ci_id = 1",
           "select id from relationship where source_id = 1 and section = 's' and ended_at is null",
           "select id from relationship where from_ci = 1 and ended_at is null",
           "select id from relationship where to_ci = 1 and from_ci <> 1 and ended_at is null",
           "select * from history where ci_id = 1 and (at, id) < (2, 2) order by at desc, id desc limit 3",
           "select id from ci where (name, id) > ('a', 1) order by name, id limit 3",
           "select id from ci where class = 'server' and (name, id) > ('a', 1) order by name, id limit 3",
       }) {
    for (const auto& row : tx.query("explain query plan " + std::string(sql))) {
      EXPECT_NE(row.text(3).substr(0, 4), "SCAN") << sql << ": " << row.text(3);
      EXPECT_EQ(row.text(3).find("TEMP B-TREE"), std::string::npos) << sql << ": " << row.text(3);
    }
  }
}

}  // namespace
}  // namespace censo::cmdb
