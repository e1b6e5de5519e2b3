#include "inventory/report.h"

#include "tests/inventory/sample_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace censo::inventory {
namespace {

Attributes attributes_with(Value value) {
  Attributes attributes;
  attributes.set("a", std::move(value));
  return attributes;
}

}  // namespace

TEST(Attributes, AreSortedByName) {
  Attributes attributes;
  attributes.set("b", "2");
  attributes.set("a", "1");
  EXPECT_EQ(attributes.begin()->name, "a");
}
TEST(Attributes, SettingAgainReplaces) {
  auto attributes = attributes_with("old");
  attributes.set("a", "new");
  EXPECT_EQ(attributes.text("a"), "new");
}
TEST(Attributes, SettingAgainKeepsOneEntry) {
  auto attributes = attributes_with("old");
  attributes.set("a", "new");
  EXPECT_EQ(attributes.size(), 1u);
}
TEST(Attributes, SettingAnEmptyTextForgets) {
  auto attributes = attributes_with("old");
  attributes.set("a", "");
  EXPECT_EQ(attributes.find("a"), nullptr);
}
TEST(Attributes, EmptyTextsAreNotKept) {
  EXPECT_TRUE(attributes_with(std::string()).empty());
}
TEST(Attributes, EmptyListsAreNotKept) {
  EXPECT_TRUE(attributes_with(TextList{}).empty());
}
TEST(Attributes, InfinityIsNotKept) {
  EXPECT_TRUE(attributes_with(std::numeric_limits<double>::infinity()).empty());
}
TEST(Attributes, ZeroAndFalseAreKept) {
  EXPECT_EQ(attributes_with(false).size(), 1u);
}
TEST(Attributes, AnIntegerIsOneOrZero) {
  EXPECT_EQ(attributes_with(std::int64_t{-7}).integer("a"), -7);
  EXPECT_EQ(attributes_with(std::int64_t{7}).integer("b"), 0);
  EXPECT_EQ(attributes_with("7").integer("a"), 0);
}
TEST(Attributes, TextsAreCleaned) {
  EXPECT_EQ(attributes_with("a\x1b[1m\xff").text("a"), "a[1m\uFFFD");
}
TEST(Attributes, MembersOfListsAreCleaned) {
  EXPECT_EQ(*attributes_with(TextList{"a\x01"}).find("a"), Value(TextList{"a"}));
}
TEST(Attributes, EmptyMembersOfListsAreNotKept) {
  EXPECT_EQ(*attributes_with(TextList{"", "a", "\x01"}).find("a"), Value(TextList{"a"}));
}
TEST(Attributes, LongTextsAreCut) {
  EXPECT_EQ(attributes_with(std::string(70'000, 'x')).text("a").size(), 65'536u);
}
TEST(Attributes, TextOfANumberIsEmpty) {
  EXPECT_EQ(attributes_with(std::int64_t{1}).text("a"), "");
}
TEST(Attributes, AnUnknownNameIsNotFound) {
  EXPECT_EQ(Attributes().find("a"), nullptr);
}

TEST(Report, SubjectTextComesFromTheFirstSectionThatHasIt) {
  Report report = sample_report();
  report.sections[1].attributes.set("serial_number", "other");
  EXPECT_EQ(subject_text(report, "serial_number"), "SN-0001");
}
TEST(Report, SubjectTextOfNoSectionIsEmpty) {
  EXPECT_EQ(subject_text(sample_report(), "vendor"), "");
}

TEST(Seal, GivesEverySectionItsDigest) {
  Report report = sample_report();
  seal(report);
  EXPECT_EQ(report.sections[0].digest.size(), 64u);
  EXPECT_NE(report.sections[0].digest, report.sections[1].digest);
}
// The text that is digested, written out by hand as docs/report-format.md says (sha256sum gave the digits).
TEST(Seal, DigestIsThatOfTheCanonicalForm) {
  Report report;
  Section section;
  section.name = "dpkg";
  section.complete = true;
  section.attributes.set("package_count", std::int64_t{2});
  Item b{"package", "", "", {}};
  b.attributes.set("name", "b");
  Item a{"package", "", "", {}};
  a.attributes.set("name", "a");
  section.items = {b, a};
  report.sections = {section};
  seal(report);
  // {"name":"dpkg","complete":true,"attributes":{"package_count":2},"items":[{"class":"package","attributes":
  // {"name":"a"}},{"class":"package","attributes":{"name":"b"}}]} without the line break
  EXPECT_EQ(report.sections[0].digest, "87b1cb1f143d53d01cb956885f69af3f19634771c03dc66a78369772020d3fb4");
}
TEST(Seal, OrderOfItemsDoesNotMatter) {
  Report a = sample_report();
  Report b = sample_report();
  std::reverse(b.sections[1].items.begin(), b.sections[1].items.end());
  seal(a);
  seal(b);
  EXPECT_EQ(a.sections[1].digest, b.sections[1].digest);
}
TEST(Seal, OrderOfRelationshipsDoesNotMatter) {
  Report a = sample_report();
  a.sections[1].relationships.push_back({"depends_on", "site", "nginx", {}});
  Report b = a;
  std::swap(b.sections[1].relationships[0], b.sections[1].relationships[1]);
  seal(a);
  seal(b);
  EXPECT_EQ(a.sections[1].digest, b.sections[1].digest);
}
TEST(Seal, AnotherValueGivesAnotherDigest) {
  Report a = sample_report();
  Report b = sample_report();
  b.sections[0].attributes.set("ram_mib", std::int64_t{16385});
  seal(a);
  seal(b);
  EXPECT_NE(a.sections[0].digest, b.sections[0].digest);
}
TEST(Seal, CompletenessIsPartOfTheDigest) {
  Report a = sample_report();
  Report b = sample_report();
  b.sections[0].complete = false;
  seal(a);
  seal(b);
  EXPECT_NE(a.sections[0].digest, b.sections[0].digest);
}
TEST(Seal, AnIntegerAndTheSameNumberWithPointDiffer) {
  Report a = sample_report();
  Report b = sample_report();
  b.sections[0].attributes.set("load", std::int64_t{2});
  seal(a);
  seal(b);
  EXPECT_NE(a.sections[0].digest, b.sections[0].digest);
}

TEST(ContentDigest, DoesNotDependOnSequenceTimesOriginAndProblems) {
  Report other = sample_report();
  other.sequence = 43;
  other.boot_id = "other";
  other.taken_at += 1;
  other.origin.version = "0.2.0";
  other.problems.clear();
  EXPECT_EQ(content_digest(other), content_digest(sample_report()));
}
TEST(ContentDigest, DoesNotDependOnTheOrderOfSections) {
  Report other = sample_report();
  std::swap(other.sections[0], other.sections[1]);
  EXPECT_EQ(content_digest(other), content_digest(sample_report()));
}
TEST(ContentDigest, DependsOnTheSubject) {
  Report other = sample_report();
  other.subject_name = "web02";
  EXPECT_NE(content_digest(other), content_digest(sample_report()));
}
TEST(ContentDigest, DependsOnTheSections) {
  Report other = sample_report();
  other.sections.pop_back();
  EXPECT_NE(content_digest(other), content_digest(sample_report()));
}
TEST(ContentDigest, IsTheSameSealedOrNot) {
  Report sealed = sample_report();
  seal(sealed);
  EXPECT_EQ(content_digest(sealed), content_digest(sample_report()));
}

}  // namespace censo::inventory
