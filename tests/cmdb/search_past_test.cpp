#include "cmdb/merge.h"
#include "cmdb/relationship_edit.h"
#include "tests/cmdb/search_fixture.h"

namespace censo::cmdb {
namespace {

using Names = FoundNames;

// Every answer for a moment before something changed, and for now.
class PastSearch : public SearchedFleet {
 protected:
  PastSearch() : before(clock.now()) {}
  void report_web01(std::vector<inventory::Item> components,
                    std::vector<std::pair<std::string, inventory::Value>> values = {
                        {"serial_number", "CZJ91200F7"}}) {
    take(report_of("web01", attributes(std::move(values)), std::move(components)));
  }
  std::string why_refused(std::string_view text) {
    const auto answer = try_search(text, {}, before);
    return answer ? "answered" : answer.error().where + " " + answer.error().message;
  }
  base::TimeMs before;
};

TEST_F(PastSearch, SoftwareIsThatOfThen) {
  report_web01({package("openssl", "3.0.15-1~deb12u2")});
  EXPECT_EQ(found("software:openssl<3.0.15"), Names{});
  EXPECT_EQ(found("software:openssl<3.0.15", before), Names{"web01"});
  EXPECT_EQ(found("software:bash", before), (Names{"pc01", "web01"}));
  EXPECT_EQ(found("software:bash", clock.now()), Names{"pc01"});
}
TEST_F(PastSearch, WhatWasInstalledLaterWasNotThereThen) {
  report_web01({package("bash", "5.2.15-2"), package("nginx", "1.22")});
  EXPECT_EQ(found("software:nginx", before), Names{});
  EXPECT_EQ(found("-software:nginx", before), (Names{"db01", "pc01", "web01"}));
  EXPECT_EQ(found("software:nginx", clock.now()), Names{"web01"});
}
TEST_F(PastSearch, PortsAndComponentsAreThoseOfThen) {
  report_web01({socket(8443), disk("WDC Blue")});
  EXPECT_EQ(found("port:443", before), Names{"web01"});
  EXPECT_EQ(found("port:443", clock.now()), Names{});
  EXPECT_EQ(found("disk.model~Samsung", before), Names{"web01"});
  EXPECT_EQ(found("disk.model~WDC", before), Names{"db01"});
  EXPECT_EQ(found("missing:disk", before), Names{"pc01"});
}
TEST_F(PastSearch, IdentifiersAreThoseOfThen) {
  report_web01({}, {{"serial_number", "CZJ91200F7"},
                    {"ip_addresses", inventory::TextList{"10.30.0.1"}},
                    {"mac_addresses", inventory::TextList{"00:1b:21:aa:bb:ee"}}});
  EXPECT_EQ(found("ip:10.20.0.0/16"), Names{});
  EXPECT_EQ(found("ip:10.20.0.0/16", before), Names{"web01"});
  EXPECT_EQ(found("ip:10.30.0.1", before), Names{});
  EXPECT_EQ(found("mac:001b.21aa.bbcc", before), Names{"web01"});
  EXPECT_EQ(found("mac:00-1b-21-aa-bb-ee", before), Names{});
  EXPECT_EQ(found("serial~91200", before), (Names{"db01", "web01"}));
  EXPECT_EQ(found("\"10.20.0.7\"", before), Names{"web01"});
}
TEST_F(PastSearch, RelationsAreThoseOfThenByTheNamesOfThen) {
  clock.advance(60'000);
  ASSERT_TRUE(relate(tx, {catalog, clock, "ana"}, {"depends_on", web01, db01}));
  const auto related = clock.now();
  auto state = *state_of(tx, db01);
  state.name = "db02";
  change(db01, state);
  EXPECT_EQ(found("depends_on:CZJ91200G8"), Names{"web01"});
  EXPECT_EQ(found("depends_on:db01", related), Names{"web01"});
  EXPECT_EQ(found("depends_on:db02", related), Names{});
  EXPECT_EQ(found("depends_on:CZJ91200G8", related), Names{"web01"});
  EXPECT_EQ(found("has:depends_on", before), Names{});
  EXPECT_EQ(found("has:depends_on", related), Names{"web01"});
}
TEST_F(PastSearch, OriginsAreThoseThatHadNamedTheItemByThen) {
  take(scan_report({section("snmp", attributes({{"serial_number", "CZJ91200G8"}}))}, "server", "db01"));
  EXPECT_EQ(found("origin:scanner", before), Names{});
  EXPECT_EQ(found("origin:scanner", clock.now()), Names{"db01"});
  EXPECT_EQ(found("origin:agent", before), (Names{"db01", "pc01", "web01"}));
}
TEST_F(PastSearch, WhatWasMergedLaterIsFoundByItself) {
  clock.advance(60'000);
  ASSERT_TRUE(merge_item(tx, catalog, clock, {web01, pc01}, {"ana", "one machine", clock.now()}));
  EXPECT_EQ(found("port:443"), Names{"pc01"});
  EXPECT_EQ(found("port:443", before), Names{"web01"});
  EXPECT_EQ(found("port:443", clock.now()), Names{"pc01"});
}
TEST_F(PastSearch, OperationalValuesAreRefused) {
  EXPECT_EQ(
      why_refused("name:web01 seen<7d"),
      "q:12 \"seen<7d\": when items were last seen is written over by each report; leave it out or leave "
      "out \"at\"");
  EXPECT_NE(why_refused("boot_id:x").find("an operational value has no past"), std::string::npos);
  EXPECT_NE(why_refused("has:process").find("process has no past"), std::string::npos);
  EXPECT_NE(why_refused("file_system.free_bytes>1").find("an operational value"), std::string::npos);
}
TEST_F(PastSearch, FieldsGiveNoOperationalValueOfNow) {
  fields = {"boot_id", "os_version"};
  report_web01({}, {{"serial_number", "CZJ91200F7"}, {"boot_id", "b-2"}, {"os_version", "12"}});
  const auto row = try_search("name:web01", {}, clock.now())->page.rows.at(0);
  EXPECT_EQ(row.attributes.text("os_version"), "12");
  EXPECT_EQ(row.attributes.find("boot_id"), nullptr);
}

}  // namespace
}  // namespace censo::cmdb
