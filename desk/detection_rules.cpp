#include "desk/detection_rules.h"

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

constexpr std::array<std::string_view, 2> states{"noise", "expected"};

DetectionRule read_rule(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"rule", "state", "classes", "subjects", "keys", "spelling", "flips"});
  DetectionRule rule;
  rule.name = mapping.name("rule");
  rule.state = states[mapping.choice("state", states)];
  rule.classes = mapping.optional_names("classes");
  rule.subjects = mapping.optional_names("subjects");
  rule.keys = mapping.optional_texts("keys");
  rule.spelling = mapping.flag("spelling");
  rule.flips = mapping.flag("flips");
  if (rule.classes.empty() && rule.subjects.empty() && !rule.spelling && !rule.flips)
    mapping.refuse("it fits everything: expected classes, subjects, spelling or flips");
  return rule;
}

auto read_subjects(SchemaFile& file, SchemaMapping& mapping, std::string_view key) {
  std::map<std::string, std::vector<std::string>, std::less<>> subjects;
  for (const auto& [name, node] : mapping.optional_members(key)) {
    for (const auto& member : node->sequence) subjects[name].push_back(member.scalar);
    if (node->sequence.empty()) file.refuse(*node, "expected a list of subjects");
  }
  return subjects;
}

DetectionRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(
      file, file.root(),
      {"monitored", "scan_interval", "grace", "group_within", "flips", "task", "groups", "tells", "rules"});
  DetectionRules rules;
  rules.monitored = mapping.optional_names("monitored");
  rules.scan_interval_ms = mapping.length("scan_interval");
  rules.grace_ms = mapping.length("grace");
  rules.group_within_ms = mapping.length("group_within");
  rules.flips = mapping.count("flips", 2, 1'000'000);
  if (const auto* node = file.root().find("task")) {
    SchemaMapping task(file, *node, {"criticality", "group"});
    rules.task_criticality = task.count("criticality", 1, 4);
    rules.task_group = task.text("group");
  }
  rules.groups = read_subjects(file, mapping, "groups");
  rules.tells = read_subjects(file, mapping, "tells");
  std::set<std::string> names;
  for (const auto* node : mapping.optional_sequence("rules")) {
    rules.rules.push_back(read_rule(file, *node));
    if (!names.insert(rules.rules.back().name).second)
      file.refuse(*node, "\"" + rules.rules.back().name + "\" stands twice");
  }
  return rules;
}

// Relation types have no white space and an underscore or not; an end's name may have any.
DifferenceSubject relationship_subject(std::string_view subject) {
  const auto first = subject.substr(0, subject.find(' '));
  const auto last = subject.substr(subject.rfind(' ') + 1);
  const bool at_end = last.find('_') != last.npos && first.find('_') == first.npos;
  if (at_end)
    return {std::string(last), std::string(base::trim(subject.substr(0, subject.size() - last.size())))};
  return {std::string(first), std::string(base::trim(subject.substr(first.size())))};
}

}  // namespace

base::Result<DetectionRules> DetectionRules::load(std::span<const base::EmbeddedFile> files) {
  return cmdb::read_schema_file(files, "detection.yaml", read_rules);
}

DifferenceSubject subject_of(std::string_view what, std::string_view subject) {
  if (what == "attribute") return {std::string(subject), ""};
  if (what.starts_with("relationship_")) return relationship_subject(subject);
  const auto space = std::min(subject.find(' '), subject.size());
  return {std::string(subject.substr(0, space)), std::string(base::trim(subject.substr(space)))};
}

bool same_but_spelling(std::string_view a, std::string_view b) {
  const auto words = [](std::string_view text) {
    std::string spaced = base::to_lower(text);
    std::replace_if(
        spaced.begin(), spaced.end(), [](char c) { return c == ',' || c == ';'; }, ' ');
    std::vector<std::string> list;
    for (const auto word : base::split_words(spaced)) list.emplace_back(word);
    std::sort(list.begin(), list.end());
    return list;
  };
  return !a.empty() && !b.empty() && words(a) == words(b);
}

}  // namespace censo::desk
