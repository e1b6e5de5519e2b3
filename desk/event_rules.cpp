#include "desk/event_rules.h"

#include "base/text.h"
#include "cmdb/history_rules.h"
#include "cmdb/schema_file.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr std::array<std::string_view, 3> on_clear{"resolve", "close", "note"};

EventSeverity read_severity(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"severity", "urgency", "words"});
  EventSeverity severity{mapping.name("severity"), mapping.text("urgency"), mapping.optional_texts("words")};
  if (severity.urgency != "1" && severity.urgency != "2" && severity.urgency != "3")
    mapping.refuse("urgency", "expected 1, 2 or 3");
  for (auto& word : severity.words) word = base::to_lower(word);
  return severity;
}

bool is_severity(const EventRules& rules, std::string_view name) {
  return std::ranges::find(rules.severities, name, &EventSeverity::name) != rules.severities.end();
}

void read_severities(SchemaFile& file, SchemaMapping& mapping, EventRules& rules) {
  std::set<std::string> words;
  for (const auto* node : mapping.optional_sequence("severities")) {
    auto severity = read_severity(file, *node);
    auto all = severity.words;
    all.push_back(severity.name);
    for (const auto& word : all)
      if (!words.insert(word).second) file.refuse(*node, "\"" + word + "\" stands twice");
    rules.severities.push_back(std::move(severity));
  }
  rules.other_severity = mapping.name("other_severity");
  if (!is_severity(rules, rules.other_severity)) mapping.refuse("other_severity", "expected a severity");
}

EventRule read_rule(SchemaFile& file, const base::YamlValue& node, const EventRules& rules) {
  SchemaMapping mapping(file, node,
                        {"rule", "senders", "sources", "conditions", "classes", "severities", "ticket",
                         "group", "category", "clear"});
  EventRule rule;
  rule.name = mapping.name("rule");
  rule.senders = mapping.optional_texts("senders");
  rule.sources = mapping.optional_texts("sources");
  rule.conditions = mapping.optional_texts("conditions");
  rule.classes = mapping.optional_names("classes");
  rule.severities = mapping.optional_names("severities");
  for (const auto& severity : rule.severities)
    if (!is_severity(rules, severity)) mapping.refuse("severities", "no severity \"" + severity + "\"");
  if (!mapping.has("ticket")) mapping.refuse("missing key \"ticket\"");
  rule.ticket = mapping.flag("ticket");
  rule.group = mapping.optional_text("group");
  rule.category = mapping.optional_text("category");
  rule.clear = static_cast<OnClear>(mapping.choice("clear", on_clear, 0));
  if (!rule.ticket && (mapping.has("group") || mapping.has("category") || mapping.has("clear")))
    mapping.refuse("group, category and clear are an incident's");
  return rule;
}

bool fits_all(const EventRule& rule) {
  return rule.senders.empty() && rule.sources.empty() && rule.conditions.empty() && rule.classes.empty() &&
         rule.severities.empty();
}

EventRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(),
                        {"limits", "again_after", "expire_after", "keep", "grace", "other_severity",
                         "severities", "alertmanager", "rules"});
  EventRules rules;
  rules.again_after_ms = mapping.length("again_after");
  rules.expire_after_ms = mapping.length("expire_after");
  rules.keep_ms = mapping.length("keep");
  rules.grace_ms = mapping.length("grace");
  const base::YamlValue nothing;
  const auto* limits = file.root().find("limits");
  SchemaMapping limit(file, limits ? *limits : nothing, {"messages", "conditions"});
  rules.messages_a_minute = limit.count("messages", 1, 1'000'000);
  rules.conditions_a_minute = limit.count("conditions", 1, 1'000'000);
  read_severities(file, mapping, rules);
  const auto* alertmanager = file.root().find("alertmanager");
  SchemaMapping labels(file, alertmanager ? *alertmanager : nothing, {"item", "condition"});
  rules.item_labels = labels.optional_texts("item");
  rules.condition_labels = labels.optional_texts("condition");
  std::set<std::string> names;
  for (const auto* node : mapping.optional_sequence("rules")) {
    rules.rules.push_back(read_rule(file, *node, rules));
    if (!names.insert(rules.rules.back().name).second)
      file.refuse(*node, "\"" + rules.rules.back().name + "\" stands twice");
  }
  if (rules.rules.empty() || !fits_all(rules.rules.back()))
    mapping.refuse("rules", "expected a last rule that fits everything");
  return rules;
}

}  // namespace

std::string_view name_of(OnClear what) {
  return on_clear[static_cast<std::size_t>(what)];
}

bool means_condition(std::string_view wanted, std::string_view condition) {
  if (wanted.ends_with('*')) return condition.starts_with(wanted.substr(0, wanted.size() - 1));
  return condition == wanted;
}

base::Result<EventRules> EventRules::load(std::span<const base::EmbeddedFile> files) {
  return cmdb::read_schema_file(files, "events.yaml", read_rules);
}

const EventSeverity& EventRules::severity_of(std::string_view given) const {
  const auto word = base::to_lower(base::trim(given));
  const auto means = [&](const EventSeverity& one) {
    return one.name == word || std::ranges::find(one.words, word) != one.words.end();
  };
  const auto found = std::ranges::find_if(severities, means);
  if (found != severities.end()) return *found;
  return *std::ranges::find(severities, other_severity, &EventSeverity::name);
}

std::size_t EventRules::rank_of(std::string_view severity) const {
  return static_cast<std::size_t>(std::ranges::find(severities, severity, &EventSeverity::name) -
                                  severities.begin());
}

}  // namespace censo::desk
