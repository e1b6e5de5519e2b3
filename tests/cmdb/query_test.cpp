#include "cmdb/query.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

std::string again(std::string_view text) {
  const auto query = parse_query(text);
  return query ? to_text(*query) : base::to_string(query.error());
}
QueryTerm term(std::string_view text) {
  return parse_query(text).value().term;
}
base::Error fault(std::string_view text, const QueryLimits& limits = {}) {
  return parse_query(text, limits).error();
}

TEST(Query, PlainWordIsFreeText) {
  EXPECT_EQ(term("web01").field, "");
  EXPECT_EQ(term("web01").value, "web01");
}
TEST(Query, FieldSignAndValue) {
  const auto read = term("memory_mib>=16GiB");
  EXPECT_EQ(read.field, "memory_mib");
  EXPECT_EQ(read.comparison, Comparison::at_least);
  EXPECT_EQ(read.value, "16GiB");
}
TEST(Query, QuotesHoldSpacesAndSigns) {
  EXPECT_EQ(term(R"x(os~"Debian \"12\" (x)")x").value, R"(Debian "12" (x))");
}
TEST(Query, StarIsAPrefix) {
    EXPECT_TRUE(term("name:web*").prefix);
    EXPECT_EQ(term("name:web*").value, "web");
}
TEST(Query, TwoDotsAreARange) {
    const auto read = term("memory_mib:8..16");
    EXPECT_EQ(read.comparison, Comparison::range);
    EXPECT_EQ(read.value, "8");
    EXPECT_EQ(read.upper, "16");
}
TEST(Query, RangeMayBeOpen) {
    EXPECT_EQ(again("cpu_cores:8.."), "cpu_cores:8.."); }
TEST(Query, VersionStandsBehindThePackage) {
    const auto read = term("software:openssl<3.0.15~rc1");
    EXPECT_EQ(read.value, "openssl");
    EXPECT_EQ(read.version_comparison, Comparison::less);
    EXPECT_EQ(read.version, "3.0.15~rc1");
}
TEST(Query, MacAddressIsNoField) {
    EXPECT_EQ(term("aa:bb:cc:dd:ee:ff").value, "aa:bb:cc:dd:ee:ff");
    EXPECT_EQ(term("aa:bb").field, "");
}
TEST(Query, FieldOfHexadecimalLettersBeforeAQuote) {
    EXPECT_EQ(term(R"(ca:"two words")").field, "ca");
    EXPECT_EQ(term(R"(ca:"two words")").value, "two words");
    EXPECT_EQ(again(R"(ca:"db")"), R"(ca:"db")");
}
TEST(Query, Ipv6AddressIsNoField) {
    EXPECT_EQ(term("fe80::1").value, "fe80::1"); }
TEST(Query, HyphensWithinWordsAreNoNegation) {
    EXPECT_EQ(term("web-01").value, "web-01"); }
TEST(Query, WordsAreJoinedByAnd) {
    EXPECT_EQ(parse_query("a b AND c")->kind, Query::Kind::all_of);
    EXPECT_EQ(parse_query("a b AND c")->parts.size(), 3U);
}
TEST(Query, AndBindsCloserThanOr) {
    EXPECT_EQ(again("a b OR c d"), "(a b) OR (c d)"); }
TEST(Query, ParenthesesGroup) {
    EXPECT_EQ(again("a (b OR c)"), "a (b OR c)"); }
TEST(Query, MinusAndNotNegate) {
    EXPECT_EQ(again("-a NOT (b OR c)"), "-a -(b OR c)"); }
TEST(Query, ParenthesesOfOneKindFallAway) {
    EXPECT_EQ(again("((a) (b c))"), "a b c"); }
TEST(Query, LowerCaseWordsAreNoOperators) {
    EXPECT_EQ(parse_query("a or b")->parts.size(), 3U); }
TEST(Query, NothingIsEverything) {
    EXPECT_TRUE(parse_query("  ")->parts.empty());
    EXPECT_EQ(again(" "), "");
}
TEST(Query, TextGivesTheSameTree) {
    const auto* text =
        R"(class:server os~"Debian 12" seen<7d software:openssl<3.0.15 port:443 -("x y" OR name:w*))";
    EXPECT_EQ(parse_query(again(text)).value(), parse_query(text).value());
}
TEST(Query, KeywordInQuotesStaysQuoted) {
    EXPECT_EQ(again(R"("OR")"), R"("OR")"); }

TEST(QueryFault, NamesThePlaceAndWhatStandsThere) {
    EXPECT_EQ(fault("class:server os~").where, "q:17");
    EXPECT_EQ(fault("class:server os~").message, "expected a value, found the end");
    EXPECT_EQ(fault("a (b OR )").where, "q:9");
    EXPECT_EQ(fault("a (b OR )").message, "expected a term, found \")\"");
}
TEST(QueryFault, OpenQuote) {
    EXPECT_EQ(fault("os~\"Debian").where, "q:4"); }
TEST(QueryFault, OpenParenthesis) {
    EXPECT_EQ(fault("(a b").message, "expected \")\", found the end"); }
TEST(QueryFault, ClosingParenthesisTooMany) {
    EXPECT_EQ(fault("a) b").where, "q:2"); }
TEST(QueryFault, OrWithoutASide) {
    EXPECT_EQ(fault("OR a").where, "q:1"); }
TEST(QueryFault, VersionWithoutText) {
    EXPECT_EQ(fault("software:a<").where, "q:12"); }
TEST(QueryFault, TextGluedToASign) {
    EXPECT_EQ(fault("10<3").where, "q:3"); }
TEST(QueryFault, TooLong) {
    EXPECT_EQ(fault(std::string(2'001, 'a')).code, base::Errc::limit_exceeded); }
TEST(QueryFault, TooDeep) {
    EXPECT_EQ(fault(std::string(20, '(') + "a" + std::string(20, ')')).code, base::Errc::limit_exceeded);
    EXPECT_EQ(fault(std::string(1'000, '-') + "a").code, base::Errc::limit_exceeded);
}
TEST(QueryFault, TooManyTerms) {
    EXPECT_EQ(fault("a b c", {100, 2, 5}).code, base::Errc::limit_exceeded); }
TEST(QueryFault, BrokenUtf8) {
    EXPECT_EQ(fault("ab\xff").where, "q:3"); }

}  // namespace
}  // namespace censo::cmdb
