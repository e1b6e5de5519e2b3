#include "cmdb/ip_network.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using inventory::Report;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;
using Found = std::vector<std::string>;

class DerivedSection : public IngestTest {
 protected:
  std::vector<std::string> relations(const std::string& type) {
    std::vector<std::string> found;
    for (const store::Row& row : tx.query("select f.name, t.name from relationship r join ci f on f.id = "
                                          "r.from_ci join ci t on t.id = r.to_ci"
                                          " where r.type = $1 and r.ended_at is null order by f.name, t.name",
                                          type)) {
      found.push_back(row.text(0) + " -> " + row.text(1));
    }
    return found;
  }
  Report machine(const std::string& agent, const std::string& class_name, inventory::Attributes values,
                 std::vector<inventory::Item> items = {}) {
    auto report =
        agent_report(agent, ++sequence, {section("hardware", std::move(values), std::move(items))}, agent);
    report.subject_class = class_name;
    return report;
  }
  Report workstation(const std::string& user, const std::string& from = "") {
    return machine("pc01", "workstation", attributes({{"serial_number", "PC-1"}}),
                   {item("user_session", attributes({{"user", user},
                                                     {"line", "tty" + std::to_string(++sessions)},
                                                     {"remote_host", from}}))});
  }
  static inventory::Item monitor() {
    return item("monitor", attributes({{"manufacturer", "DEL"}, {"serial_number", "M-77"}, {"model", "U27"}}),
                "monitor");
  }

  std::uint64_t sequence = 0;
  int sessions = 0;
};

constexpr const char* guest_uuid = "00112233-4455-6677-8899-aabbccddeeff";
constexpr const char* guest_uuid_otherwise = "33221100-5544-7766-8899-aabbccddeeff";

inventory::Item guest(const std::string& uuid) {
  return item("virtual_machine", attributes({{"host_name", "vm01"}, {"smbios_uuid", uuid}}), "vm");
}

TEST_F(DerivedSection, AGuestThatTheHostNamesIsHostedOnIt) {
  take(machine("vm01", "virtual_machine", attributes({{"smbios_uuid", guest_uuid}})));
  take(machine("hv01", "server", attributes({{"serial_number", "HV-1"}}), {guest(guest_uuid)}));
  EXPECT_EQ(relations("hosted_on"), Found{"vm01 -> hv01"});
}

TEST_F(DerivedSection, TheUuidOfTheGuestMayHaveTheOtherByteOrder) {
  take(machine("hv01", "server", attributes({{"serial_number", "HV-1"}}), {guest(guest_uuid_otherwise)}));
  take(machine("vm01", "virtual_machine", attributes({{"smbios_uuid", guest_uuid}})));
  EXPECT_EQ(relations("hosted_on"), Found{"vm01 -> hv01"});
  EXPECT_EQ(tx.query_one("select count(*) from ci where class = 'virtual_machine'")->integer(0), 1);
}

TEST_F(DerivedSection, AGuestThatMovedIsHostedOnTheNewHostOnly) {
  take(machine("hv01", "server", attributes({{"serial_number", "HV-1"}}), {guest(guest_uuid)}));
  take(machine("hv02", "server", attributes({{"serial_number", "HV-2"}}), {guest(guest_uuid)}));
  EXPECT_EQ(relations("hosted_on"), Found{"vm01 -> hv02"});
}

TEST_F(DerivedSection, AContainerIsHostedOnTheMachineWithItsKernel) {
  take(machine("host01", "server", attributes({{"serial_number", "H-1"}, {"boot_id", "b-1"}})));
  take(machine("box01", "container", attributes({{"machine_id", "m-1"}, {"boot_id", "b-1"}})));
  EXPECT_EQ(relations("hosted_on"), Found{"box01 -> host01"});
}

TEST_F(DerivedSection, AContainerWithAnotherKernelIsHostedElsewhere) {
  take(machine("host01", "server", attributes({{"serial_number", "H-1"}, {"boot_id", "b-1"}})));
  take(machine("box01", "container", attributes({{"machine_id", "m-1"}, {"boot_id", "b-2"}})));
  EXPECT_EQ(relations("hosted_on"), Found());
}

