// What a device tells of who is where in the network, besides its neighbours: aggregates, spanning tree,
// addresses, and the forwarding tables that some have once a VLAN.
#include "collector/scanner/recorded_session.h"
#include "hostile_device.h"
#include "report_lines.h"
#include "scan_run.h"
#include "snmp_daemon.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace censo::scanner {
namespace {

using Arcs = std::vector<std::uint32_t>;

// Ports Gi1 (bridge port 11), Gi2 (12) and the aggregate Po1 (13).
const std::string ports = R"(1.3.6.1.2.1.1.3.0|67|360000
1.3.6.1.2.1.1.5.0|4|access-1
1.3.6.1.2.1.2.2.1.2.1|4|Gi1
1.3.6.1.2.1.2.2.1.2.2|4|Gi2
1.3.6.1.2.1.2.2.1.2.3|4|Po1
1.3.6.1.2.1.2.2.1.3.1|2|6
1.3.6.1.2.1.2.2.1.3.2|2|6
1.3.6.1.2.1.2.2.1.3.3|2|161
1.3.6.1.2.1.17.1.1.0|4x|02000000aa01
1.3.6.1.2.1.17.1.2.0|2|3
1.3.6.1.2.1.17.1.4.1.2.11|2|1
1.3.6.1.2.1.17.1.4.1.2.12|2|2
1.3.6.1.2.1.17.1.4.1.2.13|2|3
)";

TEST(Aggregates, AMemberNamesItsAggregate) {
  const auto report =
      report_of(ports + "1.2.840.10006.300.43.1.2.1.1.13.1|2|3\n1.2.840.10006.300.43.1.2.1.1.13.2|2|0\n");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "aggregate"}), (Lines{"Gi1 Po1", "Gi2 ", "Po1 "}));
}

TEST(Aggregates, WithoutTheirMibTheStackOfInterfacesTells) {
  const auto report = report_of(ports +
                                "1.3.6.1.2.1.31.1.2.1.3.0.3|2|1\n1.3.6.1.2.1.31.1.2.1.3.3.1|2|1\n"
                                "1.3.6.1.2.1.31.1.2.1.3.3.2|2|1\n");
  EXPECT_EQ(lines_of(report, "interfaces", {"name", "aggregate"}), (Lines{"Gi1 Po1", "Gi2 Po1", "Po1 "}));
}

TEST(SpanningTree, TellsWhoIsNearerToTheRoot) {
  const auto report = report_of(ports + R"(1.3.6.1.2.1.17.2.15.1.3.11|2|5
1.3.6.1.2.1.17.2.15.1.3.12|2|2
1.3.6.1.2.1.17.2.15.1.3.13|2|1
1.3.6.1.2.1.17.2.15.1.8.11|4x|800002000000aa01
1.3.6.1.2.1.17.2.15.1.8.12|4x|100a02000000bb01
1.3.6.1.2.1.17.2.15.1.8.13|4x|800002000000cc01
1.3.6.1.2.1.17.2.15.1.9.11|4x|800b
1.3.6.1.2.1.17.2.15.1.9.12|4x|8203
1.3.6.1.2.1.17.2.15.1.9.13|4x|8001
)");
  EXPECT_EQ(lines_of(report, "spanning_tree",
                     {"port", "number", "designated", "designated_bridge", "designated_port"}),
            (Lines{"Gi1 11 yes 02:00:00:00:aa:01 11", "Gi2 12 no 02:00:00:00:bb:01 515"}));
}

TEST(AddressPairs, AreThoseOfOthersThatAreValid) {
  const auto report = report_of(ports + R"(1.3.6.1.2.1.4.35.1.4.1.1.4.10.0.0.1|4x|001b21000001
1.3.6.1.2.1.4.35.1.4.1.1.4.10.0.0.2|4x|001b21000002
1.3.6.1.2.1.4.35.1.4.1.1.4.10.0.0.9|4x|001b21000009
1.3.6.1.2.1.4.35.1.4.2.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.5|4x|001b21000005
1.3.6.1.2.1.4.35.1.4.2.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.5|4x|001b21000005
1.3.6.1.2.1.4.35.1.4.1.1.4.224.0.0.1|4x|01005e000001
1.3.6.1.2.1.4.35.1.6.1.1.4.10.0.0.1|2|3
1.3.6.1.2.1.4.35.1.6.1.1.4.10.0.0.2|2|2
1.3.6.1.2.1.4.35.1.6.1.1.4.10.0.0.9|2|5
1.3.6.1.2.1.4.35.1.6.2.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.5|2|3
)");
  EXPECT_EQ(lines_of(report, "address_pairs", {"address", "mac_address", "port"}),
            (Lines{"10.0.0.1 00:1b:21:00:00:01 Gi1", "2001:db8::5 00:1b:21:00:00:05 Gi2"}));
}

TEST(AddressPairs, OfOldDevicesAreInTheOldTable) {
  const auto report = report_of(ports +
                                "1.3.6.1.2.1.4.22.1.2.2.10.0.0.1|4x|001b21000001\n"
                                "1.3.6.1.2.1.4.22.1.4.2.10.0.0.1|2|3\n"
                                "1.3.6.1.2.1.4.22.1.2.2.10.0.0.2|4x|001b21000002\n"
                                "1.3.6.1.2.1.4.22.1.4.2.10.0.0.2|2|2\n");
  EXPECT_EQ(lines_of(report, "address_pairs", {"address", "mac_address", "port"}),
            Lines{"10.0.0.1 00:1b:21:00:00:01 Gi2"});
}

