#include "desk/date_rules.h"

#include "cmdb/schema_file.h"

#include <set>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

DateRule read_rule(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"rule", "classes", "attribute", "before", "kind", "group", "title"});
  DateRule rule;
  rule.name = mapping.name("rule");
  rule.classes = mapping.optional_names("classes");
  if (rule.classes.empty()) mapping.refuse("classes", "expected at least one class");
  rule.attribute = mapping.name("attribute");
  rule.before_ms = mapping.length("before");
  const auto kind = mapping.optional_name("kind");
  rule.kind = kind.empty() ? "task" : kind;
  rule.group = mapping.text("group");
  rule.title = mapping.text("title");
  if (rule.title.size() > 100) mapping.refuse("title", "expected at most 100 bytes");
  return rule;
}

DateRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"rules"});
  DateRules rules;
  std::set<std::string> names;
  for (const auto* node : mapping.optional_sequence("rules")) {
    rules.rules.push_back(read_rule(file, *node));
    if (!names.insert(rules.rules.back().name).second)
      file.refuse(*node, "\"" + rules.rules.back().name + "\" stands twice");
  }
  return rules;
}

}  // namespace

base::Result<DateRules> DateRules::load(std::span<const base::EmbeddedFile> files) {
  return cmdb::read_schema_file(files, "dates.yaml", read_rules);
}

}  // namespace censo::desk
