#include "cmdb/health_findings.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace censo::cmdb {
namespace {

using base::Errc;

base::Error bad_cursor() {
  return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");
}

std::string packed(const std::string& text) {
  return base::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

struct Shared {
  std::string value, rule;
};

// In the order of the table's key, so that nothing is sorted.
void each_shared_key(store::Transaction& tx, const std::vector<std::string>& rules, const Shared& after,
                     const std::function<bool(const Shared&)>& visit) {
  tx.each(
      "select k.value, k.rule from ci_key k join ci c on c.id = k.ci_id where c.merged_into is null"
      " and c.stage <> 'retired' and (k.value, k.rule) > ($1, $2) group by k.value, k.rule having count(*) > "
      "1"
      " order by k.value, k.rule",
      [&](store::Row&& row) {
        const bool counts = std::ranges::find(rules, row.text(1)) != rules.end();
        return !counts || visit({row.text(0), row.text(1)});
      },
      after.value, after.rule);
}

HealthFinding finding_of(store::Transaction& tx, const Shared& key) {
  HealthFinding finding{key.rule + " " + key.value, {}, {}};
  for (const store::Row& row :
       tx.query("select k.ci_id from ci_key k join ci c on c.id = k.ci_id where k.value = $1 and k.rule = $2"
                " and c.merged_into is null and c.stage <> 'retired' order by k.ci_id limit 100",
                key.value, key.rule)) {
    finding.items.emplace_back(row.integer(0));
  }
  return finding;
}

base::Result<std::int64_t> id_after(const std::string& cursor) {
  if (cursor.empty()) return std::int64_t{0};
  const auto id = base::id_from_text(cursor);
  if (!id) return bad_cursor();
  return *id;
}

// What each source says of each attribute of one item.
struct Said {
  std::string class_name;
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> by_attribute;
};

std::vector<HealthFinding> conflicts_in(const ClassCatalog& catalog, CiId ci, const Said& said) {
  std::vector<HealthFinding> findings;
  const ClassDefinition* definition = catalog.find_class(said.class_name);
  for (const auto& [name, values] : said.by_attribute) {
    const AttributeDefinition* attribute = definition ? definition->find_attribute(name) : nullptr;
    if (!attribute || attribute->operational || attribute->type == AttributeType::list) continue;
    const std::string_view first = values.empty() ? "" : base::trim(values.front().second);
    const bool differ = std::ranges::any_of(values, [&](const auto& value) {
      return !base::equal_ignoring_case(base::trim(value.second), first);
    });
    if (differ) findings.push_back({name, {ci}, values});
  }
  return findings;
}

void add_said(Said& said, const store::Row& row) {
  said.class_name = row.text(1);
  const std::string origin = row.text(2) + " " + row.text(3);
  for (const auto& [section, attributes] : attributes_by_name_from_json(row.text(4))) {
    for (const auto& [name, value] : attributes) said.by_attribute[name].emplace_back(origin, to_text(value));
  }
}

void add(Said& said, const Said& more) {
  for (const auto& [name, values] : more.by_attribute) {
    auto& all = said.by_attribute[name];
    all.insert(all.end(), values.begin(), values.end());
  }
}

// What is said of those that are merged into other items, by the item that is shown.
std::map<std::int64_t, Said> said_of_members(store::Transaction& tx) {
  std::map<std::int64_t, std::int64_t> merges;
  for (const store::Row& row : tx.query("select id, merged_into from ci where merged_into is not null"))
    merges.emplace(row.integer(0), row.integer(1));
  std::map<std::int64_t, Said> said;
  if (merges.empty()) return said;
  tx.each(
      "select v.ci_id, c.class, o.kind, o.native_id, v.sections from ci c join ci_value v on v.ci_id = c.id"
      " join ci_source s on s.id = v.source_id join origin o on o.id = s.origin_id"
      " where c.merged_into is not null and v.ended_at is null order by v.ci_id, v.source_id",
      [&](store::Row&& row) {
        std::int64_t root = row.integer(0);
        std::size_t steps = 0;
        for (auto at = merges.find(root); at != merges.end() && steps++ < merges.size();
             at = merges.find(root))
          root = at->second;
        add_said(said[root], row);
        return true;
      });
  return said;
}

// Items that several sources speak of, in the order of their ids.
void each_with_conflicts(store::Transaction& tx, const ClassCatalog& catalog, std::int64_t after,
                         const std::function<bool(CiId, std::vector<HealthFinding>&&)>& visit) {
  std::int64_t last = 0;
  Said said;
  bool more = true;
  const auto members = said_of_members(tx);
  const auto finish = [&] {
    if (const auto of_members = members.find(last); of_members != members.end())
      add(said, of_members->second);
    auto findings = last == 0 ? std::vector<HealthFinding>() : conflicts_in(catalog, CiId(last), said);
    said = {};
    if (!findings.empty()) more = visit(CiId(last), std::move(findings));
  };
  tx.each(
      "select v.ci_id, c.class, o.kind, o.native_id, v.sections from ci_value v join ci c on c.id = v.ci_id"
      " join ci_source s on s.id = v.source_id join origin o on o.id = s.origin_id where v.ended_at is null"
      " and c.stage <> 'retired' and c.merged_into is null and v.ci_id > $1 and (exists (select 1 from ci m"
      " where m.merged_into = v.ci_id) or exists (select 1 from ci_value w where w.ci_id = v.ci_id"
      " and w.source_id <> v.source_id and w.ended_at is null)) order by v.ci_id, v.source_id",
      [&](store::Row&& row) {
        if (row.integer(0) != last) finish();
        last = row.integer(0);
        if (more) add_said(said, row);
        return more;
      },
      after);
  if (more) finish();
}

}  // namespace

std::size_t count_shared_keys(store::Transaction& tx, const std::vector<std::string>& rules) {
  std::size_t count = 0;
  each_shared_key(tx, rules, {}, [&](const Shared&) { return ++count != 0; });
  return count;
}

base::Result<Page<HealthFinding>> shared_keys(store::Transaction& tx, const std::vector<std::string>& rules,
                                              const PageRequest& request) {
  const auto bytes = base::from_base64url(request.after);
  const std::string text = bytes ? std::string(bytes->begin(), bytes->end()) : "";
  const auto feed = text.rfind('\n');
  if (!bytes || !base::is_valid_utf8(text) || (feed == text.npos && !text.empty())) return bad_cursor();
  const Shared after = text.empty() ? Shared{} : Shared{text.substr(0, feed), text.substr(feed + 1)};
  std::vector<Shared> keys;
  each_shared_key(tx, rules, after, [&](const Shared& key) {
    keys.push_back(key);
    return keys.size() <= request.limit;
  });
  Page<HealthFinding> page;
  for (std::size_t i = 0; i < std::min(keys.size(), request.limit); ++i)
    page.rows.push_back(finding_of(tx, keys[i]));
  if (keys.size() > request.limit) {
    const Shared& last = keys[request.limit - 1];
    page.next = packed(last.value + "\n" + last.rule);
  }
  return page;
}

std::size_t count_open_reviews(store::Transaction& tx) {
  return static_cast<std::size_t>(
      tx.query_one("select count(*) from review where state = 'open'")->integer(0));
}

base::Result<Page<HealthFinding>> open_reviews(store::Transaction& tx, const PageRequest& request) {
  const auto after = id_after(request.after);
  if (!after) return after.error();
  Page<HealthFinding> page;
  std::int64_t last = 0;
  for (const store::Row& row :
       tx.query("select id, ci_id, other_ci_id, kind from review where state = 'open' and id > $1"
                " order by id limit $2",
                *after, static_cast<std::int64_t>(request.limit) + 1)) {
    if (page.rows.size() == request.limit) {
      page.next = base::id_to_text(last);
      break;
    }
    last = row.integer(0);
    page.rows.push_back({row.text(3), {CiId(row.integer(1)), CiId(row.integer(2))}, {}});
  }
  return page;
}

std::size_t count_conflicting_values(store::Transaction& tx, const ClassCatalog& catalog) {
  std::size_t count = 0;
  each_with_conflicts(tx, catalog, 0, [&](CiId, std::vector<HealthFinding>&&) { return ++count != 0; });
  return count;
}

// A page ends between items.
base::Result<Page<HealthFinding>> conflicting_values(store::Transaction& tx, const ClassCatalog& catalog,
                                                     const PageRequest& request) {
  const auto after = id_after(request.after);
  if (!after) return after.error();
  Page<HealthFinding> page;
  each_with_conflicts(tx, catalog, *after, [&](CiId, std::vector<HealthFinding>&& findings) {
    if (page.rows.size() >= request.limit) {
      page.next = base::to_text(page.rows.back().items.front());
      return false;
    }
    for (HealthFinding& finding : findings) page.rows.push_back(std::move(finding));
    return true;
  });
  return page;
}

}  // namespace censo::cmdb
