#include "cmdb/component_changes.h"

#include "base/text.h"
#include "cmdb/component_store.h"
#include "cmdb/ingest_run.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace censo::cmdb {
namespace {

using inventory::Attributes;
using inventory::Item;

// The rows of a report, parted as they are stored.
struct Reported {
  std::vector<RowText> rows;
  std::vector<Attributes> operational;  // of each row
  std::vector<Component> transient;
};

Attributes operational_of(const Item& item, const ClassDefinition& definition) {
  Attributes operational;
  for (const auto& [name, value] : item.attributes) {
    if (definition.find_attribute(name)->operational) operational.set(name, value);
  }
  return operational;
}

Reported reported(const ClassCatalog& catalog, const std::vector<const Item*>& items) {
  Reported parts;
  ClassMemory classes(catalog);
  for (const Item* item : items) {
    const ClassDefinition& definition = *classes.find(item->class_name);
    if (definition.transient) {
      parts.transient.push_back({"", item->class_name, item->attributes});
    } else {
      parts.rows.push_back({definition.name, to_lasting_json(item->attributes, definition)});
      parts.operational.push_back(operational_of(*item, definition));
    }
  }
  return parts;
}

// "package openssl amd64": what tells the row apart among its owner's.
std::string subject_of(const ClassCatalog& catalog, const Component& component) {
  std::string subject = component.class_name;
  const ClassDefinition* definition = catalog.find_class(component.class_name);
  if (!definition) return subject;
  for (const std::string& attribute : definition->key) {
    const inventory::Value* value = component.attributes.find(attribute);
    if (value) subject += " " + to_text(*value);
  }
  return subject;
}

// "version: 1.1, size: 3": the attributes of `component` that `other` has not, or has otherwise.
std::string difference(const Component& component, const Component& other) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : component.attributes) {
    const inventory::Value* same = other.attributes.find(name);
    if (!same || *same != value) parts.push_back(name + ": " + to_text(value));
  }
  return base::join(parts, ", ");
}

class SectionChange {
 public:
  SectionChange(IngestRun& run, CiId ci, const ChangedSection& changed)
      : run_(run),
        ci_(ci),
        changed_(changed),
        before_(load_components(run.tx, ci, run.source.id, changed.section->name)) {}

  void save(const std::vector<const Item*>& items) {
    Reported parts = reported(run_.catalog, items);
    const RowIds ids = ids_of_rows(run_.tx, parts.rows, run_.clock);
    ComponentSet after{changed_.section->name, ids, {}, std::move(parts.transient)};
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (!parts.operational[i].empty())
        after.operational[std::to_string(ids[i])] = std::move(parts.operational[i]);
    }
    std::ranges::sort(after.ids);
    compare(after);
    if (after.ids != before_.ids) run_.feed.add(FeedTopic::components, ci_.value);
    save_components(run_.tx, ci_, run_.source.id, after);
  }

 private:
  // Loads only the rows that differ; tells history, and keeps what an incomplete section does not name.
  void compare(ComponentSet& after) {
    RowIds gone, come;
    std::ranges::set_difference(before_.ids, after.ids, std::back_inserter(gone));
    std::ranges::set_difference(after.ids, before_.ids, std::back_inserter(come));
    const bool tell = changed_.was_complete && !run_.history.is_new(ci_);
    if (gone.empty() && !tell) return;
    auto removed = by_subject(gone);
    const auto added = by_subject(come);
    for (const auto& [subject, row] : added) {
      const auto old = removed.find(subject);
      if (tell) tell_of(subject, old == removed.end() ? nullptr : &old->second.second, &row.second);
      if (old != removed.end()) removed.erase(old);
    }
    for (const auto& [subject, row] : removed) {
      if (!changed_.section->complete) {
        keep(row.first, after);
      } else if (tell) {
        tell_of(subject, &row.second, nullptr);
      }
    }
    std::ranges::sort(after.ids);
  }

  std::multimap<std::string, std::pair<RowId, Component>> by_subject(const RowIds& ids) {
    const auto rows = rows_with_ids(run_.tx, ids);
    std::multimap<std::string, std::pair<RowId, Component>> by;
    for (const RowId id : ids) {
      const Component& row = rows.at(id);
      by.emplace(subject_of(run_.catalog, row), std::pair(id, row));
    }
    return by;
  }

  void keep(RowId id, ComponentSet& after) const {
    after.ids.push_back(id);
    const auto operational = before_.operational.find(std::to_string(id));
    if (operational != before_.operational.end()) after.operational.insert(*operational);
  }

  void tell_of(const std::string& subject, const Component* old_row, const Component* new_row) {
    static const Component nothing;
    const Component& was = old_row ? *old_row : nothing;
    const Component& is = new_row ? *new_row : nothing;
    const char* what = !old_row ? "component_added" : !new_row ? "component_removed" : "component_changed";
    run_.history.add({ci_, what, subject, difference(was, is), difference(is, was)});
  }

  IngestRun& run_;
  const CiId ci_;
  const ChangedSection& changed_;
  const ComponentSet before_;
};

}  // namespace

void save_components(IngestRun& run, CiId ci, const ChangedSection& changed,
                     const std::vector<const Item*>& items) {
  SectionChange(run, ci, changed).save(items);
}

}  // namespace censo::cmdb
