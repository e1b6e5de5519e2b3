#include "base/log.h"

#include <gtest/gtest.h>

namespace censo::base {
namespace {

// What one call writes, without its time.
std::string logged(bool json, std::string_view message, std::initializer_list<LogField> fields = {},
                   LogLevel level = LogLevel::warning) {
  start_log(LogLevel::info, json);
  testing::internal::CaptureStderr();
  log(level, "test.done", message, fields);
  std::string line = testing::internal::GetCapturedStderr();
  const auto time_end = line.find("\",\"level\"");
  return json && time_end != std::string::npos ? line.substr(time_end + 2) : line;
}

}  // namespace

TEST(Log, JsonHasEventMessageAndFields) {
  EXPECT_EQ(logged(true, "all well", {{"ci", "web01"}, {"count", 3}}),
            "\"level\":\"warning\",\"event\":\"test.done\",\"message\":\"all "
            "well\",\"ci\":\"web01\",\"count\":\"3\"}\n");
}
TEST(Log, JsonEscapesQuotesAndNewlines) {
  EXPECT_EQ(logged(true, "a\"b\n{"),
            "\"level\":\"warning\",\"event\":\"test.done\",\"message\":\"a\\\"b\\n{\"}\n");
}
TEST(Log, JsonReplacesInvalidUtf8) {
  EXPECT_EQ(logged(true, "\xff"), "\"level\":\"warning\",\"event\":\"test.done\",\"message\":\"\uFFFD\"}\n");
}
TEST(Log, PeopleReadOneLine) {
  EXPECT_EQ(logged(false, "sshd\nERROR forged", {{"name", "a b"}, {"ok", "yes"}}),
            "WARNING test.done: sshd ERROR forged name=\"a b\" ok=yes\n");
}
TEST(Log, BelowTheLowestLevelNothingIsWritten) {
  EXPECT_EQ(logged(false, "detail", {}, LogLevel::debug), "");
}

}  // namespace censo::base
