#include "inventory/item_text.h"
#include "inventory/report_codec.h"
#include "tests/inventory/sample_report.h"

#include <gtest/gtest.h>

namespace censo::inventory {
namespace {

bool is_package(std::string_view class_name) {
  return class_name == "software_package";
}

Report with_packages() {
  Report report = sample_report();
  Section packages{"dpkg", true, "", {}, {}, {}};
  packages.attributes.set("package_count", std::int64_t{2});
  for (const char* name : {"openssl", "bash", "a \"quoted\" \\ name"}) {
    Item item{"software_package", "", "", {}};
    item.attributes.set("name", name);
    item.attributes.set("installed_bytes", std::int64_t{-12});
    item.attributes.set("essential", true);
    item.attributes.set("tags", TextList{"x]", "y\",\"z"});
    packages.items.push_back(std::move(item));
  }
  report.sections.push_back(std::move(packages));
  seal(report);
  return report;
}

ReceivedReport read(const Report& report) {
  auto read = read_report(to_json(report), is_package);
  if (!read) ADD_FAILURE() << base::to_string(read.error());
  return read ? *read : ReceivedReport{};
}

Report sealed_sample() {
  Report report = sample_report();
  seal(report);
  return report;
}

const ItemTexts& packages_of(const ReceivedReport& received) {
  static const ItemTexts none;
  const ItemTexts* texts = received.texts.of(received.report.sections.back());
  return texts ? *texts : none;
}

std::string replaced(std::string text, std::string_view part, std::string_view by) {
  const auto at = text.find(part);
  EXPECT_NE(at, text.npos) << part;
  return text.replace(at, part.size(), by);
}

TEST(ReadReport, LeavesAListOfPlainItemsAsText) {
  const auto received = read(with_packages());
  ASSERT_EQ(received.report.sections.size(), 3u);
  EXPECT_TRUE(received.report.sections[2].items.empty());
  ASSERT_EQ(packages_of(received).size(), 3u);
  EXPECT_EQ(packages_of(received)[1].class_name, "software_package");
  EXPECT_EQ(packages_of(received)[1].attributes,
            R"({"essential":true,"installed_bytes":-12,"name":"bash","tags":["x]","y\",\"z"]})");
}

TEST(ReadReport, LeavesNothingElse) {
  const Report report = read(with_packages()).report;
  EXPECT_EQ(report.sections[0].items.size(), 1u);
  EXPECT_EQ(report.sections[1].items.size(), 2u);
  EXPECT_EQ(report.sections[1].relationships.size(), 1u);
}

TEST(ReadReport, SaysTheSameAsParseReport) {
  const Report report = with_packages();
  EXPECT_EQ(to_json(read(report)), to_json(report));
  EXPECT_EQ(content_digest(read(report)), content_digest(report));
}

TEST(ReadReport, ATextIsTheItemThatItWas) {
  const Report expected = with_packages();
  const auto received = read(expected);
  const Item item = item_of(packages_of(received)[0]);
  EXPECT_EQ(item.class_name, "software_package");
  EXPECT_EQ(item.attributes, expected.sections[2].items[0].attributes);
}

TEST(ReadReport, MembersOfATextAreItsAttributes) {
  const auto received = read(with_packages());
  std::vector<AttributeText> attributes;
  attributes_of(packages_of(received)[0], attributes);
  ASSERT_EQ(attributes.size(), 4u);
  EXPECT_EQ(attributes[1].member, "\"installed_bytes\":-12");
  EXPECT_EQ(attributes[2].name, "name");
  EXPECT_EQ(attributes[2].value, R"("a \"quoted\" \\ name")");
  EXPECT_EQ(attributes[3].value, R"(["x]","y\",\"z"])");
}

TEST(ReadReport, ACopyOutlivesTheReport) {
  std::optional<ReceivedReport> received(read(with_packages()));
  const ReceivedReport copy = *received;
  received.reset();
  EXPECT_EQ(item_of(packages_of(copy)[1]).attributes.text("name"), "bash");
}

TEST(ReadReport, OtherClassesAreItems) {
  const auto report = read_report(to_json(with_packages()), [](std::string_view) { return false; });
  ASSERT_TRUE(report);
  EXPECT_EQ(report->report.sections[2].items.size(), 3u);
}

TEST(ReadReport, TextsThatAreNotCanonicalAreItems) {
  const auto json = replaced(to_json(with_packages()), "\"name\":\"bash\"", "\"name\":\"b\\u0061sh\"");
  const auto report = read_report(json, is_package);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->report.sections[2].items.size(), 3u);
}

