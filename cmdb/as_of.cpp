#include "cmdb/as_of.h"

#include "base/text.h"
#include "cmdb/component_past.h"
#include "cmdb/component_store.h"
#include "cmdb/stored_json.h"
#include "cmdb/tenant.h"
#include "cmdb/time_spans.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using store::Row;

constexpr int longest_chain = 64;  // far above what people make; ends a circle that a damaged database has

base::Error not_kept(std::string_view what, CiId id, base::TimeMs before) {
  return base::fail(
      Errc::expired,
      std::string(what) + " of " + base::to_text(id) + " are not kept before " + base::to_iso8601(before),
      "at", "NOT_KEPT");
}

// Why there is no state.
base::Error unknown_then(store::Transaction& tx, CiId id, base::TimeMs at) {
  const auto row = tx.query_one("select first_seen, kept_from from ci where id = $1", id.value);
  if (!row) return base::fail(Errc::not_found, "no configuration item has the id " + base::to_text(id));
  if (at >= row->integer(0)) return not_kept("past states", id, row->integer(1));
  return base::fail(Errc::not_found, "the item " + base::to_text(id) + " was not known at " +
                                         base::to_iso8601(at) + ", but since " +
                                         base::to_iso8601(row->integer(0)));
}

// What a source last saw by then; 0: it has seen it since, and when it did before that is not kept.
base::TimeMs known_at(base::TimeMs last_seen, base::TimeMs at) {
  return last_seen <= at ? last_seen : 0;
}

// An edit by a person is no sighting, but where nothing else is known.
void add_sources(store::Transaction& tx, const std::vector<CiId>& members, base::TimeMs at,
                 ConfigurationItem& item) {
  std::set<std::string> kinds;
  base::TimeMs edited = 0;
  bool known = true;
  for (const CiId member : members) {
    for (const Row& row :
         tx.query("select o.kind, coalesce(v.ended_at, s.last_seen) from ci_value v"
                  " join ci_source s on s.id = v.source_id join origin o on o.id = s.origin_id"
                  " where v.ci_id = $1 and v.first_seen <= $2",
                  member.value, at)) {
      kinds.insert(row.text(0));
      const base::TimeMs seen = known_at(row.integer(1), at);
      known = known && seen != 0;
      base::TimeMs& when = row.text(0) == "person" ? edited : item.last_seen;
      when = std::max(when, seen);
    }
  }
  if (item.last_seen == 0) item.last_seen = edited;
  if (!known) item.last_seen = 0;
  item.origins.assign(kinds.begin(), kinds.end());
}

// What two merged items say alike is told once.
void keep_once(std::vector<Component>& components) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  std::erase_if(components, [&](const Component& one) {
    return !seen.emplace(one.section, one.class_name, to_json(one.attributes)).second;
  });
}

ConfigurationItem item_from(store::Transaction& tx, ItemThen then, const AsOf& as_of) {
  ConfigurationItem item;
  item.id = then.id;
  item.attributes = lasting(as_of.catalog, then.state);
  item.class_name = std::move(then.state.class_name);
  item.name = std::move(then.state.name);
  item.stage = std::move(then.state.stage);
  item.first_seen = then.first_seen;
  const auto members = members_at(tx, then.id, as_of.at);
  item.merged.assign(members.begin() + 1, members.end());
  add_sources(tx, members, as_of.at, item);
  return item;
}

bool has_text(const ItemState& state, const std::string& lower) {
  if (lower.empty() || base::to_lower(state.name).find(lower) != std::string::npos) return true;
  return std::ranges::any_of(state.attributes, [&](const inventory::Attribute& attribute) {
    return base::to_lower(to_text(attribute.value)).find(lower) != std::string::npos;
  });
}

bool fits(const ItemState& state, const CiFilter& filter, const std::string& lower_text) {
  const bool in_stage = filter.stage.empty() ? state.stage != "retired" : state.stage == filter.stage;
  return in_stage && has_text(state, lower_text);
}

std::vector<std::string> classes_below(const ClassCatalog& catalog, const std::string& class_name) {
  if (class_name.empty()) return {""};
  std::vector<std::string> names;
  for (const ClassDefinition* definition : catalog.classes()) {
    if (catalog.is_a(definition->name, class_name)) names.push_back(definition->name);
  }
  return names;
}

// Items that had exactly this name.
std::set<CiId> named_then(store::Transaction& tx, std::string_view name, base::TimeMs at) {
  std::set<CiId> found;
  for (const Row& row :
       tx.query("select id from ci where name = $1 and since <= $2 union select ci_id from ci_past"
                " where name = $1 and until > $2 and since <= $2",
                name, at)) {
    const auto state = state_of(tx, CiId(row.integer(0)), at);
    if (state && state->name == name) found.insert(root_at(tx, CiId(row.integer(0)), at));
  }
  return found;
}

Page<ConfigurationItem> page_then(store::Transaction& tx, std::vector<ItemThen> found, std::size_t limit,
                                  const AsOf& as_of) {
  std::ranges::sort(found, {}, [](const ItemThen& item) { return std::tie(item.state.name, item.id); });
  Page<ConfigurationItem> page;
  const bool more = found.size() > limit;
  found.resize(std::min(found.size(), limit));
  for (ItemThen& item : found) page.rows.push_back(item_from(tx, std::move(item), as_of));
  if (more && !page.rows.empty()) page.next = list_cursor(page.rows.back());
  return page;
}

base::Result<void> check_components_kept(store::Transaction& tx, CiId member, base::TimeMs at) {
  const auto row = tx.query_one("select components_kept_from from ci where id = $1", member.value);
  if (row && row->integer(0) > at) return not_kept("past components", member, row->integer(0));
  return {};
}

