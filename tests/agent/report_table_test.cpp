#include "agent/report_table.h"

#include "agent/visible_text.h"
#include "base/text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace censo::agent {
namespace {

inventory::Report report() {
  inventory::Report report;
  report.subject_class = "server";
  report.subject_name = "web01";
  inventory::Section section;
  section.name = "system";
  section.attributes.set("os_name", "Debian GNU/Linux 12");
  section.attributes.set("memory_mib", std::int64_t{65536});
  inventory::Item disk;
  disk.class_name = "disk";
  disk.attributes.set("name", "nvme0n1");
  disk.attributes.set("size_bytes", std::int64_t{512'110'190'592});
  section.items.push_back(disk);
  report.sections.push_back(section);
  return report;
}

bool has_line(const std::string& table, std::string_view line) {
  const auto lines = base::split(table, '\n');
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

TEST(ReportTable, ShowsTheSubject) {
  const std::string table = to_table(report(), 100);
  EXPECT_TRUE(has_line(table, "web01  (server)")) << table;
  EXPECT_TRUE(has_line(table, "  System        Debian GNU/Linux 12")) << table;
  EXPECT_TRUE(has_line(table, "  Memory        64.0 GiB")) << table;
}

TEST(ReportTable, ShowsItemsWithTheirSizesForPeople) {
  EXPECT_TRUE(has_line(to_table(report(), 100), "  nvme0n1  476.9 GiB")) << to_table(report(), 100);
}

TEST(ReportTable, CountsWhatItDoesNotShow) {
  auto many = report();
  inventory::Item process;
  process.class_name = "process";
  many.sections[0].items.insert(many.sections[0].items.end(), 300, process);
  EXPECT_TRUE(has_line(to_table(many, 100), "  process  300")) << to_table(many, 100);
}

TEST(ReportTable, ShowsProblems) {
  auto faulty = report();
  faulty.problems.push_back({"smbios", "permission_denied", "not for us", "/sys/firmware/dmi/tables/DMI"});
  EXPECT_TRUE(has_line(to_table(faulty, 100), "  smbios        not for us (/sys/firmware/dmi/tables/DMI)"));
}

TEST(ReportTable, HostileTextCannotReachTheTerminal) {
  auto hostile = report();
  hostile.subject_name = "web\x1b]0;owned\x07\n01";
  EXPECT_TRUE(has_line(to_table(hostile, 100), "web\\x1b]0;owned\\x07\\n01  (server)"));
}

TEST(ReportTable, NoLineIsWiderThanAsked) {
  auto wide = report();
  wide.subject_name = std::string(500, 'x');
  wide.sections[0].items[0].attributes.set("model", std::string(500, 'y'));
  const std::string table = to_table(wide, 60);
  std::size_t widest = 0;
  for (const auto line : base::split(table, '\n')) widest = std::max(widest, width_of(line));
  EXPECT_EQ(widest, 60U);
}

TEST(VisibleText, ShowsControlsAndKeepsLetters) {
  EXPECT_EQ(visible("añ\t\x7f"), "añ\\t\\x7f");
}

TEST(VisibleText, ShowsReversingAndInvisibleCharacters) {
  EXPECT_EQ(visible("a\u202eb\u200b"), "a\\u202eb\\u200b");
  EXPECT_EQ(visible("\u009b"), "\\u009b");
}

TEST(VisibleText, ShowsInvalidBytes) {
  EXPECT_EQ(visible("\xff\xc3"), "\\xff\\xc3");
}

TEST(VisibleText, CutsOnACharactersBorder) {
  EXPECT_EQ(fitted("ñandú", 3, false), "ña…");
  EXPECT_EQ(fitted("ñu", 4, true), "ñu  ");
}

}  // namespace
}  // namespace censo::agent
