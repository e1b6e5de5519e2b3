// Every folder tests/agent/sources/<platform>/<source>/<case>/ is a test: the source reads root/ and must
// find what expected.json says:
//   {"attributes": {}, "items": [{"class", "ref", "owner", "attributes"}],
//    "relationships": [{"type", "from", "to", "attributes"}], "complete": true, "problems": ["<code>"]}
// Empty members may be left out; the order of items, relationships and problems does not matter. With
// CENSO_WRITE_EXPECTED set, a case without expected.json gets one of what is found: to be read, then
// committed.
#include "agent/source.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr base::TimeMs case_time = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

json::value to_json(const inventory::Value& value) {
  return std::visit([](const auto& held) { return json::value_from(held); }, value);
}

json::object to_json(const inventory::Attributes& attributes) {
  json::object object;
  for (const auto& attribute : attributes) object[attribute.name] = to_json(attribute.value);
  return object;
}

json::object to_json(const inventory::Item& item) {
  return {{"class", item.class_name},
          {"ref", item.ref},
          {"owner", item.owner},
          {"attributes", to_json(item.attributes)}};
}

json::object to_json(const inventory::Relationship& relationship) {
  return {{"type", relationship.type},
          {"from", relationship.from},
          {"to", relationship.to},
          {"attributes", to_json(relationship.attributes)}};
}

template <class Rows>
json::array rows_of(const Rows& rows) {
  json::array array;
  for (const auto& row : rows) array.push_back(to_json(row));
  return array;
}

bool is_empty(const json::value& value) {
  return (value.is_string() && value.get_string().empty()) ||
         (value.is_array() && value.get_array().empty()) || (value.is_object() && value.get_object().empty());
}

// One fact a line, sorted, so that a difference shows as a line.
void append_lines(const std::string& path, const json::value& value, std::vector<std::string>& lines) {
  if (is_empty(value)) return;
  if (value.is_object() && path.find('[') == std::string::npos) {
    for (const auto& [name, member] : value.get_object()) {
      append_lines(path + "/" + std::string(name), member, lines);
    }
    return;
  }
  if (value.is_array() && path.find("/attributes") == std::string::npos) {
    for (const auto& member : value.get_array()) append_lines(path + "[]", member, lines);
    return;
  }
  lines.push_back(path + " = " + json::serialize(value));
}

// Members in the order of their names, empty ones left out.
json::value normalised(const json::value& value) {
  if (!value.is_object()) return value;
  std::vector<std::pair<std::string, json::value>> members;
  for (const auto& [name, member] : value.get_object()) {
    if (!is_empty(member)) members.emplace_back(name, normalised(member));
  }
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  json::object object;
  for (auto& [name, member] : members) object[name] = std::move(member);
  return object;
}

json::object without_empty(const json::object& result) {
  json::object kept;
  for (const auto& [name, value] : result) {
    if (is_empty(value)) continue;
    kept[name] = value;
    if (name != "items" && name != "relationships") continue;
    for (auto& row : kept[name].as_array()) row = normalised(row);
  }
  return kept;
}

std::string to_lines(json::object result) {
  for (const auto* list : {"items", "relationships"}) {
    if (!result.contains(list)) continue;
    for (auto& row : result[list].as_array()) row = normalised(row);
  }
  std::vector<std::string> lines;
  append_lines("", result, lines);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

// As collect_report treats a source that fails.
json::object run(const Source& source, const Host& host) {
  SourceOutput out;
  out.section.name = source.name;
  out.section.complete = true;
  if (const auto done = source.collect(host, out); !done) {
    out.section.items.clear();
    out.section.relationships.clear();
    out.section.attributes = {};
    out.section.complete = done.error().code == base::Errc::not_found;
    if (!out.section.complete) out.partial(done.error());
  }
  json::array problems;
  for (const auto& problem : out.problems) problems.emplace_back(problem.code);
  return {{"attributes", to_json(out.section.attributes)},
          {"items", rows_of(out.section.items)},
          {"relationships", rows_of(out.section.relationships)},
          {"complete", out.section.complete},
          {"problems", problems}};
}

json::object expectation(const fs::path& path) {
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return json::parse(text).as_object();
}

std::vector<fs::path> all_cases() {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(CENSO_CASES) / "sources")) {
    if (entry.path().filename() == "root") cases.push_back(entry.path().parent_path());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  std::string name = info.param.parent_path().filename().string() + "_" + info.param.filename().string();
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class SourceCase : public testing::TestWithParam<fs::path> {};

TEST_P(SourceCase, FindsWhatIsExpected) {
  const std::string name = GetParam().parent_path().filename().string();
  const auto sources = all_sources();
  const auto source = std::find_if(sources.begin(), sources.end(),
                                   [&](const Source& candidate) { return candidate.name == name; });
  ASSERT_NE(source, sources.end()) << "no source is named " << name;
  const auto host = recorded_host((GetParam() / "root").string(), case_time);
  const auto answer = GetParam() / "expected.json";
  if (std::getenv("CENSO_WRITE_EXPECTED") != nullptr && !fs::exists(answer))
    std::ofstream(answer) << json::serialize(without_empty(run(*source, *host))) << "\n";
  EXPECT_EQ(to_lines(run(*source, *host)), to_lines(expectation(answer)));
}

INSTANTIATE_TEST_SUITE_P(Sources, SourceCase, testing::ValuesIn(all_cases()), test_name);

}  // namespace
}  // namespace censo::agent
