#include "cmdb/configuration_item.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/merge.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using store::Row;

constexpr std::size_t ids_listed = 10;

void add_sources(store::Transaction& tx, CiId ci, ConfigurationItem& item, base::TimeMs& edited) {
  for (const Row& source :
       tx.query("select o.kind, max(coalesce(v.ended_at, s.last_seen)) from ci_value v"
                " join ci_source s on s.id = v.source_id join origin o on o.id = s.origin_id"
                " where v.ci_id = $1 group by o.kind order by o.kind",
                ci.value)) {
    item.origins.push_back(source.text(0));
    // An edit is no sighting.
    base::TimeMs& when = source.text(0) == "person" ? edited : item.last_seen;
    when = std::max(when, source.integer(1));
  }
}

// last_seen and origins come from the sources: an unchanged report writes nothing to the item.
ConfigurationItem item_from(store::Transaction& tx, const Row& row) {
  ConfigurationItem item;
  item.id = CiId(row.integer(0));
  item.class_name = row.text(1);
  item.name = row.text(2);
  item.stage = row.text(3);
  item.attributes = attributes_from_json(row.text(4));
  item.first_seen = row.integer(5);
  item.version = row.integer(6);
  base::TimeMs edited = 0;
  add_sources(tx, item.id, item, edited);
  const auto members = members_of(tx, item.id);
  item.merged.assign(members.begin() + 1, members.end());
  for (const CiId member : item.merged) add_sources(tx, member, item, edited);
  std::ranges::sort(item.origins);
  item.origins.erase(std::unique(item.origins.begin(), item.origins.end()), item.origins.end());
  if (item.last_seen == 0) item.last_seen = edited;
  return item;
}

// The forms in which an identifier may be kept, of what somebody typed.
std::array<std::string, 3> canonical_forms(std::string_view text) {
  const auto mac = base::canonical_mac(text);
  const auto uuid = base::canonical_uuid(text);
  const std::string plain = base::to_lower(base::trim(text));
  return {plain, mac ? *mac : plain, uuid ? *uuid : plain};
}

base::Error ambiguous(std::string_view text, const std::vector<Row>& rows) {
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(base::id_to_text(row.integer(0)));
  if (ids.size() > ids_listed) ids.back() = "and more";
  return base::fail(
      Errc::conflict,
      "\"" + std::string(text) + "\" is the name or identifier of several items: " + base::join(ids, ", "));
}

// Merged items are one.
void keep_roots(store::Transaction& tx, std::vector<Row>& rows) {
  std::set<CiId> roots;
  std::erase_if(rows,
                [&](const Row& row) { return !roots.insert(root_of(tx, CiId(row.integer(0)))).second; });
}

base::Result<ConfigurationItem> find_by_identifier(store::Transaction& tx, std::string_view text) {
  const auto none = base::fail(Errc::not_found, "no configuration item has the id, name or identifier \"" +
                                                    base::sanitize_utf8(text, 200) + "\"");
  // PostgreSQL holds no such text, and takes none to compare with.
  if (!base::is_valid_utf8(text) || text.find('\0') != text.npos) return none;
  const auto forms = canonical_forms(text);
  auto rows = tx.query(
      "select distinct k.ci_id, case when c.stage = 'retired' then 1 else 0 end from ci_key k"
      " join ci c on c.id = k.ci_id where k.value in ($1, $2, $3) order by 2, 1 limit $4",
      forms[0], forms[1], forms[2], static_cast<std::int64_t>(ids_listed + 1));
  keep_roots(tx, rows);
  if (rows.empty()) return none;
  const bool only_one_lives = rows.size() == 1 || (rows[0].integer(1) == 0 && rows[1].integer(1) == 1);
  if (!only_one_lives) return ambiguous(text, rows);
  return find_ci(tx, CiId(rows[0].integer(0)));
}

// The text as a `like` pattern for "contains".
std::string containing(std::string_view text) {
  return "%" + base::like_escaped(base::to_lower(text)) + "%";
}

