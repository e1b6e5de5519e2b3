#include "inventory/report_codec.h"

#include "tests/inventory/sample_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <limits>

namespace censo::inventory {
namespace {

constexpr std::string_view before_sections =
    R"({"format":"censo.report/1","origin":{"kind":"agent","id":"a"},"sequence":1,"taken_at":"2026-10-01",)"
    R"("subject":{"class":"server"},"sections":[)";

// A report whose only section has these members beside name and complete.
std::string with_section(std::string_view members) {
  return std::string(before_sections) + R"({"name":"s","complete":true)" + std::string(members) + "}]}";
}
std::string with_attribute(std::string_view value) {
  return with_section(R"(,"attributes":{"a":)" + std::string(value) + "}");
}
std::string repeated(std::string_view text, std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) result.append(i == 0 ? "" : ",").append(text);
  return result;
}
// "REASON where", or "accepted".
std::string verdict(std::string_view json, const ReportLimits& limits = {}) {
  const auto report = parse_report(json, limits);
  return report ? "accepted" : report.error().reason + " " + report.error().where;
}
Value attribute(std::string_view json_value) {
  const auto report = parse_report(with_attribute(json_value)).value();
  return *report.sections[0].attributes.find("a");
}

}  // namespace

TEST(ReportCodec, AReportReadBackGivesTheSameText) {
  const std::string json = to_json(sample_report());
  EXPECT_EQ(to_json(parse_report(json).value()), json);
}
TEST(ReportCodec, EveryFieldIsReadBack) {
  const Report read = parse_report(to_json(sample_report())).value();
  EXPECT_EQ(read.origin.id, "0f8fad5b-d9cb-469f-a165-70867728950e");
  EXPECT_EQ(read.origin.version, "0.1.0");
  EXPECT_EQ(read.sequence, 42u);
  EXPECT_EQ(read.boot_id, "6b1f0b6e-5d5c-4a43-9d53-0d4f7d6a7c11");
  EXPECT_EQ(read.taken_at, 1'790'856'000'007);
  EXPECT_EQ(read.subject_class, "server");
  EXPECT_EQ(read.subject_name, "web01");
  EXPECT_EQ(read.sections[0].attributes, sample_report().sections[0].attributes);
  EXPECT_TRUE(read.sections[0].complete);
  EXPECT_FALSE(read.sections[1].complete);
  EXPECT_EQ(read.problems[0].where, "/var/lib/dpkg/status");
}
TEST(ReportCodec, ItemsAreReadBack) {
  const Report read = parse_report(to_json(sample_report())).value();
  const auto& items = read.sections[1].items;
  const auto site = std::find_if(items.begin(), items.end(), [](const Item& i) { return i.ref == "site"; });
  ASSERT_NE(site, items.end());
  EXPECT_EQ(site->class_name, "generic_service");
  EXPECT_EQ(site->owner, "nginx");
  EXPECT_EQ(site->attributes.text("name"), "Größe \"1\" \\ \t\n€");
}
TEST(ReportCodec, RelationshipsAreReadBack) {
  const Report read = parse_report(to_json(sample_report())).value();
  const auto& relationship = read.sections[1].relationships.at(0);
  EXPECT_EQ(relationship.type + relationship.from + relationship.to, "runs_onnginxself");
  EXPECT_EQ(relationship.attributes.text("socket"), "0.0.0.0:443");
}
TEST(ReportCodec, TheKindOfOriginIsReadBack) {
  Report report = sample_report();
  report.origin.kind = OriginKind::import;
  EXPECT_EQ(parse_report(to_json(report))->origin.kind, OriginKind::import);
}
TEST(ReportCodec, WhatIsReadIsSealed) {
  EXPECT_EQ(parse_report(with_attribute("1"))->sections[0].digest.size(), 64u);
}
TEST(ReportCodec, PrettyTextIsTheSameReport) {
  EXPECT_EQ(to_json(parse_report(to_pretty_json(sample_report())).value()), to_json(sample_report()));
}
TEST(ReportCodec, PrettyTextIsIndented) {
  EXPECT_NE(to_pretty_json(sample_report()).find("\n  \"origin\": {\n    \"kind\": \"agent\","),
            std::string::npos);
}
TEST(ReportCodec, PrettyTextOfNoSectionsIsShort) {
  EXPECT_NE(to_pretty_json(Report{}).find("\"sections\": []\n}"), std::string::npos);
}
TEST(ReportCodec, TheSameFactsInAnotherOrderGiveTheSameBytes) {
  Report other = sample_report();
  std::reverse(other.sections[1].items.begin(), other.sections[1].items.end());
  EXPECT_EQ(to_json(other), to_json(sample_report()));
}

