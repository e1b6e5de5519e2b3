#include "cmdb/shown_values.h"

#include "cmdb/merge.h"
#include "cmdb/reconciliation_rules.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

using inventory::Attributes;

// Smaller is better, compared from left to right.
struct Standing {
  int not_person = 1, not_own = 0, stale = 0;
  std::size_t rank = 0;
  base::TimeMs not_running_since = 0;
  std::int64_t older = 0;
  auto tied() const { return std::tie(not_person, not_own, stale, rank, not_running_since, older); }
};

bool is_stale(const SourceView& source, base::TimeMs now) {
  const base::TimeMs after = ReconciliationRules::built_in().stale_after_ms(source.kind);
  return after > 0 && now - source.said_at > after;
}

Standing standing_of(const SourceView& source, const ReconciliationRule& rule, base::TimeMs now) {
  return {source.kind == "person" ? 0 : 1, source.own ? 0 : 1,    is_stale(source, now) ? 1 : 0,
          rule.rank_of(source.kind),       -source.running_since, -source.id.value};
}

std::string reason_against(const SourceView& source, const Standing& one, const Standing& best) {
  if (one.not_person != best.not_person) return "a person said otherwise";
  if (one.not_own != best.not_own) return "said beside another item; the item's own report goes first";
  if (one.stale != best.stale) return "stale: silent for longer than this kind of source may be";
  if (one.rank != best.rank) return "lower rank for this class and attribute";
  if (one.not_running_since != best.not_running_since)
    return source.kind == "agent" ? "the other one's system started later" : "the other source began later";
  return "the other source is newer";
}

std::string value_in(const SourceView& source, std::string_view attribute) {
  if (attribute == "class") return source.class_name;
  if (attribute == "name") return source.name;
  const inventory::Value* value = source.attributes.find(attribute);
  return value ? to_text(*value) : "";
}

// The source that is believed for the class: by the root's rules, for the class is not known before.
const SourceView* believed(const ClassCatalog& catalog, std::span<const SourceView> sources,
                           std::string_view attribute, base::TimeMs now) {
  const ReconciliationRule& rule =
      ReconciliationRules::built_in().of(catalog, "configuration_item", attribute);
  const SourceView* best = nullptr;
  for (const SourceView& source : sources) {
    if (value_in(source, attribute).empty()) continue;
    if (!best || standing_of(source, rule, now).tied() < standing_of(*best, rule, now).tied()) best = &source;
  }
  return best;
}

}  // namespace

Attributes merged_sections(const AttributesByName& sections) {
  Attributes all;
  for (const auto& [section, attributes] : sections) {
    for (const auto& [name, value] : attributes) {
      if (!all.find(name)) all.set(name, value);
    }
  }
  return all;
}

std::vector<SourceView> sources_of(store::Transaction& tx, std::span<const CiId> members) {
  std::vector<SourceView> sources;
  for (const CiId ci : members) {
    for (const store::Row& row :
         tx.query("select s.id, o.kind, o.native_id, s.ci_id, v.ended_at, s.last_seen, s.boot_since, v.class,"
                  " v.name, v.sections from ci_value v join ci_source s on s.id = v.source_id"
                  " join origin o on o.id = s.origin_id where v.ci_id = $1",
                  ci.value)) {
      const bool own = std::ranges::find(members, CiId(row.integer(3))) != members.end();
      sources.push_back({SourceId(row.integer(0)), ci, row.text(1), row.text(2), own, !row.is_null(4),
                         row.maybe_integer(4).value_or(row.integer(5)), row.integer(6), row.text(7),
                         row.text(8), merged_sections(attributes_by_name_from_json(row.text(9)))});
    }
  }
  return sources;
}

ShownValues chosen_values(const ClassCatalog& catalog, std::span<const SourceView> sources,
                          base::TimeMs now) {
  ShownValues shown;
  if (const SourceView* source = believed(catalog, sources, "class", now))
    shown.class_name = source->class_name;
  if (const SourceView* source = believed(catalog, sources, "name", now)) shown.name = source->name;
  const auto& restricted = ReconciliationRules::built_in().restricted();
  const auto has_all_shown = [&](const Attributes& attributes) {
    return std::ranges::none_of(restricted, [&](const auto& name) { return attributes.find(name); });
  };
  if (sources.size() == 1 && has_all_shown(sources.front().attributes)) {
    shown.attributes = sources.front().attributes;
    return shown;
  }
  std::map<std::string_view, std::pair<Standing, const inventory::Value*>> best;
  for (const SourceView& source : sources) {
    for (const auto& [name, value] : source.attributes) {
      const auto& rule = ReconciliationRules::built_in().of(catalog, shown.class_name, name);
      if (!rule.shows(source.kind)) continue;
      const Standing standing = standing_of(source, rule, now);
      const auto [place, is_new] = best.try_emplace(name, standing, &value);
      if (!is_new && standing.tied() < place->second.first.tied()) place->second = {standing, &value};
    }
  }
  for (const auto& [name, found] : best) shown.attributes.set(name, *found.second);
  return shown;
}

base::Result<ValueExplanation> explain_value(store::Transaction& tx, const ClassCatalog& catalog, CiId ci,
                                             std::string_view attribute, base::TimeMs now) {
  ValueExplanation explanation;
  explanation.ci = root_of(tx, ci);
  explanation.attribute = attribute;
  explanation.sources = sources_of(tx, members_of(tx, explanation.ci));
  const ShownValues shown = chosen_values(catalog, explanation.sources, now);
  const auto& rule = ReconciliationRules::built_in().of(
      catalog, attribute == "class" || attribute == "name" ? "configuration_item" : shown.class_name,
      attribute);
  explanation.rule = rule.class_name + (rule.attribute.empty() ? "" : " " + rule.attribute);
  for (const std::string& kind : rule.ranks)
    explanation.rule += (&kind == &rule.ranks.front() ? ": " : ", ") + kind;
  std::vector<std::pair<Standing, ValueReason>> order;
  for (const SourceView& source : explanation.sources) {
    std::string value = value_in(source, attribute);
    if (value.empty()) continue;
    const Standing standing = standing_of(source, rule, now);
    order.emplace_back(standing,
                       ValueReason{&source, std::move(value), standing.rank, standing.stale != 0, ""});
  }
  std::ranges::sort(order, [](const auto& a, const auto& b) { return a.first.tied() < b.first.tied(); });
  for (auto& [standing, reason] : order) {
    if (!rule.shows(reason.source->kind))
      reason.lost_by = "this kind of source is never believed for it";
    else if (!explanation.values.empty())
      reason.lost_by = reason_against(*reason.source, standing, order.front().first);
    explanation.values.push_back(std::move(reason));
  }
  const ClassDefinition* definition = catalog.find_class(shown.class_name);
  const bool known =
      attribute == "class" || attribute == "name" || (definition && definition->find_attribute(attribute));
  if (explanation.values.empty() && !known) {
    return base::fail(base::Errc::not_found,
                      "class " + shown.class_name + " has no attribute \"" + std::string(attribute) + "\"",
                      "name");
  }
  if (!explanation.values.empty() && rule.shows(explanation.values.front().source->kind))
    explanation.shown = explanation.values.front().value;
  return explanation;
}

}  // namespace censo::cmdb
