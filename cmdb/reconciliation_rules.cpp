#include "cmdb/reconciliation_rules.h"

#include "base/text.h"
#include "cmdb/schema_file.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace censo::cmdb {
namespace {

base::TimeMs duration_ms(SchemaFile& file, const base::YamlValue& node) {
  const std::string& text = node.scalar;
  const bool days = text.ends_with('d');
  const auto number =
      base::parse_unsigned(std::string_view(text).substr(0, text.empty() ? 0 : text.size() - 1));
  if ((!days && !text.ends_with('h')) || !number || *number == 0 || *number > 36'500) {
    file.refuse(node, "expected hours or days, as 12h or 30d");
    return 0;
  }
  return static_cast<base::TimeMs>(*number) * (days ? 86'400'000 : 3'600'000);
}

}  // namespace

std::size_t ReconciliationRule::rank_of(std::string_view kind) const {
  return static_cast<std::size_t>(std::ranges::find(ranks, kind) - ranks.begin());
}

base::Result<ReconciliationRules> ReconciliationRules::load(std::span<const base::EmbeddedFile> files) {
  ReconciliationRules rules;
  for (const base::EmbeddedFile& one : files) {
    if (!one.path.starts_with("reconciliation/")) continue;
    SchemaFile file(one.path, one.content);
    SchemaMapping root(file, file.root(), {"class", "ranks", "stale_after", "attributes"});
    const std::string class_name = root.name("class");
    const auto add = [&](const std::string& attribute, std::vector<std::string> ranks) {
      rules.rules_[{class_name, attribute}] = {class_name, attribute, std::move(ranks)};
    };
    if (auto ranks = root.optional_names("ranks"); !ranks.empty()) add("", std::move(ranks));
    for (const auto& [kind, node] : root.optional_members("stale_after"))
      rules.stale_after_ms_[kind] = duration_ms(file, *node);
    for (const auto* node : root.optional_sequence("attributes")) {
      SchemaMapping mapping(file, *node, {"attribute", "ranks", "only"});
      const std::string attribute = mapping.name("attribute");
      add(attribute, mapping.optional_names("ranks"));
      if (!mapping.flag("only")) continue;
      rules.rules_[{class_name, attribute}].only = true;
      rules.restricted_.push_back(attribute);
    }
    if (file.fault()) return *file.fault();
  }
  return rules;
}

const ReconciliationRules& ReconciliationRules::built_in() {
  static const ReconciliationRules loaded = [] {
    auto read = load(built_in_schemas());
    if (!read) throw std::logic_error(base::to_string(read.error()));
    return std::move(*read);
  }();
  return loaded;
}

const ReconciliationRule& ReconciliationRules::of(const ClassCatalog& catalog, std::string_view class_name,
                                                  std::string_view attribute) const {
  for (const auto* one = catalog.find_class(class_name); one; one = catalog.find_class(one->parent)) {
    const auto own = rules_.find({one->name, std::string(attribute)});
    if (own != rules_.end()) return own->second;
    const auto all = rules_.find({one->name, ""});
    if (all != rules_.end()) return all->second;
  }
  return otherwise_;
}

base::TimeMs ReconciliationRules::stale_after_ms(std::string_view kind) const {
  const auto found = stale_after_ms_.find(kind);
  return found == stale_after_ms_.end() ? 0 : found->second;
}

}  // namespace censo::cmdb
