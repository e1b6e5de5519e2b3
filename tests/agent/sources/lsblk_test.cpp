// The block_devices source against what lsblk says of the same trees.
#include "base/text.h"
#include "tests/agent/sources/host_data.h"

#include <array>
#include <cmath>
#include <map>
#include <set>

namespace censo::agent {
namespace {

using Row = std::map<std::string, std::string>;

// lsblk aligns its columns, names to the left and numbers to the right: a column begins after the one before
// it ends.
std::vector<Row> rows_in(const std::string& text) {
  std::vector<Row> rows;
  const auto lines = base::split(text, '\n');
  const auto header = base::split_words(lines.front());
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    auto rest = base::split_words(*line);
    if (rest.empty()) continue;
    Row row;
    for (std::size_t i = 0; i < header.size() && i < rest.size(); ++i) row[std::string(header[i])] = rest[i];
    auto& name = row["NAME"];
    name.erase(0, name.find_first_not_of("|`-"));
    rows.push_back(std::move(row));
  }
  return rows;
}

// The text below a heading whose values may have spaces or be missing, by name.
std::map<std::string, std::string> column(const std::string& text, std::string_view heading,
                                          std::string_view next) {
  std::map<std::string, std::string> values;
  const auto lines = base::split(text, '\n');
  const auto begin = lines.front().find(heading);
  const auto end = lines.front().find(next);
  for (auto line = lines.begin() + 1; line != lines.end(); ++line) {
    const auto words = base::split_words(*line);
    if (words.empty() || line->size() <= begin || !std::isalpha(static_cast<unsigned char>(line->front())))
      continue;
    values.emplace(words.front(), base::trim(line->substr(begin, end - begin)));
  }
  return values;
}

// "223.6G": one decimal, but for whole numbers.
std::string human_size(std::int64_t bytes) {
  constexpr std::string_view units = "BKMGTPE";
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < units.size(); ++unit) amount /= 1024;
  const auto tenths = std::llround(amount * 10);
  const auto decimal = tenths % 10 == 0 ? std::string() : "." + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + decimal + units[unit];
}

std::string content_of(const std::string& tree, const std::string& part) {
  return host_data::content(host_data::folder("lsblk") / (tree + "-" + part + ".expected"));
}

std::set<std::string> expected_devices(const std::string& tree) {
  std::set<std::string> lines;
  for (auto& row : rows_in(content_of(tree, "basic"))) {
    if (row["TYPE"] != "loop") lines.insert(row["TYPE"] + " " + row["NAME"] + " " + row["SIZE"]);
  }
  return lines;
}

std::set<std::string> found_devices(const SourceOutput& out) {
  const std::map<std::string, std::string> types{{"disk", "disk"}, {"partition", "part"}};
  std::set<std::string> lines;
  for (const auto& item : out.section.items) {
    const auto type =
        item.class_name == "logical_volume" ? item.attributes.text("type") : types.at(item.class_name);
    lines.insert(type + " " + item.attributes.text("name") + " " +
                 human_size(host_data::integer_of(item.attributes, "size_bytes")));
  }
  return lines;
}

class Lsblk : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) GTEST_SKIP() << "no recordings on this machine";
    folder_.unpack(host_data::folder("lsblk") / (GetParam() + ".tar.xz"));
    out_ = host_data::run("block_devices", folder_.path() / GetParam());
  }
  host_data::TemporaryFolder folder_;
  SourceOutput out_;
};

TEST_P(Lsblk, SameDevicesAndSizes) {
  EXPECT_EQ(found_devices(out_), expected_devices(GetParam()));
}

TEST_P(Lsblk, SameModels) {
  auto models = column(content_of(GetParam(), "vendor"), "MODEL", "VENDOR");
  std::erase_if(models, [](const auto& row) { return row.second.empty(); });
  std::map<std::string, std::string> found;
  for (const auto& item : out_.section.items) {
    if (item.class_name == "disk") found[item.attributes.text("name")] = item.attributes.text("model");
  }
  EXPECT_EQ(found, models);
}

TEST_P(Lsblk, SameRotation) {
  std::map<std::string, std::string> expected, found;
  const auto answer = content_of(GetParam(), "state");
  for (const auto& [name, value] : column(answer, "ROTA", " TYPE")) expected[name] = value;
  std::erase_if(expected, [](const auto& row) { return row.first.starts_with("loop"); });
  for (const auto& item : out_.section.items) {
    if (item.class_name != "disk") continue;
    found[item.attributes.text("name")] = std::get<bool>(*item.attributes.find("rotational")) ? "1" : "0";
  }
  EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(HostData, Lsblk, testing::ValuesIn(host_data::names("lsblk", ".tar.xz")),
                         host_data::test_name);

}  // namespace
}  // namespace censo::agent
