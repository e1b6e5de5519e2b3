#include "collector/json_body.h"

#include <gtest/gtest.h>

#include <string>

namespace censo::collector {
namespace {

Request with_body(std::string body) {
  Request request;
  request.body = std::move(body);
  return request;
}

// Reads a text "name", an integer "port" from 1 to 9 and a list "ranges" of at most two texts.
base::Error fault_of(std::string text) {
  const auto request = with_body(std::move(text));
  JsonBody body(request, {"name", "port", "ranges"});
  body.text("name", 10);
  body.integer_or("port", 1, 9, 5);
  body.text_list("ranges", 2, 10);
  return body.fault().value_or(base::Error{});
}

TEST(JsonBody, GoodBodyHasNoFault) {
  EXPECT_EQ(fault_of(R"({"name": "a", "port": 7, "ranges": ["b"]})").message, "");
}

TEST(JsonBody, ReadsEachType) {
  const auto request = with_body(R"({"name": " a ", "port": 7, "ranges": ["b", "c"]})");
  JsonBody body(request, {"name", "port", "ranges"});
  EXPECT_EQ(body.text("name", 10), "a");
  EXPECT_EQ(body.integer_or("port", 1, 9, 5), 7);
  EXPECT_EQ(body.text_list("ranges", 2, 10), (std::vector<std::string>{"b", "c"}));
}

TEST(JsonBody, AbsentFieldsHaveTheirDefaults) {
  const auto request = with_body("{}");
  JsonBody body(request, {"name", "port", "ranges"});
  EXPECT_EQ(body.text_or("name", 10, "x"), "x");
  EXPECT_EQ(body.integer_or("port", 1, 9, 5), 5);
  EXPECT_TRUE(body.text_list("ranges", 2, 10).empty());
  EXPECT_FALSE(body.fault());
}

TEST(JsonBody, FaultIsMalformedWithThePointer) {
  const auto fault = fault_of(R"({"name": 1})");
  EXPECT_EQ(fault.code, base::Errc::malformed);
  EXPECT_EQ(fault.where, "/name");
  EXPECT_EQ(fault.reason, "WRONG_TYPE");
}

TEST(JsonBody, FirstFaultIsKept) {
  EXPECT_EQ(fault_of(R"({"name": 1, "port": "x"})").where, "/name");
}

TEST(JsonBody, TextThatIsNoJson) {
  EXPECT_EQ(fault_of("{name}").reason, "JSON_SYNTAX");
}

TEST(JsonBody, EmptyBody) {
  EXPECT_EQ(fault_of("").reason, "JSON_SYNTAX");
}

TEST(JsonBody, TextAfterTheObject) {
  EXPECT_EQ(fault_of(R"({"name": "a"} {})").reason, "JSON_SYNTAX");
}

TEST(JsonBody, BrokenUtf8) {
  EXPECT_EQ(fault_of("{\"name\": \"\xff\"}").reason, "JSON_SYNTAX");
}

TEST(JsonBody, JsonThatIsNoObject) {
  EXPECT_EQ(fault_of("[1]").reason, "WRONG_TYPE");
}

TEST(JsonBody, SeventeenLevels) {
  EXPECT_EQ(fault_of(R"({"name": )" + std::string(16, '[') + std::string(16, ']') + "}").reason, "TOO_DEEP");
}

TEST(JsonBody, UnknownField) {
  const auto fault = fault_of(R"({"name": "a", "colour": 1})");
  EXPECT_EQ(fault.reason, "UNKNOWN_FIELD");
  EXPECT_EQ(fault.where, "/colour");
}

TEST(JsonBody, PointerEscapesSlashAndTilde) {
  EXPECT_EQ(fault_of(R"({"a/b~": 1})").where, "/a~1b~0");
}

TEST(JsonBody, FieldTwice) {
  const auto fault = fault_of(R"({"name": "a", "name": "b"})");
  EXPECT_EQ(fault.reason, "DUPLICATE_KEY");
  EXPECT_EQ(fault.where, "/name");
}

TEST(JsonBody, FieldTwiceInAnInnerObject) {
  EXPECT_EQ(fault_of(R"({"name": {"x": 1, "x": 2}})").reason, "DUPLICATE_KEY");
}

TEST(JsonBody, SameFieldInTwoObjectsIsNoRepeat) {
  EXPECT_EQ(fault_of(R"({"name": [{"x": 1}, {"x": 2}]})").reason, "WRONG_TYPE");
}

TEST(JsonBody, MissingField) {
  EXPECT_EQ(fault_of("{}").reason, "MISSING_FIELD");
}

TEST(JsonBody, EmptyText) {
  EXPECT_EQ(fault_of(R"({"name": "  "})").reason, "BAD_VALUE");
}

TEST(JsonBody, LongText) {
  EXPECT_EQ(fault_of(R"({"name": "12345678901"})").reason, "FIELD_TOO_LONG");
}

TEST(JsonBody, NulInAText) {
  EXPECT_EQ(fault_of(R"({"name": "a\u0000b"})").reason, "BAD_VALUE");
}

TEST(JsonBody, NullIsNoText) {
  EXPECT_EQ(fault_of(R"({"name": null})").reason, "WRONG_TYPE");
}

TEST(JsonBody, IntegerOutOfRange) {
  EXPECT_EQ(fault_of(R"({"name": "a", "port": 10})").where, "/port");
}

TEST(JsonBody, IntegerAsDecimal) {
  EXPECT_EQ(fault_of(R"({"name": "a", "port": 7.0})").reason, "WRONG_TYPE");
}

TEST(JsonBody, IntegerBeyond64Bits) {
  EXPECT_EQ(fault_of(R"({"name": "a", "port": 18446744073709551615})").reason, "BAD_VALUE");
}

TEST(JsonBody, LongList) {
  EXPECT_EQ(fault_of(R"({"name": "a", "ranges": ["a", "b", "c"]})").reason, "TOO_MANY");
}

TEST(JsonBody, ListWithANumberIsPointedTo) {
  EXPECT_EQ(fault_of(R"({"name": "a", "ranges": ["a", 1]})").where, "/ranges/1");
}

Request with_query(std::string name, std::string value) {
  Request request;
  request.query.emplace(std::move(name), std::move(value));
  return request;
}

TEST(PageOf, DefaultIsFifty) {
  EXPECT_EQ(page_of(Request())->limit, 50U);
}

TEST(PageOf, ThousandIsTaken) {
  EXPECT_EQ(page_of(with_query("limit", "1000"))->limit, 1000U);
}

TEST(PageOf, MoreThanThousandIsRefused) {
  EXPECT_EQ(page_of(with_query("limit", "1001")).error().where, "limit");
}

TEST(PageOf, ZeroIsRefused) {
  EXPECT_FALSE(page_of(with_query("limit", "0")));
}

TEST(PageOf, WordIsRefused) {
  EXPECT_FALSE(page_of(with_query("limit", "all")));
}

TEST(MomentOf, NothingIsNow) {
  EXPECT_EQ(moment_of(Request(), base::ManualClock(1'000)).value(), cmdb::Moment());
}

TEST(MomentOf, APastMomentIsTaken) {
  EXPECT_EQ(moment_of(with_query("at", "1970-01-01T00:00:01Z"), base::ManualClock(2'000)).value(),
            cmdb::Moment(1'000));
}

TEST(MomentOf, TheFutureIsRefused) {
  EXPECT_EQ(moment_of(with_query("at", "1970-01-01T00:00:03Z"), base::ManualClock(2'000)).error().where, "at");
}

TEST(MomentOf, AWordIsRefused) {
  EXPECT_EQ(moment_of(with_query("at", "yesterday"), base::ManualClock(2'000)).error().code,
            base::Errc::invalid_argument);
}

TEST(JsonTime, ZeroIsNull) {
  EXPECT_TRUE(json_time(0).is_null());
}

TEST(JsonTime, IsIso8601) {
  EXPECT_EQ(json_time(1'000).as_string(), "1970-01-01T00:00:01.000Z");
}

TEST(JsonAttributes, KeepTheirTypes) {
  inventory::Attributes attributes;
  attributes.set("a", "text");
  attributes.set("b", std::int64_t{7});
  attributes.set("c", 0.5);
  attributes.set("d", true);
  attributes.set("e", inventory::TextList{"x"});
  EXPECT_EQ(boost::json::serialize(json_attributes(attributes)),
            R"({"a":"text","b":7,"c":5E-1,"d":true,"e":["x"]})");
}

}  // namespace
}  // namespace censo::collector
