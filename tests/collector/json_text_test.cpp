#include "collector/json_text.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace censo::collector {
namespace {

TEST(JsonText, PutsCommasBetweenMembersAndElements) {
  JsonText text;
  text.open('{').member("name", "a").member("count", std::size_t{2}).key("list").open('[');
  text.value("x").open('{').close('}').open('[').close(']').value(true).close(']');
  text.key("none").open('[').close(']').member("last", false).close('}');
  EXPECT_EQ(std::move(text).take(),
            R"({"name":"a","count":2,"list":["x",{},[],true],"none":[],"last":false})");
}

TEST(JsonText, WritesWhatAParserReadsAsItWas) {
  const std::string hostile = "\"}],{[:\\ \n\x01 ñ <script>";
  JsonText text;
  text.open('{').member("a", hostile).member("b", std::string_view("[")).member("c", "{").close('}');
  const auto read = boost::json::parse(std::move(text).take()).as_object();
  EXPECT_EQ(read.at("a").as_string(), hostile);
  EXPECT_EQ(read.at("b").as_string(), "[");
  EXPECT_EQ(read.at("c").as_string(), "{");
}

TEST(JsonText, ReplacesInvalidUtf8) {
  JsonText text;
  text.open('[').value("a\xff").close(']');
  EXPECT_EQ(boost::json::parse(std::move(text).take()).at(0).as_string(), "a\xEF\xBF\xBD");
}

}  // namespace
}  // namespace censo::collector