TEST(ReadReport, AFaultInAListHasItsPlaceInTheReport) {
  const auto json = replaced(to_json(with_packages()), "\"name\":\"bash\"", "\"name\":null");
  const auto report = read_report(json, is_package);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().reason, "WRONG_TYPE");
  EXPECT_TRUE(report.error().where.starts_with("/sections/2/items/1/attributes/name, byte "))
      << report.error().where;
}

TEST(ReadReport, AWrongDigestIsRefused) {
  const auto json = replaced(to_json(with_packages()), "\"name\":\"bash\"", "\"name\":\"bush\"");
  const auto report = read_report(json, is_package);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().reason, "DIGEST_MISMATCH");
}

base::Result<ReceivedReport> believing(const std::string& json) {
  return read_report(json, is_package, DigestsOfTexts::believed);
}
std::string with_digest_of_packages(const std::string& digest) {
  const Report report = with_packages();
  return replaced(to_json(report), report.sections.back().digest, digest);
}

TEST(ReadReport, TheDigestOfAListMayBeBelieved) {
  const std::string digest(64, 'a');
  const auto report = believing(with_digest_of_packages(digest));
  ASSERT_TRUE(report) << base::to_string(report.error());
  EXPECT_EQ(report->report.sections.back().digest, digest);
}

TEST(ReadReport, OneDigestInSixteenIsCheckedEvenSo) {
  const auto report = believing(with_digest_of_packages("0" + std::string(63, 'a')));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().reason, "DIGEST_MISMATCH");
}

TEST(ReadReport, WhatIsNoDigestIsNotBelieved) {
  EXPECT_EQ(believing(with_digest_of_packages(std::string(64, 'A'))).error().reason, "DIGEST_MISMATCH");
  EXPECT_EQ(believing(with_digest_of_packages("abc")).error().reason, "DIGEST_MISMATCH");
}

TEST(ReadReport, DigestsOfSectionsThatAreNoListAreChecked) {
  const Report report = with_packages();
  const auto refused = believing(replaced(to_json(report), report.sections[0].digest, std::string(64, 'a')));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "DIGEST_MISMATCH");
}

TEST(ReadReport, AListWithoutADigestIsSealed) {
  const Report whole = with_packages();
  const auto report =
      believing(replaced(to_json(whole), ",\"digest\":\"" + whole.sections.back().digest + "\"", ""));
  ASSERT_TRUE(report) << base::to_string(report.error());
  EXPECT_EQ(report->report.sections.back().digest, whole.sections.back().digest);
}

TEST(ReadReport, AnItemThatLooksLikeAMarkIsAnItem) {
  Report report = with_packages();
  report.sections[0].items = {{"#0", "", "", {}}};
  report.sections[0].digest.clear();
  seal(report);
  EXPECT_EQ(read(report).report.sections[0].items.size(), 1u);
  EXPECT_EQ(read(report).report.sections[2].items.size(), 3u);
}

TEST(ReadReport, SectionsLeftOutAreOfItsContent) {
  const Report whole = with_packages();
  ReceivedReport part{whole, {}};
  part.texts.unchanged.push_back({"dpkg", whole.sections.back().digest});
  part.report.sections.pop_back();
  const auto again = read_report(to_json(part), is_package);
  ASSERT_TRUE(again) << base::to_string(again.error());
  EXPECT_EQ(again->report.sections.size(), 2u);
  ASSERT_EQ(again->texts.unchanged.size(), 1u);
  EXPECT_EQ(content_digest(*again), content_digest(whole));
}

TEST(ReadReport, OnlyAReceivedReportMayLeaveSectionsOut) {
  ReceivedReport part{sealed_sample(), {}};
  part.texts.unchanged.push_back({"dpkg", std::string(64, 'a')});
  EXPECT_TRUE(read_report(to_json(part), is_package));
  EXPECT_EQ(parse_report(to_json(part)).error().reason, "UNKNOWN_FIELD");
}

TEST(ReadReport, ASectionIsNotLeftOutAndThere) {
  ReceivedReport part{sealed_sample(), {}};
  part.texts.unchanged.push_back({"services", std::string(64, 'a')});
  EXPECT_EQ(read_report(to_json(part), is_package).error().reason, "BAD_VALUE");
}

TEST(ReadReport, WhatIsLeftOutHasADigest) {
  ReceivedReport part{sealed_sample(), {}};
  part.texts.unchanged.push_back({"dpkg", std::string(64, 'G')});
  const auto refused = read_report(to_json(part), is_package);
  EXPECT_EQ(refused.error().reason, "BAD_VALUE");
  EXPECT_TRUE(refused.error().where.starts_with("/unchanged/dpkg, byte ")) << refused.error().where;
}

}  // namespace
}  // namespace censo::inventory
