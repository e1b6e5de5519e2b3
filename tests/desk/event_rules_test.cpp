// schemas/events.yaml, and what is wrong with others.
#include "desk/event_rules.h"
#include "cmdb/class_catalog.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace censo::desk {
namespace {

constexpr const char* sound = R"(limits: {messages: 10, conditions: 5}
again_after: 1d
expire_after: 30d
keep: 90d
grace: 15m
other_severity: warning
alertmanager: {item: [instance], condition: [device]}
severities:
  - {severity: critical, urgency: 1, words: [crit]}
  - {severity: warning, urgency: 3}
rules:
  - {rule: anything, ticket: true}
)";

base::Result<EventRules> load(const std::string& text) {
  const std::array files{base::EmbeddedFile{"events.yaml", text}};
  return EventRules::load(files);
}

std::string without(std::string text, const std::string& line) {
  const auto at = text.find(line);
  return text.erase(at, text.find('\n', at) + 1 - at);
}

// With this in place of the last rule.
std::string fault_of_rule(const std::string& rule) {
  const auto text = without(sound, "  - {rule: anything") + "  - " + rule + "\n";
  const auto loaded = load(text);
  return loaded ? "none" : loaded.error().where;
}

TEST(EventRules, BuiltInOnesAreSound) {
  const auto rules = EventRules::load(cmdb::built_in_schemas());
  ASSERT_TRUE(rules) << to_string(rules.error());
  EXPECT_EQ(rules->rules.back().clear, OnClear::resolve);
}

TEST(EventRules, SeverityByItsWordInAnyCase) {
  const auto rules = load(sound).value();
  EXPECT_EQ(rules.severity_of(" CRIT ").name, "critical");
  EXPECT_EQ(rules.severity_of("Critical").urgency, "1");
}

TEST(EventRules, UnknownWordIsTheOtherSeverity) {
  EXPECT_EQ(load(sound).value().severity_of("purple").name, "warning");
}

TEST(EventRules, LastRuleFitsEverything) {
  EXPECT_EQ(fault_of_rule("{rule: some, conditions: [a], ticket: true}"), "events.yaml:12");
}

TEST(EventRules, UnknownSeverityIsAFault) {
  EXPECT_EQ(fault_of_rule("{rule: some, severities: [purple], ticket: true}"), "events.yaml:12");
}

TEST(EventRules, GroupWithoutATicketIsAFault) {
  EXPECT_EQ(fault_of_rule("{rule: some, ticket: false, group: unix}"), "events.yaml:12");
}

TEST(EventRules, UnknownKeyIsAFault) {
  EXPECT_EQ(fault_of_rule("{rule: some, ticket: true, colour: red}"), "events.yaml:12");
}

TEST(EventRules, LimitsAreNeeded) {
  EXPECT_FALSE(load(without(sound, "limits:")));
}

TEST(EventRules, WordOfTwoSeveritiesIsAFault) {
  std::string text = sound;
  text.replace(text.find("[crit]"), 6, "[warning]");
  const auto loaded = load(text);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().where, "events.yaml:10");
}

TEST(EventRules, OtherSeverityIsOneOfThem) {
  EXPECT_EQ(load(without(sound, "  - {severity: warning")).error().where, "events.yaml:6");
}

}  // namespace
}  // namespace censo::desk
