// cases/<name>.json with its verdict in cases/<name>.expected, against the codec and the schema.
#include "inventory/report_codec.h"
#include "tests/inventory/json_schema.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

namespace censo::inventory {
namespace {

namespace json = boost::json;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(CENSO_CASES "/cases")) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string expected_of(const std::string& name) {
  std::string text = content_of(CENSO_CASES "/cases/" + name + ".expected");
  text.pop_back();
  return text;
}
std::string json_of(const std::string& name) {
  return content_of(CENSO_CASES "/cases/" + name + ".json");
}

std::vector<std::string> cases_of_form() {
  const std::set<std::string> of_form{"accepted",      "UNKNOWN_FIELD",     "WRONG_TYPE",     "MISSING_FIELD",
                                      "NUL_IN_STRING", "CONTROL_IN_STRING", "FIELD_TOO_LONG", "TOO_MANY"};
  std::vector<std::string> names = case_names();
  std::erase_if(names, [&](const std::string& name) {
    const std::string expected = expected_of(name);
    return !of_form.contains(expected.substr(0, expected.find(' ')));
  });
  return names;
}

const JsonSchema& the_schema() {
  static const JsonSchema schema(json::parse(content_of(CENSO_SOURCE_DIR "/schemas/report.schema.json")));
  return schema;
}

std::set<std::string> keys_of(const json::object& object) {
  std::set<std::string> keys;
  for (const auto& member : object) keys.insert(member.key());
  return keys;
}
std::set<std::string> properties(std::string_view definition) {
  return keys_of(the_schema().definition(definition).at("properties").as_object());
}
std::int64_t limit(std::string_view definition, std::string_view keyword) {
  return the_schema().definition(definition).at(keyword).as_int64();
}

// What the codec writes of a report with every field.
json::value written() {
  return json::parse(to_json(parse_report(json_of("full")).value()));
}

}  // namespace

class ReportCase : public testing::TestWithParam<std::string> {};
TEST_P(ReportCase, HasItsVerdict) {
  const auto report = parse_report(json_of(GetParam()));
  const std::string verdict = report ? "accepted" : report.error().reason + " " + report.error().where;
  EXPECT_EQ(verdict, expected_of(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Cases, ReportCase, testing::ValuesIn(case_names()),
                         [](const auto& tested) { return tested.param; });

// The schema sees what is wrong in form; it cannot see refs, digests and the JSON text itself.
class FormCase : public testing::TestWithParam<std::string> {};
TEST_P(FormCase, HasTheSameVerdictByTheSchema) {
  EXPECT_EQ(the_schema().accepts(json::parse(json_of(GetParam()))), expected_of(GetParam()) == "accepted");
}
INSTANTIATE_TEST_SUITE_P(Cases, FormCase, testing::ValuesIn(cases_of_form()),
                         [](const auto& tested) { return tested.param; });

// Wrong values that the schema can see.
class WrongValue : public testing::TestWithParam<const char*> {};
TEST_P(WrongValue, IsRefusedByTheSchema) {
  EXPECT_FALSE(the_schema().accepts(json::parse(json_of(std::string("bad_value_") + GetParam()))));
}
INSTANTIATE_TEST_SUITE_P(Cases, WrongValue,
                         testing::Values("format", "kind", "sequence", "taken_at", "empty_text", "empty_list",
                                         "empty_attribute_name", "empty_class", "ref_self", "owner_self"));

TEST(ReportSchema, AcceptsWhatTheCodecWrites) {
  EXPECT_TRUE(the_schema().accepts(written()));
}
TEST(ReportSchema, HasTheFieldsOfAReport) {
  EXPECT_EQ(properties("report"), keys_of(written().as_object()));
}
TEST(ReportSchema, HasTheFieldsOfAnOrigin) {
  EXPECT_EQ(properties("origin"), keys_of(written().at("origin").as_object()));
}
TEST(ReportSchema, HasTheFieldsOfASubject) {
  EXPECT_EQ(properties("subject"), keys_of(written().at("subject").as_object()));
}
TEST(ReportSchema, HasTheFieldsOfASection) {
  auto keys = keys_of(written().at("sections").at(0).as_object());
  keys.merge(keys_of(written().at("sections").at(1).as_object()));
  EXPECT_EQ(properties("section"), keys);
}
TEST(ReportSchema, HasTheFieldsOfAnItem) {
  EXPECT_EQ(properties("item"), keys_of(written().at("sections").at(1).at("items").at(0).as_object()));
}
TEST(ReportSchema, HasTheFieldsOfARelationship) {
  EXPECT_EQ(properties("relationship"),
            keys_of(written().at("sections").at(1).at("relationships").at(0).as_object()));
}
TEST(ReportSchema, HasTheFieldsOfAProblem) {
  EXPECT_EQ(properties("problem"), keys_of(written().at("problems").at(0).as_object()));
}
TEST(ReportSchema, HasTheLimitOfNames) {
  EXPECT_EQ(limit("name", "maxLength"), static_cast<std::int64_t>(ReportLimits{}.max_name_bytes));
}
TEST(ReportSchema, HasTheLimitOfTexts) {
  EXPECT_EQ(limit("text", "maxLength"), static_cast<std::int64_t>(ReportLimits{}.max_text_bytes));
}
TEST(ReportSchema, HasTheLimitOfKeys) {
  EXPECT_EQ(limit("attributes", "maxProperties"),
            static_cast<std::int64_t>(ReportLimits{}.max_keys_per_object));
}
TEST(ReportSchema, HasTheLimitOfItems) {
  const auto& items = the_schema().definition("section").at("properties").at("items");
  EXPECT_EQ(items.at("maxItems").as_int64(), static_cast<std::int64_t>(ReportLimits{}.max_items_per_section));
}
TEST(ReportSchema, HasTheLimitOfSections) {
  const auto& sections = the_schema().definition("report").at("properties").at("sections");
  EXPECT_EQ(sections.at("maxItems").as_int64(), static_cast<std::int64_t>(ReportLimits{}.max_sections));
}

}  // namespace censo::inventory
