#include "collector/cli/impact_tree.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace censo::cli {
namespace {

std::string tree(const char* items, const char* groups = "[]", bool truncated = false) {
  boost::json::object answer{{"failed", boost::json::parse(R"([{"id":"1","class":"switch","name":"core"}])")},
                             {"items", boost::json::parse(items)},
                             {"groups", boost::json::parse(groups)},
                             {"counts", {{"down", 2}, {"degraded", 1}}},
                             {"truncated", truncated}};
  return impact_tree(answer);
}

TEST(ImpactTree, ItemsStandBelowWhatTheyAreReachedThrough) {
  EXPECT_EQ(tree(R"([{"id":"2","class":"server","name":"web","verdict":"down","reason":"is served by core","through":{"id":"1"}},
                     {"id":"4","class":"server","name":"db","verdict":"degraded","reason":"is served by core: 1 of 2 down, needs 1","through":{"id":"1"}},
                     {"id":"3","class":"web_server","name":"nginx","verdict":"down","reason":"runs on web","through":{"id":"2"}}])"),
            "2 down, 1 degraded\n"
            "core (switch)\n"
            "├─ web (server) down: is served by core\n"
            "│  └─ nginx (web_server) down: runs on web\n"
            "└─ db (server) degraded: is served by core: 1 of 2 down, needs 1\n");
}

TEST(ImpactTree, AGroupIsOneLine) {
  EXPECT_EQ(tree("[]", R"([{"class":"server","verdict":"down","count":25,"names":["a","b"],"through":{"id":"1"}}])"),
            "2 down, 1 degraded\n"
            "core (switch)\n"
            "└─ 25 of server down: a, b, ...\n");
}

TEST(ImpactTree, WhatIsReachedThroughAGroupIsNotDropped) {
  EXPECT_EQ(tree(R"([{"id":"3","class":"web_server","name":"nginx","verdict":"down","reason":"runs on a","through":{"id":"9"}}])",
                 R"([{"class":"server","verdict":"down","count":25,"names":["a","b"],"through":{"id":"1"}}])"),
            "2 down, 1 degraded\n"
            "core (switch)\n"
            "└─ 25 of server down: a, b, ...\n"
            "through items of these groups\n"
            "└─ nginx (web_server) down: runs on a\n");
}

TEST(ImpactTree, ACutIsTold) { EXPECT_EQ(tree("[]", "[]", true).substr(0, 42), "2 down, 1 degraded; a limit cut the walk\nc"); }

TEST(ImpactTree, ControlCharactersAreShownAsEscapes) {
  const std::string shown = tree(
      R"([{"id":"2","class":"server","name":"a\u001b[2J","verdict":"down","reason":"x","through":{"id":"1"}}])");
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace censo::cli