// One class at a time, each along its index by name; no class: along the index over all.
std::vector<Row> rows_of_class(store::Transaction& tx, const std::string& class_name, const CiFilter& filter,
                               const ListPosition& after, std::int64_t limit) {
  static const std::string select =
      "select id, class, name, stage, attributes, first_seen, since from ci where ";
  static const std::string conditions =
      " and merged_into is null and (stage = $4 or ($4 = '' and stage <> 'retired'))"
      " and ($5 = '' or lower(name) like $6 escape '\\' or exists (select 1 from ci_key k where k.ci_id = "
      "ci.id"
      " and k.value like $6 escape '\\')) order by name, id limit $3";
  static const std::string of_all = select + "(name, id) > ($1, $2)" + conditions;
  static const std::string of_one = select + "class = $7 and (name, id) > ($1, $2)" + conditions;
  const std::string pattern = containing(filter.text);
  if (class_name.empty()) {
    return tx.query(of_all, after.name, after.id, limit, filter.stage, filter.text, pattern);
  }
  return tx.query(of_one, after.name, after.id, limit, filter.stage, filter.text, pattern, class_name);
}

std::vector<std::string> classes_below(const ClassCatalog& catalog, const std::string& class_name) {
  if (class_name.empty()) return {""};
  std::vector<std::string> names;
  for (const ClassDefinition* definition : catalog.classes()) {
    if (!definition->abstract && catalog.is_a(definition->name, class_name))
      names.push_back(definition->name);
  }
  return names;
}

void append_set(store::Transaction& tx, const ComponentSet& set, std::vector<Component>& components) {
  const auto rows = rows_with_ids(tx, set.ids);
  for (const RowId id : set.ids) {
    components.push_back(rows.at(id));
    const auto operational = set.operational.find(id);
    if (operational == set.operational.end()) continue;
    for (const auto& [name, value] : operational->second) components.back().attributes.set(name, value);
  }
  components.insert(components.end(), set.transient.begin(), set.transient.end());
}

// What merged items have alike.
void keep_once(std::vector<Component>& components) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  std::erase_if(components, [&](const Component& one) {
    return !seen.emplace(one.section, one.class_name, to_json(one.attributes)).second;
  });
}

Relationship relationship_from(const Row& row) {
  Relationship found;
  found.id = row.integer(0);
  found.type = row.text(1);
  found.from = CiId(row.integer(2));
  found.from_name = row.text(3);
  found.from_class = row.text(4);
  found.to = CiId(row.integer(5));
  found.to_name = row.text(6);
  found.to_class = row.text(7);
  found.origin = row.text(8);
  found.evidence = attributes_from_json(row.text(9));
  found.first_seen = row.integer(10);
  found.last_seen = row.integer(11);
  found.section = row.text(12);
  found.confidence = row.integer(13);
  found.locked_by = row.text(14);
  found.locked_at = row.maybe_integer(15).value_or(0);
  found.expires_at = row.maybe_integer(16).value_or(0);
  found.valid_from = row.maybe_integer(17).value_or(0);
  found.valid_to = row.maybe_integer(18).value_or(0);
  return found;
}

// Ends that are merged into others are shown as those. What two of the merged items say alike is told once,
// and nothing of what they are to each other.
void show_roots(store::Transaction& tx, const std::vector<CiId>& members, std::vector<Relationship>& found) {
  const auto show_root = [&](CiId& ci, std::string& name, std::string& class_name) {
    const CiId root = root_of(tx, ci);
    if (root == ci) return;
    const auto row = tx.query_one("select name, class from ci where id = $1", root.value);
    ci = root;
    name = row->text(0);
    class_name = row->text(1);
  };
  for (Relationship& one : found) {
    show_root(one.from, one.from_name, one.from_class);
    show_root(one.to, one.to_name, one.to_class);
  }
  if (members.size() == 1) return;
  std::set<std::tuple<std::string, CiId, CiId, std::string>> seen;
  std::erase_if(found, [&](const Relationship& one) {
    return one.from == one.to || !seen.emplace(one.type, one.from, one.to, one.origin).second;
  });
}

}  // namespace

