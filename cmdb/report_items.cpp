#include "cmdb/report_items.h"

#include "cmdb/hardware_owner.h"
#include "cmdb/ingest_run.h"
#include "cmdb/reconciliation.h"
#include "cmdb/subject.h"

#include <algorithm>
#include <utility>

namespace censo::cmdb {
namespace {

using inventory::Item;
using inventory::Section;

}  // namespace

ReportItems::ReportItems(IngestRun& run, std::span<const Section* const> sections,
                         std::span<const ChangedSection> changed, std::map<CiId, SourceValues>& values)
    : run_(run), changed_(changed), values_(values) {
  ClassMemory classes(run.catalog);
  for (const Section* section : sections) {
    for (const Item& item : section->items) {
      if (classes.find(item.class_name)->kind != ClassKind::configuration_item) continue;
      places_.push_back({section, &item});
      if (!item.ref.empty()) by_ref_.emplace(item.ref, places_.back());
    }
    for (const auto& relationship : section->relationships)
      from_ref_.emplace(relationship.from, &relationship);
  }
}

void ReportItems::save() {
  for (const Place& place : places_) of_item(place);
  for (const ChangedSection& changed : changed_) {
    if (changed.section->complete) forget_missing(changed);
  }
}

CiId ReportItems::of_ref(std::string_view ref) {
  const auto place = by_ref_.find(ref);
  return place == by_ref_.end() ? run_.source.ci : of_item(place->second);
}

CiId ReportItems::of_item(const Place& place) {
  const Item& item = *place.item;
  if (const auto found = found_.find(&item); found != found_.end()) return found->second;
  const ClassDefinition& definition = *run_.catalog.find_class(item.class_name);
  on_the_way_.insert(&item);
  const Identity identity{
      &definition,  name_of_item(definition, item.attributes), item.attributes, surroundings_of(item), {},
      &run_.allowed};
  on_the_way_.erase(&item);
  const CiId ci = find_or_add(identity);
  found_.emplace(&item, ci);
  named_.emplace(place.section->name, ci);
  if (ci != run_.source.ci) save_item(ci, place, identity);
  return ci;
}

// The other ends of the relationships within which the item's class has its identity.
Surroundings ReportItems::surroundings_of(const Item& item) {
  Surroundings surroundings;
  bool within_something = false;
  for (const IdentityRule& rule : run_.catalog.find_class(item.class_name)->identity) {
    if (rule.within.empty() || item.ref.empty()) continue;
    const auto [begin, end] = from_ref_.equal_range(item.ref);
    const auto relationship =
        std::find_if(begin, end, [&](const auto& from) { return from.second->type == rule.within; });
    if (relationship == end) continue;
    const std::string& other = relationship->second->to;
    const auto place = by_ref_.find(other);
    if (place != by_ref_.end() && on_the_way_.contains(place->second.item)) continue;
    surroundings.owners.emplace(rule.within, of_ref(other));
    within_something = true;
  }
  if (!within_something) surroundings.beside = run_.source.ci;
  return surroundings;
}

CiId ReportItems::find_or_add(const Identity& identity) {
  auto found = find_by_keys(run_.tx, keys_of(identity));
  if (!found) found = item_by_evidence(run_.tx, run_.catalog, identity, run_.source.ci);
  if (found) return *found;
  // A computer that bridges for its guests calls itself a bridge, and is known better from its own report.
  const bool is_gear = run_.catalog.is_a(identity.definition->name, "network_device");
  const auto computer = is_gear ? owner_of_mac(run_, identity.attributes.text("base_mac")) : std::nullopt;
  if (computer && !computer->passes_on) {
    known_better_.insert(computer->ci);
    return computer->ci;
  }
  return add_ci(run_, *identity.definition, identity.name, identity.attributes);
}

void ReportItems::save_item(CiId ci, const Place& place, const Identity& identity) {
  others_.insert(ci);
  if (known_better_.contains(ci) ||
      (run_.from_agent && is_reported_by_another_agent(run_.tx, ci, run_.source.origin))) {
    untouched_.insert(ci);
    return;
  }
  const auto changed = std::ranges::find(changed_, place.section, &ChangedSection::section);
  if (changed == changed_.end() && !run_.history.is_new(ci)) return;
  const auto known = values_.find(ci);
  SourceValues after = known == values_.end() ? SourceValues{} : known->second;
  after.class_name = identity.definition->name;
  after.name = identity.name;
  after.ended = false;
  auto& attributes = after.sections[place.section->name];
  attributes = overlaid(attributes, *place.section, identity.attributes);
  save_values(run_, ci, identity.surroundings, known == values_.end() ? nullptr : &known->second, after);
  values_[ci] = std::move(after);
}

// An item that only this section named keeps its last values; of one that others name too, this section's
// part goes.
void ReportItems::forget_missing(const ChangedSection& changed) {
  const std::string& section = changed.section->name;
  for (auto& [ci, values] : values_) {
    const bool missing = values.sections.contains(section) && !named_.contains({section, ci});
    if (ci == run_.source.ci || values.ended || !missing) continue;
    SourceValues after = values;
    if (after.sections.size() == 1) {
      after.ended = true;
    } else {
      after.sections.erase(section);
    }
    save_values(run_, ci, {}, &values, after);
    values = std::move(after);
  }
}

}  // namespace censo::cmdb
