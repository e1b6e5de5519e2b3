// Addresses that routers share (VRRP, HSRP, GLBP): they find whoever answers, but are nobody and name nobody.
#include "tests/cmdb/identification_fixture.h"

namespace censo::cmdb {
namespace {

class SharedAddress : public IdentificationCase {
 protected:
  static constexpr const char* virtual_ip = "10.0.0.254";
  static constexpr const char* vrrp_mac = "00:00:5e:00:01:0a";
  // As a scan of `asked` finds it: with the shared address and MAC among its own while it is active.
  inventory::Report router(const std::string& name, const std::string& mac, const std::string& asked,
                           bool active) const {
    inventory::TextList macs{mac}, addresses{name == "r1" ? "10.0.0.252" : "10.0.0.253"};
    if (active) macs.emplace_back(vrrp_mac);
    if (active) addresses.emplace_back(virtual_ip);
    return of_scan({{"management_address", asked}, {"mac_addresses", macs}, {"ip_addresses", addresses}},
                   name, "router");
  }
  CiId r1(const std::string& asked, bool active) {
    return take(router("r1", "00:1b:21:00:00:01", asked, active)).ci;
  }
  CiId r2(const std::string& asked, bool active) {
    return take(router("r2", "00:1b:21:00:00:02", asked, active)).ci;
  }
};

TEST_F(SharedAddress, ItIsTheRouterThatAnswersAndNoDeviceOfItsOwn) {
  const CiId own = r1("10.0.0.252", true);
  EXPECT_TRUE(are_one(own, r1(virtual_ip, true)));
  EXPECT_EQ(count("ci"), 1);
}

TEST_F(SharedAddress, WhoTakesItOverIsNotTheOneThatHadIt) {
  const CiId first = r1(virtual_ip, true);
  const CiId second = r2(virtual_ip, true);
  EXPECT_FALSE(are_one(first, second));
  EXPECT_TRUE(are_one(second, r2("10.0.0.253", false)));
  EXPECT_TRUE(are_one(first, r1("10.0.0.252", false)));
  EXPECT_EQ(count("ci"), 2);
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(SharedAddress, ASharedMacAloneIsNoDevice) {
  const auto outcome = take(of_scan({{"base_mac", std::string(vrrp_mac)}}, ""));
  EXPECT_FALSE(outcome.ci);
  EXPECT_EQ(count("ci"), 0);
  EXPECT_EQ(count("unidentified_report"), 1);
}

}  // namespace
}  // namespace censo::cmdb