std::string list_cursor(const ConfigurationItem& item) {
  const std::string text = base::to_text(item.id) + item.name;
  return base::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

base::Result<ListPosition> list_position(const std::string& cursor) {
  if (cursor.empty()) return ListPosition{};
  constexpr std::size_t id_characters = 13;
  const auto bytes = base::from_base64url(cursor);
  const std::string text = bytes ? std::string(bytes->begin(), bytes->end()) : "";
  const auto id = base::id_from_text(std::string_view(text).substr(0, id_characters));
  if (!id) return base::fail(Errc::malformed, "expected the \"next\" of a page of this list", "after");
  return ListPosition{text.substr(id_characters), *id};
}

base::Result<ConfigurationItem> find_member(store::Transaction& tx, CiId id) {
  const auto row = tx.query_one(
      "select id, class, name, stage, attributes, first_seen, since from ci where id = $1", id.value);
  if (!row) return base::fail(Errc::not_found, "no configuration item has the id " + base::to_text(id));
  return item_from(tx, *row);
}

base::Result<ConfigurationItem> find_ci(store::Transaction& tx, CiId id) {
  const CiId root = root_of(tx, id);
  auto item = find_member(tx, root);
  if (item && root != id) item->asked = id;
  return item;
}

base::Result<ConfigurationItem> resolve_ci(store::Transaction& tx, std::string_view id_or_name) {
  if (const auto id = base::id_from_text(id_or_name); id) {
    if (auto item = find_ci(tx, CiId(*id)); item) return item;
  }
  return find_by_identifier(tx, id_or_name);
}

base::Result<Page<ConfigurationItem>> list_cis(store::Transaction& tx, const ClassCatalog& catalog,
                                               const CiFilter& filter, const PageRequest& request) {
  const auto after = list_position(request.after);
  if (!after) return after.error();
  std::vector<Row> rows;
  for (const std::string& class_name : classes_below(catalog, filter.class_name)) {
    auto some = rows_of_class(tx, class_name, filter, *after, static_cast<std::int64_t>(request.limit) + 1);
    std::ranges::move(some, std::back_inserter(rows));
  }
  std::ranges::sort(rows, {}, [](const Row& row) { return std::tuple(row.text(2), row.integer(0)); });
  Page<ConfigurationItem> page;
  for (std::size_t i = 0; i < std::min(rows.size(), request.limit); ++i)
    page.rows.push_back(item_from(tx, rows[i]));
  if (rows.size() > request.limit && !page.rows.empty()) page.next = list_cursor(page.rows.back());
  return page;
}

std::vector<Component> components_of(store::Transaction& tx, CiId id, std::string_view class_name) {
  std::vector<Component> components;
  const auto members = members_of(tx, id);
  for (const CiId member : members) {
    for (const ComponentSet& set : load_components(tx, member)) {
      const std::size_t first = components.size();
      append_set(tx, set, components);
      for (std::size_t i = first; i < components.size(); ++i) components[i].section = set.section;
    }
  }
  if (members.size() > 1) keep_once(components);
  std::erase_if(components,
                [&](const Component& c) { return !class_name.empty() && c.class_name != class_name; });
  std::ranges::stable_sort(components, {}, [](const Component& component) {
    return std::tuple(component.section, component.class_name, component.attributes.text("name"));
  });
  return components;
}

namespace {

// Those of one item alone whose end is `ended`.
std::string relationships_sql(const std::string& ended) {
  return "select r.id, r.type, f.id, f.name, f.class, t.id, t.name, t.class, o.kind, r.evidence, "
         "r.first_seen,"
         " s.last_seen, r.section, r.confidence, r.locked_by, r.locked_at, r.expires_at, r.valid_from,"
         " r.valid_to from (select * from relationship where from_ci = $1 and " +
         ended + " union all select * from relationship where to_ci = $1 and from_ci <> $1 and " + ended +
         ") r join ci f on f.id = r.from_ci join ci t on t.id = r.to_ci"
         " join ci_source s on s.id = r.source_id join origin o on o.id = s.origin_id"
         " order by r.type, f.name, t.name, r.id";
}

std::vector<Relationship> relationships_by(store::Transaction& tx, CiId id, const std::string& sql) {
  const auto members = members_of(tx, id);
  std::vector<Relationship> found;
  for (const CiId member : members) {
    for (const Row& row : tx.query(sql, member.value)) found.push_back(relationship_from(row));
  }
  show_roots(tx, members, found);
  return found;
}

}  // namespace

std::vector<Relationship> relationships_of(store::Transaction& tx, CiId id) {
  static const std::string sql = relationships_sql("ended_at is null");
  return relationships_by(tx, id, sql);
}

std::vector<Relationship> planned_relationships_of(store::Transaction& tx, CiId id) {
  static const std::string sql = relationships_sql("ended_at = 0");
  return relationships_by(tx, id, sql);
}

}  // namespace censo::cmdb
