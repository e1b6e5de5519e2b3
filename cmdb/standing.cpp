#include "cmdb/standing.h"

#include "cmdb/item_state.h"
#include "cmdb/merge.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <map>
#include <utility>

namespace censo::cmdb {
namespace {

struct LastChange {
  base::TimeMs at = 0, not_before = 0;
};

std::map<std::string, LastChange> last_changes(store::Transaction& tx, CiId ci) {
  std::map<std::string, LastChange> last;
  for (const store::Row& row : tx.query("select subject, at, not_before from history where ci_id = $1 and "
                                        "what = 'attribute' order by at, id",
                                        ci.value)) {
    last[row.text(0)] = {row.integer(1), row.integer(2)};
  }
  return last;
}

bool says(const AttributesByName& sections, const StandingValue& standing) {
  return std::ranges::any_of(sections, [&](const auto& section) {
    const inventory::Value* value = section.second.find(standing.attribute);
    return value && *value == standing.value;
  });
}

void confirm(store::Transaction& tx, CiId ci, std::vector<StandingValue>& values) {
  for (const CiId member : members_of(tx, ci)) {
    for (const store::Row& row :
         tx.query("select v.sections, coalesce(v.ended_at, s.last_seen), o.kind from ci_value v"
                  " join ci_source s on s.id = v.source_id join origin o on o.id = s.origin_id"
                  " where v.ci_id = $1 order by o.kind",
                  member.value)) {
      const AttributesByName sections = attributes_by_name_from_json(row.text(0));
      for (StandingValue& standing : values) {
        if (!says(sections, standing)) continue;
        standing.confirmed_at = std::max(standing.confirmed_at, row.integer(1));
        if (std::ranges::find(standing.origins, row.text(2)) == standing.origins.end())
          standing.origins.push_back(row.text(2));
      }
    }
  }
}

}  // namespace

base::Result<std::vector<StandingValue>> standing_values(store::Transaction& tx, const ClassCatalog& catalog,
                                                         CiId ci) {
  const auto item = find_ci(tx, ci);
  if (!item) return item.error();
  const ClassDefinition* definition = catalog.find_class(item->class_name);
  const auto changes = last_changes(tx, item->id);
  std::vector<StandingValue> values;
  for (const auto& [name, value] : item->attributes) {
    const AttributeDefinition* attribute = definition ? definition->find_attribute(name) : nullptr;
    const auto change = changes.find(name);
    StandingValue standing{name, value, item->first_seen, 0, 0, {}};
    if (change != changes.end()) {
      standing.since = change->second.at;
      standing.not_before = change->second.not_before;
    }
    if (attribute && attribute->operational) standing.since = 0;
    values.push_back(std::move(standing));
  }
  confirm(tx, item->id, values);
  return values;
}

}  // namespace censo::cmdb
