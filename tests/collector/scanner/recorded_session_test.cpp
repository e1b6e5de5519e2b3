#include "collector/scanner/recorded_session.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

std::string fault_of(std::string_view text) {
  const auto variables = parse_snmprec(text);
  return variables ? "none" : to_string(variables.error());
}

RecordedSession recorded(std::string_view text, const SnmpLimits& limits = {}) {
  return RecordedSession(*parse_snmprec(text), limits);
}

TEST(Snmprec, ReadsEveryType) {
  const auto variables = parse_snmprec(
      "1.1|2|-5\n1.2|4|a|b\n1.3|4x|00ff\n1.4|5|\n1.5|6|1.3.6\n1.6|64|10.0.0.1\n1.7|65|4294967295\n1.8|66|"
      "1\n1.9|67|100\n"
      "1.10|68x|9f\n1.11|70|18446744073709551615\n");
  ASSERT_TRUE(variables) << to_string(variables.error());
  EXPECT_EQ(std::get<std::int64_t>(variables->at(0).value), -5);
  EXPECT_EQ(std::get<std::string>(variables->at(1).value), "a|b");
  EXPECT_EQ(std::get<std::string>(variables->at(2).value), std::string("\0\xff", 2));
  EXPECT_EQ(std::get<std::string>(variables->at(5).value), "\x0a" + std::string(2, '\0') + "\x01");
  EXPECT_EQ(std::get<std::uint64_t>(variables->at(10).value), 18446744073709551615u);
}

TEST(Snmprec, NamesTheLineOfAFault) {
  EXPECT_EQ(fault_of("1.1|2|1\n1.2|2\n"), "expected OID|TAG|VALUE, found '1.2|2' (line 2)");
}
TEST(Snmprec, RefusesAnUnknownTag) {
  EXPECT_EQ(fault_of("1.1|9|1"), "expected a tag 2, 4, 4x, 5, 6, 64 to 67, 68x or 70, found '9' (line 1)");
}
TEST(Snmprec, RefusesANumberTooLarge) {
  EXPECT_EQ(fault_of("1.1|65|4294967296"), "expected a number up to 4294967295, found '4294967296' (line 1)");
}
TEST(Snmprec, RefusesOddHexadecimal) {
  EXPECT_EQ(fault_of("1.1|4x|abc"), "expected an even number of hexadecimal digits, found 'abc' (line 1)");
}
TEST(Snmprec, RefusesAVariableTwice) {
  EXPECT_EQ(fault_of("1.1|2|1\n1.1|2|2"), "a variable stands twice (1.1)");
}

TEST(RecordedSession, GetsInTheOrderAsked) {
  auto session = recorded("1.1|2|1\n1.2|2|2\n");
  const std::vector<Oid> oids{{{1, 2}}, {{1, 9}}, {{1, 1}}};
  const auto values = session.get(oids);
  ASSERT_TRUE(values);
  EXPECT_EQ(std::get<std::int64_t>(values->at(0).value), 2);
  EXPECT_EQ(values->at(1).type, VarType::no_such_object);
}

TEST(RecordedSession, WalksOnlyBelowTheRoot) {
  auto session = recorded("1.1|2|0\n1.1.1|2|1\n1.1.2|2|2\n1.10|2|3\n");
  std::vector<VarBind> rows;
  ASSERT_TRUE(session.walk({{1, 1}}, rows));
  EXPECT_EQ(rows.size(), 2u);
}

TEST(RecordedSession, KeepsTheRowsBeforeALimit) {
  auto session = recorded("1.1.1|2|1\n1.1.2|2|2\n1.1.3|2|2\n", {.max_rows_per_table = 2});
  std::vector<VarBind> rows;
  EXPECT_FALSE(session.walk({{1, 1}}, rows));
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_EQ(session.last_failure().verdict, Verdict::limit);
}

}  // namespace
}  // namespace censo::scanner