TEST_F(DerivedSection, AMonitorIsAttachedToTheWorkstationThatSeesIt) {
  take(machine("pc01", "workstation", attributes({{"serial_number", "PC-1"}}), {monitor()}));
  EXPECT_EQ(relations("attached_to").size(), 1u);
}

TEST_F(DerivedSection, AMonitorThatMovedIsAttachedOnce) {
  take(machine("pc01", "workstation", attributes({{"serial_number", "PC-1"}}), {monitor()}));
  take(machine("pc02", "workstation", attributes({{"serial_number", "PC-2"}}), {monitor()}));
  EXPECT_EQ(relations("attached_to"), Found{"M-77 -> pc02"});
}

TEST_F(DerivedSection, WhoLogsInAtAWorkstationTwiceUsesIt) {
  take(workstation("ana"));
  EXPECT_EQ(relations("used_by"), Found());
  take(workstation("ana"));
  EXPECT_EQ(relations("used_by"), Found{"pc01 -> ana"});
}

TEST_F(DerivedSection, RootAndThoseWhoComeByNetworkDoNotUseIt) {
  take(workstation("root"));
  take(workstation("root"));
  take(workstation("ben", "10.0.0.1"));
  take(workstation("ben", "10.0.0.1"));
  EXPECT_EQ(relations("used_by"), Found());
}

TEST_F(DerivedSection, ThePrimaryUserIsTheOneOfMostDays) {
  take(workstation("ana"));
  take(workstation("ben"));
  take(workstation("ana"));
  take(workstation("ben"));
  clock.advance(day_ms);
  take(workstation("ben"));
  const auto row = tx.query_one(
      "select c.name from relationship r join ci c on c.id = r.to_ci where r.type = 'used_by'"
      " and cast(r.evidence as text) like '%true%'");
  EXPECT_EQ(row->text(0), "ben");
}

TEST_F(DerivedSection, WhoHasNotBeenThereForThreeMonthsUsesItNoMore) {
  take(workstation("ana"));
  take(workstation("ana"));
  clock.advance(91 * day_ms);
  take(workstation("ben"));
  EXPECT_EQ(relations("used_by"), Found());
}

TEST_F(DerivedSection, ItsNameIsTheCollectorsOwn) {
  auto report = machine("pc01", "workstation", {});
  report.sections[0].name = "derived";
  const auto receipt = try_ingest(report);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().where, "/sections/0/name");
}

TEST(IpNetwork, IsTheAddressWithoutItsHostBits) {
  EXPECT_EQ(network_of("192.0.2.77/26"), "192.0.2.64/26");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6/64"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("::ffff:192.0.2.77/24"), "192.0.2.0/24");
}

TEST(IpNetwork, IsNothingForAddressesThatReachNoFurther) {
  EXPECT_FALSE(network_of("127.0.0.1/8"));
  EXPECT_FALSE(network_of("169.254.3.4/16"));
  EXPECT_FALSE(network_of("fe80::1/64"));
  EXPECT_FALSE(network_of("10.0.0.1/32"));
  EXPECT_FALSE(network_of("10.0.0.1/0"));
  EXPECT_FALSE(network_of("10.0.0.1"));
  EXPECT_FALSE(network_of("somewhere/24"));
}

TEST(IpNetwork, ScopesTellHowFarAnAddressReaches) {
  EXPECT_EQ(scope_of("::1"), AddressScope::host);
  EXPECT_EQ(scope_of("172.17.0.2"), AddressScope::link);
  EXPECT_EQ(scope_of("172.31.0.2"), AddressScope::site);
  EXPECT_EQ(scope_of("fd00::1"), AddressScope::site);
  EXPECT_EQ(scope_of("192.0.2.1"), AddressScope::global);
  EXPECT_EQ(scope_of("224.0.0.1"), AddressScope::unknown);
  EXPECT_EQ(scope_of("::"), AddressScope::unknown);
}

}  // namespace
}  // namespace censo::cmdb
