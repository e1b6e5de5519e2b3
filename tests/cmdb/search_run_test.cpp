#include "cmdb/search_run.h"

#include "tests/cmdb/search_fixture.h"

namespace censo::cmdb {
namespace {

using Search = SearchedFleet;
using Names = FoundNames;

TEST_F(Search, NothingAskedIsEverythingByName) {
  EXPECT_EQ(found(""), (Names{"db01", "pc01", "web01"}));
}
TEST_F(Search, ClassIncludesSubclasses) {
  EXPECT_EQ(found("class:computer_system").size(), 3U);
}
TEST_F(Search, EqualClassIsThatOneAlone) {
  EXPECT_EQ(found("class=computer_system"), Names{});
}
TEST_F(Search, OtherClasses) {
  EXPECT_EQ(found("class!=server"), Names{});
}
TEST_F(Search, FreeTextIsFoundInTheMiddleOfANameOrIdentifier) {
  EXPECT_EQ(found("eb0"), Names{"web01"});
  EXPECT_EQ(found("j91200"), (Names{"db01", "web01"}));
}
TEST_F(Search, ShortTextIsABeginning) {
  EXPECT_EQ(found("we"), Names{"web01"});
  EXPECT_EQ(found("b0"), Names{});
}
TEST_F(Search, AddressesInAnyForm) {
  EXPECT_EQ(found("001b.21aa.bbcc"), Names{"web01"});
  EXPECT_EQ(found("mac:00-1B-21-AA-BB-DD"), Names{"db01"});
  EXPECT_EQ(found("mac:001b21"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("ip:10.20.0.7"), Names{"web01"});
  EXPECT_EQ(found("ip:2001:0DB8:0::7"), Names{"web01"});
}
TEST_F(Search, NetworksHoldAddresses) {
  EXPECT_EQ(found("ip:10.20.0.0/15"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("ip:10.20.0.0/16"), Names{"web01"});
  EXPECT_EQ(found("ip:2001:db8::/32"), Names{"web01"});
  EXPECT_EQ(found("ip:10.20.*"), Names{"web01"});
  EXPECT_EQ(found("ip~20.0"), Names{"web01"});
}
TEST_F(Search, Serials) {
  EXPECT_EQ(found("serial:czj91200f7"), Names{"web01"});
  EXPECT_EQ(found("serial~1200"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("serial:CZJ*"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("serial~web"), Names{});
}
TEST_F(Search, NamesWholeBegunAndNegated) {
  EXPECT_EQ(found("name:web01"), Names{"web01"});
  EXPECT_EQ(found("name:web"), Names{});
  EXPECT_EQ(found("name:web*"), Names{"web01"});
  EXPECT_EQ(found("name!=web01"), (Names{"db01", "pc01"}));
}
TEST_F(Search, AliasOfTwoAttributesHasEveryWord) {
  EXPECT_EQ(found(R"(os~"Debian 12")"), Names{"web01"});
}
TEST_F(Search, NumbersHaveUnits) {
  EXPECT_EQ(found("memory>=32GiB"), Names{"db01"});
  EXPECT_EQ(found("memory_mib:16384"), Names{"web01"});
  EXPECT_EQ(found("memory:8GiB..16GiB"), Names{"web01"});
  EXPECT_EQ(found("memory<64GiB"), Names{"web01"});
}
TEST_F(Search, EnumerationAndCase) {
  EXPECT_EQ(found("environment:PRODUCTION"), Names{"web01"});
}
TEST_F(Search, ListsHoldValues) {
  EXPECT_EQ(found("ip_addresses:10.21.0.9"), Names{"db01"});
}
TEST_F(Search, TextsAreOrderedAsVersions) {
  EXPECT_EQ(found("os_version<12"), Names{"db01"});
}
TEST_F(Search, UnequalNeedsAValueAndMinusDoesNot) {
  EXPECT_EQ(found("os_version!=12"), Names{"db01"});
  EXPECT_EQ(found("-os_version:12"), (Names{"db01", "pc01"}));
}
TEST_F(Search, HasAndMissing) {
  EXPECT_EQ(found("has:os_name"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("missing:os"), Names{"pc01"});
  EXPECT_EQ(found("has:disk"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("missing:runs_on").size(), 3U);
}
TEST_F(Search, SoftwareByName) {
  EXPECT_EQ(found("software:openssl"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("software:open*"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("software~ash"), (Names{"pc01", "web01"}));
  EXPECT_EQ(found("-software:openssl"), Names{"pc01"});
}
TEST_F(Search, SoftwareByVersionAsItsManagerOrdersIt) {
  EXPECT_EQ(found("software:openssl<3.0.15"), Names{"web01"});
  EXPECT_EQ(found("software:openssl>=3.0.15-1~deb12u1"), Names{"db01"});
  EXPECT_EQ(found("software:openssl=3.0.14-1~deb12u2"), Names{"web01"});
}
TEST_F(Search, PortsAndProtocols) {
  EXPECT_EQ(found("port:443"), Names{"web01"});
  EXPECT_EQ(found("port:400..6000"), (Names{"db01", "web01"}));
  EXPECT_EQ(found("port:443/udp"), Names{});
}
TEST_F(Search, AttributesOfComponents) {
  EXPECT_EQ(found("disk.model~samsung"), Names{"web01"});
  EXPECT_EQ(found("disk.size_bytes>=1TiB"), (Names{"db01", "web01"}));
}
TEST_F(Search, SeenAndFirstSeen) {
  clock.advance(3 * 86'400'000);
  EXPECT_EQ(found("seen<1d"), Names{});
  EXPECT_EQ(found("seen<7d").size(), 3U);
  EXPECT_EQ(found("first_seen>2026-01-01 name:pc01"), Names{"pc01"});
  EXPECT_EQ(found("seen:..2026-01-01"), Names{});
}
TEST_F(Search, Origins) {
  EXPECT_EQ(found("origin:agent").size(), 3U);
  EXPECT_EQ(found("origin:scanner"), Names{});
}
TEST_F(Search, AndOrNotTogether) {
  EXPECT_EQ(found("(name:web* OR memory>32GiB) -os_version:12"), Names{"db01"});
}
TEST_F(Search, RetiredOnesAreFoundWhenAskedFor) {
  retire(pc01);
  EXPECT_EQ(found("name:pc*"), Names{});
  EXPECT_EQ(found("stage:retired"), Names{"pc01"});
}
TEST_F(Search, MergedItemIsFoundThroughTheOther) {
  auto state = *state_of(tx, db01);
  state.merged_into = web01;
  change(db01, state);
  EXPECT_EQ(found("serial:CZJ91200G8"), Names{"web01"});
  EXPECT_EQ(found("port:5432"), Names{"web01"});
  EXPECT_EQ(found("db01"), Names{"web01"});
  EXPECT_EQ(found("class:server"), (Names{"pc01", "web01"}));
}
TEST_F(Search, UnmergedItemIsFoundAgain) {
  auto state = *state_of(tx, db01);
  state.merged_into = web01;
  change(db01, state);
  EXPECT_EQ(found("port:5432"), Names{"web01"});
  state.merged_into = {};
  change(db01, state);
  EXPECT_EQ(found("port:5432"), Names{"db01"});
}
TEST_F(Search, NewItemsAreFoundAtOnce) {
  EXPECT_EQ(found("software:nginx"), Names{});
  host("web02", {}, {{package("nginx", "1.22.1")}});
  EXPECT_EQ(found("software:nginx"), Names{"web02"});
}
TEST_F(Search, UpgradedPackageIsNoLongerOld) {
  EXPECT_EQ(found("software:openssl<3.0.15"), Names{"web01"});
  take(report_of("web01", attributes({{"serial_number", "CZJ91200F7"}}),
                 {package("openssl", "3.0.15-1~deb12u1")}));
  EXPECT_EQ(found("software:openssl<3.0.15"), Names{});
  EXPECT_EQ(found("software:bash"), Names{"pc01"});
}
TEST_F(Search, NewAddressIsFoundAtOnce) {
  EXPECT_EQ(found("ip:10.99.0.1"), Names{});
  take(report_of("pc01", attributes({{"ip_addresses", inventory::TextList{"10.99.0.1"}}}), {}));
  EXPECT_EQ(found("ip:10.99.0.1"), Names{"pc01"});
  EXPECT_EQ(found("10.99.0"), Names{"pc01"});
}
TEST_F(Search, PagesFollowEachOther) {
  const auto first = try_search("class:server", {2, ""}).value();
  EXPECT_EQ(first.page.rows.size(), 2U);
  const auto second = try_search("class:server", {2, first.page.next}).value();
  ASSERT_EQ(second.page.rows.size(), 1U);
  EXPECT_EQ(second.page.rows[0].name, "web01");
  EXPECT_EQ(second.page.next, "");
}
TEST_F(Search, PageOfAFrequentText) {
  add_named(5'000, [](int i) { return (i % 2 == 0 ? "abc-" : "bcd-") + std::to_string(10'000 + i); });
  counts = false;
  const auto first = try_search("abc", {2, ""}).value();
  const auto second = try_search("abc", {2, first.page.next}).value();
  EXPECT_EQ(first.page.rows[0].name, "abc-10000");
  ASSERT_EQ(second.page.rows.size(), 2U);
  EXPECT_EQ(second.page.rows[1].name, "abc-10006");
}
TEST_F(Search, TextThatIsRareOfPartsThatAreFrequent) {
  add_named(5'000, [](int i) { return (i % 2 == 0 ? "abc-" : "bcd-") + std::to_string(10'000 + i); });
  add_named(1, [](int) { return std::string("z-abcd"); });
  EXPECT_EQ(found("abcd"), Names{"z-abcd"});
  EXPECT_EQ(found("abcd abc -class:printer"), Names{"z-abcd"});
  EXPECT_EQ(found("abcd bcd-10001"), Names{});
}
TEST_F(Search, ForeignCursorIsRefused) {
  EXPECT_EQ(try_search("", {2, "!"}).error().code, base::Errc::malformed);
}
TEST_F(Search, FacetsCountValues) {
  facets = {"class", "os"};
  const auto answer = try_search("").value();
  ASSERT_EQ(answer.facets.size(), 2U);
  EXPECT_EQ(answer.facets[0].values, (std::vector<std::pair<std::string, std::size_t>>{{"server", 3}}));
  EXPECT_EQ(answer.facets[1].values.size(), 3U);
}
TEST_F(Search, FieldsComeAlong) {
  fields = {"os", "memory_mib"};
  const auto row = try_search("name:web01")->page.rows.at(0);
  EXPECT_EQ(row.attributes.text("os"), "Debian GNU/Linux 12");
  EXPECT_EQ(*row.attributes.find("memory_mib"), inventory::Value(std::int64_t{16384}));
}
TEST_F(Search, ThePastIsAsItWas) {
  const auto before = clock.now();
  auto state = *state_of(tx, web01);
  state.name = "www01";
  state.attributes.set("os_version", "13");
  change(web01, state);
  EXPECT_EQ(found("os_version:12"), Names{});
  EXPECT_EQ(found("os_version:12", before), Names{"web01"});
  EXPECT_EQ(found("name:www01", before), Names{});
  EXPECT_EQ(found("name:www01", clock.now()), Names{"www01"});
}
TEST_F(Search, BeforeAnythingWasKnownNothingIsFound) {
  EXPECT_EQ(found("", clock.now() - 86'400'000), Names{});
}
TEST_F(Search, UnknownFieldSuggestsTheNearest) {
  EXPECT_EQ(refused("name:x sofware:openssl").where, "q:8");
  EXPECT_EQ(refused("sofware:openssl").message, "there is no field \"sofware\"; did you mean \"software\"?");
  EXPECT_EQ(refused("class:sever").message, "there is no class \"sever\"; did you mean \"server\"?");
  EXPECT_EQ(refused("disk.modell:x").message,
            "there is no attribute of disk \"modell\"; did you mean \"model\"?");
}
TEST_F(Search, WrongValuesAreRefused) {
  EXPECT_EQ(refused("memory>much").message, "expected a number in MiB, found \"much\"");
  EXPECT_EQ(refused("memory>3GHz").code, base::Errc::invalid_argument);
  EXPECT_EQ(refused("seen<soon").code, base::Errc::invalid_argument);
  EXPECT_EQ(refused("ip:10.0.0.0/33").code, base::Errc::invalid_argument);
  EXPECT_EQ(refused("mac:nonsense").code, base::Errc::invalid_argument);
  EXPECT_EQ(refused("environment:moon").code, base::Errc::invalid_argument);
  EXPECT_EQ(refused("name:a<3").code, base::Errc::invalid_argument);
  EXPECT_EQ(refused("port:http").code, base::Errc::invalid_argument);
}
TEST_F(Search, TooBroadASearchIsEnded) {
  const auto query = bound("has:os_name").value();
  SearchRequest request{query, {}};
  request.at_most = std::chrono::milliseconds(-1);
  request.at = clock.now();
  request.catalog = &catalog;
  const auto memory = index.follow(tx);
  EXPECT_EQ(run_query(tx, *memory, request).error().reason, "SEARCH_TOO_BROAD");
}

}  // namespace
}  // namespace censo::cmdb