TEST(ReportCodec, WhatAHostSaysCannotSpoilItsReport) {
  Report report = sample_report();
  report.subject_name = "web\x1b[1m01\xff";
  report.sections[1].items.push_back({"container", "c\x01", "", {}});
  report.sections[1].relationships.push_back({"runs_on", "c\x01", "self", {}});
  report.sections[1].items.push_back({"container", std::string(2000, 'r'), "c\x01", {}});
  report.problems.push_back({"proc", "malformed", "found \"\r\0\"", "/run/\x02"});
  report.problems.push_back({"proc", "malformed", "x", std::string(1000, '\xff')});
  report.problems.push_back({"proc", "malformed", std::string(70'000, 'm'), "\x02"});
  EXPECT_EQ(verdict(to_json(report)), "accepted");
}

TEST(Numbers, TheLowestIntegerIsExact) {
  EXPECT_EQ(attribute("-9223372036854775808"), Value(std::numeric_limits<std::int64_t>::min()));
}
TEST(Numbers, TheHighestIntegerIsExact) {
  EXPECT_EQ(attribute("9223372036854775807"), Value(std::numeric_limits<std::int64_t>::max()));
}
TEST(Numbers, APointMakesAFloatingNumber) {
  EXPECT_EQ(attribute("2.0"), Value(2.0));
}
TEST(Numbers, AnExponentMakesAFloatingNumber) {
  EXPECT_EQ(attribute("2e3"), Value(2000.0));
}
TEST(Numbers, FloatingNumbersAreReadToTheLastBit) {
  EXPECT_EQ(attribute("0.1234567890123456789"), Value(0.1234567890123456789));
}
TEST(Numbers, FloatingNumbersSurviveARoundTrip) {
  Report report = sample_report();
  for (const double number : {1e22, 1.7976931348623157e308, 5e-324, -0.0, 0.1, 123456789.125}) {
    report.sections[0].attributes.set("n" + std::to_string(number), number);
  }
  EXPECT_EQ(parse_report(to_json(report))->sections[0].attributes, report.sections[0].attributes);
}
TEST(Texts, EscapesAreDecoded) {
  EXPECT_EQ(attribute(R"("\u00e9\ud83d\ude00\/\"\\x")"), Value("é😀/\"\\x"));
}

TEST(Limits, BytesOfTheBody) {
  const std::string json = with_attribute("1");
  ReportLimits limits;
  limits.max_bytes = json.size() - 1;
  const auto report = parse_report(json, limits);
  EXPECT_EQ(verdict(json, limits), "BODY_TOO_LARGE byte " + std::to_string(json.size() - 1));
  EXPECT_EQ(report.error().code, base::Errc::limit_exceeded);
}
TEST(Limits, DepthBeyondTheLimit) {
  EXPECT_EQ(verdict(std::string(17, '[')), "TOO_DEEP /0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0, byte 16");
}
TEST(Limits, AMillionLevelsAreRefusedAtTheLimit) {
  EXPECT_EQ(verdict(std::string(1'000'000, '[')), "TOO_DEEP /0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0, byte 16");
}
TEST(Limits, Nodes) {
  ReportLimits limits;
  limits.max_nodes = 10;
  EXPECT_EQ(verdict("[" + repeated("0", 10) + "]", limits), "TOO_MANY /9, byte 19");
}
TEST(Limits, Memory) {
  ReportLimits limits;
  limits.max_parse_bytes = 64 * 1024;
  EXPECT_EQ(verdict("[" + repeated("\"\"", 10'000) + "]", limits).substr(0, 9), "TOO_MANY ");
}
TEST(Limits, KeysOfAnObject) {
  std::string members;
  for (int i = 0; i < 257; ++i) members += (i == 0 ? "\"" : ",\"") + std::to_string(1000 + i) + "\":1";
  EXPECT_EQ(verdict("{" + members + "}"), "TOO_MANY /1256, byte 2305");
}
TEST(Limits, ItemsOfASection) {
  EXPECT_EQ(verdict(with_section(R"(,"items":[)" + repeated(R"({"class":"c"})", 50'001) + "]")).substr(0, 26),
            "TOO_MANY /sections/0/items");
}
TEST(Limits, ItemsAtTheLimitAreRead) {
  EXPECT_EQ(verdict(with_section(R"(,"items":[)" + repeated(R"({"class":"c"})", 50'000) + "]")), "accepted");
}
TEST(Limits, Sections) {
  ReportLimits limits;
  limits.max_sections = 0;
  EXPECT_EQ(verdict(with_section(""), limits),
            "TOO_MANY /sections, byte " + std::to_string(before_sections.size() - 1));
}
TEST(Limits, NamesAre1024Bytes) {
  EXPECT_EQ(verdict(with_section(R"(,"items":[{"class":")" + std::string(1025, 'c') + "\"}]")).substr(0, 39),
            "FIELD_TOO_LONG /sections/0/items/0/clas");
}
TEST(Limits, NamesAtTheLimitAreRead) {
  EXPECT_EQ(verdict(with_section(R"(,"items":[{"class":")" + std::string(1024, 'c') + "\"}]")), "accepted");
}
TEST(Limits, KeysAre1024Bytes) {
  EXPECT_EQ(verdict("{\"" + std::string(1025, 'k') + "\":1}"),
            "FIELD_TOO_LONG /" + std::string(32, 'k') + ", byte 1");
}
TEST(Limits, TextsAre64KiB) {
  EXPECT_EQ(verdict(with_attribute('"' + std::string(65'537, 'x') + '"')).substr(0, 40),
            "FIELD_TOO_LONG /sections/0/attributes/a,");
}
TEST(Limits, TextsAtTheLimitAreRead) {
  EXPECT_EQ(verdict(with_attribute('"' + std::string(65'536, 'x') + '"')), "accepted");
}

TEST(Speed, AReportOf2000PackagesIsReadAtOnce) {
  Report report = sample_report();
  for (int i = 0; i < 2000; ++i) {
    Item item{"package", "", "", {}};
    item.attributes.set("name", "lib-example-package-" + std::to_string(i));
    item.attributes.set("version", "1:2.36." + std::to_string(i) + "-9+deb12u4");
    item.attributes.set("architecture", "amd64");
    item.attributes.set("installed_size_kib", std::int64_t{i});
    item.attributes.set("source", "example-source-package");
    report.sections[0].items.push_back(std::move(item));
  }
  const std::string json = to_json(report);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(parse_report(json));
  const auto took = std::chrono::steady_clock::now() - begin;
  RecordProperty("microseconds",
                 static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  EXPECT_LT(took, std::chrono::seconds(1));
}

}  // namespace censo::inventory
