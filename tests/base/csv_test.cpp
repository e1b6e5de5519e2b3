#include "base/csv.h"

#include <gtest/gtest.h>

namespace censo::base {
namespace {

using Cells = std::vector<std::string>;

std::vector<Cells> cells(std::string_view text, char separator = ',') {
  std::vector<Cells> all;
  const auto rows = parse_csv(text, separator);
  if (!rows) return {{to_string(rows.error())}};
  for (const auto& row : *rows) all.push_back(row.cells);
  return all;
}
std::string fault(std::string_view text, const CsvLimits& limits = {}) {
  const auto rows = parse_csv(text, ',', limits);
  return rows ? "none" : to_string(rows.error());
}

TEST(Csv, EveryLineIsARow) {
  EXPECT_EQ(cells("a,b\n1,2\n"), (std::vector<Cells>{{"a", "b"}, {"1", "2"}}));
}
TEST(Csv, AnyLineEndDoesAndTheLastMayLack) {
  EXPECT_EQ(cells("a\r\nb\rc\nd"), (std::vector<Cells>{{"a"}, {"b"}, {"c"}, {"d"}}));
}
TEST(Csv, EmptyCellsAreKeptAndEmptyLinesAreNot) {
  EXPECT_EQ(cells("a,,b\n\n,\n"), (std::vector<Cells>{{"a", "", "b"}, {"", ""}}));
}
TEST(Csv, QuotedCellsHoldSeparatorsQuotesAndLineFeeds) {
  EXPECT_EQ(cells("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n"),
            (std::vector<Cells>{{"a,b", "say \"hi\"", "two\nlines"}}));
}
TEST(Csv, AByteOrderMarkIsPassedOver) {
  EXPECT_EQ(cells("\xEF\xBB\xBFname\n"), (std::vector<Cells>{{"name"}}));
}
TEST(Csv, LinesAreCountedThroughQuotedCells) {
  const auto rows = parse_csv("a\n\"x\ny\"\nb\n", ',').value();
  EXPECT_EQ(rows.at(1).line, 2U);
  EXPECT_EQ(rows.at(2).line, 4U);
  EXPECT_EQ(rows.at(2).begin, 8U);
}
TEST(Csv, TheSeparatorIsThatOfTheFirstLine) {
  EXPECT_EQ(csv_separator("a;b;c\n1,2,3,4,5"), ';');
  EXPECT_EQ(csv_separator("a\tb\n"), '\t');
  EXPECT_EQ(csv_separator("\"a;b;c\",d\n"), ',');
  EXPECT_EQ(csv_separator(""), ',');
}
TEST(Csv, FaultsNameLineAndColumn) {
  EXPECT_EQ(fault("a,b\n1,\"2"), "expected a closing quote before the end of the table (line 2, column 2)");
  EXPECT_EQ(fault("\"a\"b\n"),
            "expected a separator or the end of the line behind the closing quote (line 1, column 1)");
  EXPECT_EQ(fault("a\n\xFF\n"), "expected UTF-8: save the table as \"CSV UTF-8\" (line 2, column 1)");
  EXPECT_EQ(fault(std::string_view("a\0b", 3)), "expected a text, found a zero byte (line 1, column 1)");
}
TEST(Csv, EveryBoundIsKept) {
  EXPECT_EQ(fault("a\nb\n", {1, 9, 9}), "expected at most 1 rows (line 2)");
  EXPECT_EQ(fault("a,b\n", {9, 1, 9}), "expected at most 1 cells (line 1, column 2)");
  EXPECT_EQ(fault("\"abcdef", {9, 9, 3}), "expected at most 3 bytes (line 1, column 1)");
}
TEST(Csv, ACellIsQuotedWhereItHasToBe) {
  EXPECT_EQ(csv_cell("plain"), "plain");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("a,b", ';'), "a,b");
  EXPECT_EQ(csv_cell("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_cell("\xEF\xBB\xBF"), "\"\xEF\xBB\xBF\"");
}

}  // namespace
}  // namespace censo::base
