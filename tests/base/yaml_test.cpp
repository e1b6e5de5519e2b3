#include "base/yaml.h"

#include <gtest/gtest.h>

namespace censo::base {
namespace {

YamlValue tree(std::string_view text) {
  return parse_yaml(text, "f.yaml").value();
}
std::string refusal(std::string_view text, const YamlLimits& limits = {}) {
  const auto result = parse_yaml(text, "f.yaml", limits);
  return result ? "accepted" : to_string(result.error());
}

}  // namespace

TEST(Yaml, MappingsKeepTheOrderOfTheFile) {
  const auto value = tree("b: 1\na: 2\n");
  ASSERT_EQ(value.mapping.size(), 2u);
  EXPECT_EQ(value.mapping[0].key, "b");
}
TEST(Yaml, FindGivesTheMember) {
  EXPECT_EQ(tree("a: x").find("a")->scalar, "x");
}
TEST(Yaml, FindOfAnUnknownKeyIsNothing) {
  EXPECT_EQ(tree("a: x").find("b"), nullptr);
}
TEST(Yaml, SequencesNest) {
  EXPECT_EQ(tree("a: [1, [2, {b: c}]]").find("a")->sequence[1].sequence[1].find("b")->scalar, "c");
}
TEST(Yaml, LinesAreCountedFromOne) {
  EXPECT_EQ(tree("a: 1\n\nb:\n  c: 2\n").find("b")->find("c")->line, 4);
}
TEST(Yaml, QuotedScalarsAreMarked) {
  EXPECT_TRUE(tree("a: '1'").find("a")->quoted);
}
TEST(Yaml, PlainScalarsAreNotMarked) {
  EXPECT_FALSE(tree("a: 1").find("a")->quoted);
}
TEST(Yaml, BlockTextKeepsItsLines) {
  EXPECT_EQ(tree("a: |\n  x\n  y\n").find("a")->scalar, "x\ny\n");
}
TEST(Yaml, TildeIsNull) {
  EXPECT_EQ(tree("a: ~").find("a")->kind, YamlValue::Kind::null);
}
TEST(Yaml, AMissingValueIsNull) {
  EXPECT_EQ(tree("a:").find("a")->kind, YamlValue::Kind::null);
}
TEST(Yaml, NothingIsNull) {
  EXPECT_EQ(tree("# only a comment\n").kind, YamlValue::Kind::null);
}

TEST(YamlRefuses, Anchors) {
  EXPECT_EQ(refusal("a: 1\nb: &x 1"), "anchors are not allowed, found &x (f.yaml:2)");
}
TEST(YamlRefuses, Aliases) {
  EXPECT_NE(refusal("a: *x"), "accepted");
}
TEST(YamlRefuses, Tags) {
  EXPECT_EQ(refusal("a: !!binary x"), "tags are not allowed, found tag:yaml.org,2002:binary (f.yaml:1)");
}
TEST(YamlRefuses, TagsOfMappings) {
  EXPECT_EQ(refusal("a: !x {}"), "tags are not allowed, found !x (f.yaml:1)");
}
TEST(YamlRefuses, MergeKeys) {
  EXPECT_EQ(refusal("<<: {a: 1}"), "merge keys are not allowed (f.yaml:1)");
}
TEST(YamlRefuses, DuplicateKeys) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3"), "the key \"a\" stands here twice (f.yaml:3)");
}
TEST(YamlRefuses, NullKeys) {
  EXPECT_EQ(refusal("~: 1"), "expected a key, found none (f.yaml:1)");
}
TEST(YamlRefuses, MappingsAsKeys) {
  EXPECT_EQ(refusal("{a: 1}: 2"), "expected a text as key, found a sequence or mapping (f.yaml:1)");
}
TEST(YamlRefuses, ASecondDocument) {
  EXPECT_EQ(refusal("a: 1\n---\nb: 2"), "expected one document, found a second (f.yaml:2)");
}
TEST(YamlRefuses, DepthBeyondTheLimit) {
  EXPECT_EQ(refusal(std::string(33, '[') + std::string(33, ']')), "deeper than 32 levels (f.yaml:1)");
}
TEST(YamlRefuses, NodesBeyondTheLimit) {
  YamlLimits limits;
  limits.max_nodes = 3;
  EXPECT_EQ(refusal("[1, 2, 3]", limits), "more than 3 nodes (f.yaml:1)");
}
TEST(YamlRefuses, BytesBeyondTheLimit) {
  const auto result = parse_yaml(std::string(256 * 1024 + 1, 'a'), "f.yaml");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::limit_exceeded);
}
TEST(YamlRefuses, AnAliasBombAtItsFirstAnchor) {
  EXPECT_EQ(refusal("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]"),
            "anchors are not allowed, found &a (f.yaml:1)");
}
TEST(YamlRefuses, InvalidUtf8) {
  EXPECT_EQ(refusal("a: \xff"), "expected UTF-8 (f.yaml:1)");
}
TEST(YamlRefuses, Nul) {
  EXPECT_EQ(refusal(std::string_view("a: \0", 4)), "expected text, found NUL (f.yaml:1)");
}
TEST(YamlRefuses, EscapedNul) {
  EXPECT_EQ(refusal("a: \"\\0\""), "NUL is not allowed in a text (f.yaml:1)");
}
TEST(YamlRefuses, BrokenSyntaxWithItsLine) {
  const auto result = parse_yaml("a: 1\nb: [", "f.yaml");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().where, "f.yaml:2");
}
TEST(YamlAccepts, DepthAtTheLimit) {
  EXPECT_EQ(refusal(std::string(32, '[') + std::string(32, ']')), "accepted");
}

}  // namespace censo::base