const std::string vtp_vlans = R"(1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.716
1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.1|2|1
1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.10|2|1
1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.20|2|2
1.3.6.1.4.1.9.9.46.1.3.1.1.2.1.1002|2|1
1.3.6.1.4.1.9.9.46.1.3.1.1.3.1.1|2|1
1.3.6.1.4.1.9.9.46.1.3.1.1.3.1.10|2|1
1.3.6.1.4.1.9.9.46.1.3.1.1.3.1.20|2|1
1.3.6.1.4.1.9.9.46.1.3.1.1.3.1.1002|2|2
)";
// Bridge port 14 is ifIndex 2.
const std::string of_vlan_10 = R"(1.3.6.1.2.1.17.1.2.0|2|1
1.3.6.1.2.1.17.1.4.1.2.14|2|2
1.3.6.1.2.1.17.4.3.1.2.0.27.33.0.0.10|2|14
1.3.6.1.2.1.17.4.3.1.3.0.27.33.0.0.10|2|3
)";

TEST(ForwardingByVlan, IsReadWhereACiscoHasNoTableOfAllVlans) {
  RecordedSession session(*parse_snmprec(ports + vtp_vlans));
  session.record_vlan(10, *parse_snmprec(of_vlan_10));
  session.record_vlan(20, *parse_snmprec(of_vlan_10));
  const auto report = report_of(session);
  EXPECT_EQ(lines_of(report, "forwarding", {"port", "mac_address", "vlan"}),
            Lines{"Gi2 00:1b:21:00:00:0a 10"});
}

TEST(ForwardingByVlan, IsNotAskedOfOthers) {
  auto other = vtp_vlans;
  other.replace(other.find("1.4.1.9.1.716"), 13, "1.4.1.8.1.716");
  RecordedSession session(*parse_snmprec(ports + other));
  session.record_vlan(10, *parse_snmprec(of_vlan_10));
  EXPECT_EQ(lines_of(report_of(session), "forwarding", {"port"}), Lines{});
}

// A device that answers each community from variables of its own, one variable at a time.
using Variables = std::map<Arcs, std::string>;
std::vector<std::string> answer_from(const std::map<std::string, Variables>& views,
                                     const ReceivedRequest& request) {
  const auto view = views.find(request.community);
  if (view == views.end()) return {};
  std::string variables;
  for (const auto& oid : request.oids) {
    const auto found = request.is_get() ? view->second.find(oid) : view->second.upper_bound(oid);
    const bool there = found != view->second.end();
    variables += there ? variable(found->first, found->second)
                       : variable(oid, tlv(request.is_get() ? 0x80 : 0x82, ""));
  }
  return {answer_to(request, variables)};
}

class CiscoSwitch : public testing::Test {
 protected:
  CiscoSwitch() {
    views_["public"] = {{{1, 3, 6, 1, 2, 1, 1, 2, 0}, tlv(0x06, oid_octets({1, 3, 6, 1, 4, 1, 9, 1, 716}))},
                        {{1, 3, 6, 1, 2, 1, 1, 3, 0}, tlv(0x43, "\x12\x34")},
                        {{1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 2}, tlv(0x04, "Gi2")}};
    for (const std::uint32_t vlan : {1u, 10u, 20u, 30u})
      views_["public"][{1, 3, 6, 1, 4, 1, 9, 9, 46, 1, 3, 1, 1, 2, 1, vlan}] = integer_tlv(1);
    views_["public@10"] = {{{1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2, 14}, integer_tlv(2)},
                           {{1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2, 0, 27, 33, 0, 0, 10}, integer_tlv(14)},
                           {{1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 3, 0, 27, 33, 0, 0, 10}, integer_tlv(3)}};
  }
  inventory::Report scan() {
    const auto port = free_port();
    const HostileDevice device("127.0.0.1", port, [this](const ReceivedRequest& request) {
      ++asked_[request.community];
      return answer_from(views_, request);
    });
    ScanJob job;
    job.id = "job-1";
    job.ranges = {"127.0.0.1"};
    job.port = port;
    job.credentials = {community()};
    job.limits.request_ms = 100;
    job.limits.retries = 1;
    auto result = scanned(job).at("127.0.0.1");
    EXPECT_EQ(result.verdict, Verdict::ok) << result.detail;
    return result.report ? std::move(*result.report) : inventory::Report{};
  }

  std::map<std::string, Variables> views_;
  std::map<std::string, int> asked_;
};

TEST_F(CiscoSwitch, IsAskedForEachVlanByItsCommunity) {
  views_["public@1"] = views_["public@20"] =
      views_["public@30"] = {{{1, 3, 6, 1, 2, 1, 17, 1, 2, 0}, integer_tlv(0)}};
  const auto report = scan();
  EXPECT_EQ(lines_of(report, "forwarding", {"port", "mac_address", "vlan"}),
            Lines{"Gi2 00:1b:21:00:00:0a 10"});
  EXPECT_TRUE(section_of(report, "forwarding").complete);
}

TEST_F(CiscoSwitch, TwoSilentVlansEndTheAskingAndNotTheDevice) {
  const auto report = scan();
  EXPECT_FALSE(section_of(report, "forwarding").complete);
  EXPECT_TRUE(section_of(report, "address_pairs").complete);
  EXPECT_EQ(asked_["public@1"], 2);
  EXPECT_EQ(asked_["public@20"], 2);
  EXPECT_EQ(asked_["public@30"], 0);
}

}  // namespace
}  // namespace censo::scanner