void append_set(store::Transaction& tx, const ComponentSet& set, std::vector<Component>& components) {
  const auto rows = rows_with_ids(tx, set.ids);
  for (const RowId id : set.ids) {
    components.push_back(rows.at(id));
    components.back().section = set.section;
  }
}

}  // namespace

CiId root_at(store::Transaction& tx, CiId ci, base::TimeMs at) {
  for (int step = 0; step < longest_chain; ++step) {
    const auto state = state_of(tx, ci, at);
    if (!state || !state->merged_into) return ci;
    ci = state->merged_into;
  }
  return ci;
}

std::vector<CiId> members_at(store::Transaction& tx, CiId root, base::TimeMs at) {
  std::vector<CiId> members{root};
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const Row& row :
         tx.query("select id from ci where merged_into = $1 and since <= $2 union select ci_id from ci_past"
                  " where merged_into = $1 and until > $2 and since <= $2 order by 1",
                  members[i].value, at)) {
      const CiId member(row.integer(0));
      const auto state = state_of(tx, member, at);
      if (!state || state->merged_into != members[i]) continue;
      if (std::ranges::find(members, member) == members.end()) members.push_back(member);
    }
  }
  return members;
}

base::Result<ConfigurationItem> find_ci(store::Transaction& tx, CiId id, const AsOf& as_of) {
  const CiId root = root_at(tx, id, as_of.at);
  auto state = state_of(tx, root, as_of.at);
  if (!state) return unknown_then(tx, root, as_of.at);
  const auto row = tx.query_one("select first_seen from ci where id = $1", root.value);
  ConfigurationItem item = item_from(tx, {root, std::move(*state), row->integer(0)}, as_of);
  if (root != id) item.asked = id;
  return item;
}

base::Result<ConfigurationItem> resolve_ci(store::Transaction& tx, std::string_view id_or_name,
                                           const AsOf& as_of) {
  if (const auto id = base::id_from_text(id_or_name); id) {
    if (tx.query_one("select 1 from ci where id = $1", *id)) return find_ci(tx, CiId(*id), as_of);
  }
  const auto named = named_then(tx, id_or_name, as_of.at);
  if (named.size() == 1) return find_ci(tx, *named.begin(), as_of);
  const auto now = resolve_ci(tx, id_or_name);
  if (!now) return now.error();
  return find_ci(tx, now->id, as_of);
}

base::Result<Page<ConfigurationItem>> list_cis(store::Transaction& tx, const CiFilter& filter,
                                               const PageRequest& request, const AsOf& as_of) {
  const auto after = list_position(request.after);
  if (!after) return after.error();
  const std::string text = base::to_lower(filter.text);
  std::vector<ItemThen> found;
  for (const std::string& class_name : classes_below(as_of.catalog, filter.class_name)) {
    ItemsThen items(tx, as_of.at, class_name, after->name, CiId(after->id));
    for (std::size_t taken = 0; taken <= request.limit;) {
      auto item = items.next();
      if (!item) break;
      if (!fits(item->state, filter, text)) continue;
      found.push_back(std::move(*item));
      ++taken;
    }
  }
  return page_then(tx, std::move(found), request.limit, as_of);
}

base::Result<Page<ConfigurationItem>> list_cis_of(store::Transaction& tx, std::string_view tenant,
                                                  const CiFilter& filter, const PageRequest& request,
                                                  const AsOf& as_of) {
  const auto after = list_position(request.after);
  if (!after) return after.error();
  const std::string text = base::to_lower(filter.text);
  std::vector<ItemThen> found;
  for (const CiId id : items_of_tenant(tx, tenant)) {
    auto state = state_of(tx, id, as_of.at);
    if (!state || state->merged_into || !fits(*state, filter, text)) continue;
    if (!filter.class_name.empty() && !as_of.catalog.is_a(state->class_name, filter.class_name)) continue;
    if (std::pair(state->name, id.value) <= std::pair(std::string(after->name), std::int64_t{after->id}))
      continue;
    const auto row = tx.query_one("select first_seen from ci where id = $1", id.value);
    found.push_back({id, std::move(*state), row->integer(0)});
  }
  return page_then(tx, std::move(found), request.limit, as_of);
}

base::Result<std::vector<Component>> components_of(store::Transaction& tx, CiId id,
                                                   std::string_view class_name, const AsOf& as_of) {
  const CiId root = root_at(tx, id, as_of.at);
  if (!state_of(tx, root, as_of.at)) return unknown_then(tx, root, as_of.at);
  std::vector<Component> components;
  const auto members = members_at(tx, root, as_of.at);
  for (const CiId member : members) {
    if (const auto kept = check_components_kept(tx, member, as_of.at); !kept) return kept.error();
    for (const ComponentSet& set : components_at(tx, member, as_of.at)) append_set(tx, set, components);
  }
  if (members.size() > 1) keep_once(components);
  std::erase_if(components,
                [&](const Component& c) { return !class_name.empty() && c.class_name != class_name; });
  std::ranges::stable_sort(components, {}, [](const Component& component) {
    return std::tuple(component.section, component.class_name, component.attributes.text("name"));
  });
  return components;
}

std::vector<NotKept> not_kept_at(store::Transaction& tx, base::TimeMs at) {
  std::vector<NotKept> all;
  for (const Row& row : tx.query("select class, what, kept_from from history_horizon where kept_from > $1"
                                 " order by class, what",
                                 at)) {
    all.push_back({row.text(0), row.text(1), row.integer(2)});
  }
  return all;
}

}  // namespace censo::cmdb
