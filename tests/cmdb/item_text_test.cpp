// Reports whose long lists stay text are taken in as if they were items.
#include "cmdb/exact_time.h"
#include "cmdb/row_memory.h"
#include "cmdb/stored_json.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

inventory::Item installed(const std::string& name, const std::string& version, const std::string& at) {
  auto made = package(name, version);
  made.attributes.set("installed_at", at);
  return made;
}

class ItemTexts : public IngestTest {
 protected:
  using Components = std::vector<std::pair<std::string, inventory::Attributes>>;

  // As items or, where the class allows it, as texts.
  CiId take_as(bool texts, const std::string& agent, std::uint64_t sequence, inventory::Section packages) {
    auto report = agent_report(
        agent, sequence,
        {section("hardware", attributes({{"serial_number", "SN-" + agent + "-77"}})), std::move(packages)},
        agent);
    auto read = inventory::read_report(inventory::to_json(report), [&](std::string_view class_name) {
      return texts && stays_text(catalog, class_name);
    });
    EXPECT_EQ(read->texts.item_texts.empty(), !texts);
    clock.advance(60'000);
    const auto receipt = ingest(tx, {catalog, clock, &memory}, *read, clock.now());
    for (const auto& step : tx.take_after_commit()) step();
    if (!receipt) ADD_FAILURE() << base::to_string(receipt.error());
    return receipt ? receipt->ci : CiId();
  }

  Components components(CiId ci) {
    Components found;
    for (const Component& one : components_of(tx, ci)) found.emplace_back(one.class_name, one.attributes);
    std::ranges::sort(found, {}, [](const auto& one) { return one.first + to_json(one.second); });
    return found;
  }

  RowMemory memory;
};

const std::vector<inventory::Item> two_packages{installed("bash", "5.2", "2026-01-01T10:00:00.250Z"),
                                                installed("zlib \"1\"", "1.3", "2026-01-01")};

TEST_F(ItemTexts, AreStoredAsItemsAre) {
  const CiId items = take_as(false, "a", 1, section("dpkg", {}, two_packages));
  const CiId texts = take_as(true, "b", 1, section("dpkg", {}, two_packages));
  EXPECT_EQ(components(items).size(), 2u);
  EXPECT_EQ(components(texts), components(items));
  EXPECT_EQ(count("component_row"), 2);
}

TEST_F(ItemTexts, OfKnownRowsAreStoredAsItemsAre) {
  const auto packages = section(
      "dpkg", {},
      {installed("bash", "5.2", "2026-03-01T10:00:00.250Z"),
       installed("curl", "8.0", "2026-03-01T10:00:01.000Z"), installed("zlib \"1\"", "1.3", "2026-03-01")});
  take_as(true, "a", 1, section("dpkg", {}, two_packages));
  take_as(true, "b", 1, packages);
  EXPECT_EQ(memory.size(), 3u);
  EXPECT_EQ(components(take_as(true, "c", 1, packages)), components(take_as(false, "d", 1, packages)));
  EXPECT_EQ(count("component_row"), 3);
}

TEST_F(ItemTexts, AFaultAmongKnownRowsHasItsPlace) {
  take_as(true, "a", 1, section("dpkg", {}, two_packages));
  auto report = agent_report(
      "b", 1, {section("dpkg", {}, {two_packages[0], installed("zlib \"1\"", "1.3", "yesterday")})});
  inventory::seal(report);
  const auto read = inventory::read_report(inventory::to_json(report), [](std::string_view) { return true; });
  ASSERT_TRUE(read);
  ASSERT_FALSE(read->texts.item_texts.empty());
  const auto receipt = ingest(tx, {catalog, clock, &memory}, *read, clock.now());
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().where, "/sections/0/items/1/attributes/installed_at");
}

TEST_F(ItemTexts, OfTransientClassesComeBackWhole) {
  const auto processes =
      section("processes", {}, {item("process", attributes({{"pid", std::int64_t{7}}, {"name", "init"}}))});
  EXPECT_EQ(components(take_as(true, "a", 1, processes)), components(take_as(false, "b", 1, processes)));
}

TEST_F(ItemTexts, ChangesAreTold) {
  const CiId ci = take_as(true, "a", 1, section("dpkg", {}, two_packages));
  take_as(true, "a", 2,
          section("dpkg", {}, {installed("bash", "5.3", "2026-02-01T10:00:00.250Z"), two_packages[1]}));
  const auto changes = history(ci, "component_changed");
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].new_value, "version: 5.3");
}

TEST_F(ItemTexts, OfAnIncompleteSectionDeleteNothing) {
  const CiId ci = take_as(true, "a", 1, section("dpkg", {}, two_packages));
  auto part = section("dpkg", {}, {installed("curl", "8.0", "2026-03-01T00:00:00.000Z")});
  part.complete = false;
  take_as(true, "a", 2, part);
  const auto found = components(ci);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].second.text("installed_at"), "2026-01-01");
  EXPECT_EQ(found[1].second.text("installed_at"), "2026-01-01T10:00:00.250Z");
}

TEST_F(ItemTexts, AFaultHasItsPlace) {
  auto report = agent_report("a", 1, {section("dpkg", {}, {installed("bash", "5.2", "yesterday")})});
  const auto receipt = try_ingest(report);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, base::Errc::malformed);
  EXPECT_EQ(receipt.error().where, "/sections/0/items/0/attributes/installed_at");
}

TEST_F(ItemTexts, ClassesThatRulesLookIntoAreItems) {
  EXPECT_TRUE(stays_text(catalog, "software_package"));
  EXPECT_FALSE(stays_text(catalog, "listening_socket"));
  EXPECT_FALSE(stays_text(catalog, "disk"));
  EXPECT_FALSE(stays_text(catalog, "server"));
  EXPECT_FALSE(stays_text(catalog, "no_such_class"));
}

TEST(ExactTime, IsOnlyWhatIsWrittenAgainAsTheSameText) {
  ExactTimes times;
  EXPECT_EQ(times.time_of("\"1970-01-01T00:00:01.007Z\""), 1007);
  EXPECT_FALSE(times.time_of("\"1970-01-01T00:00:01Z\""));
  EXPECT_FALSE(times.time_of("\"1970-01-01T24:00:01.000Z\""));
  EXPECT_FALSE(times.time_of("\"1970-02-30T00:00:01.000Z\""));
  EXPECT_FALSE(times.time_of("\"1970-01-01T00:00:60.000Z\""));
  EXPECT_FALSE(times.time_of("12"));
}

}  // namespace
}  // namespace censo::cmdb
