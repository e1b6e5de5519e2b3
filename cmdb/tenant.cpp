#include "cmdb/tenant.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/merge.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <set>

namespace censo::cmdb {
namespace {

using base::Errc;

base::Error unknown(std::string_view text) {
  return base::fail(Errc::not_found, "no configuration item has the id, name or identifier \"" +
                                         base::sanitize_utf8(text, 200) + "\"");
}

std::string in_lower_case(std::string_view text) {
  return base::to_lower(base::trim(text));
}

}  // namespace

std::string tenant_in(const inventory::Attributes& attributes) {
  const auto* value = attributes.find("tenant");
  return value ? to_text(*value) : "";
}

std::string tenant_of(store::Transaction& tx, CiId ci) {
  const auto row = tx.query_one("select tenant from ci where id = $1", root_of(tx, ci).value);
  return row ? row->text(0) : "";
}

std::set<CiId> items_of_tenant(store::Transaction& tx, std::string_view tenant) {
  std::set<CiId> ids;
  tx.each(
      "with recursive own(id) as (select c.id from ci c where c.tenant <> '' and c.tenant = $1 and "
      "c.merged_into is null union select m.id from ci m join own o on m.merged_into = o.id) select id from "
      "own",
      [&](store::Row&& row) {
        ids.insert(CiId(row.integer(0)));
        return true;
      },
      std::string(tenant));
  return ids;
}

bool OwnItems::has(CiId ci) {
  constexpr std::size_t looked_up = 64;
  if (++asked_ <= looked_up) return tenant_of(tx_, ci) == tenant_;
  if (all_.empty()) all_ = items_of_tenant(tx_, tenant_);
  return all_.contains(ci);
}

base::Result<ConfigurationItem> resolve_ci_of(store::Transaction& tx, std::string_view tenant,
                                              std::string_view id_or_name) {
  if (tenant.empty()) return resolve_ci(tx, id_or_name);
  if (const auto id = base::id_from_text(id_or_name); id && tenant_of(tx, CiId(*id)) == tenant) {
    if (auto item = find_ci(tx, CiId(*id)); item) return item;
  }
  const auto plain = in_lower_case(id_or_name);
  const auto mac = base::canonical_mac(id_or_name), uuid = base::canonical_uuid(id_or_name);
  std::set<CiId> living, retired;
  for (const auto& row :
       tx.query("select distinct k.ci_id from ci_key k where k.value in ($1, $2, $3) order by 1 limit 10000",
                plain, mac ? *mac : plain, uuid ? *uuid : plain)) {
    const auto root = root_of(tx, CiId(row.integer(0)));
    if (tenant_of(tx, root) != tenant) continue;
    const auto stage = tx.query_one("select stage from ci where id = $1", root.value);
    (stage->text(0) == "retired" ? retired : living).insert(root);
  }
  const auto& found = living.empty() ? retired : living;
  if (found.empty()) return unknown(id_or_name);
  if (found.size() == 1) return find_ci(tx, *found.begin());
  std::string ids;
  for (const auto id : found) ids += (ids.empty() ? "" : ", ") + base::to_text(id);
  return base::fail(Errc::conflict, "\"" + base::sanitize_utf8(id_or_name, 200) +
                                        "\" is the name or identifier of several items: " + ids);
}

base::Result<Page<ConfigurationItem>> list_cis(store::Transaction& tx, const TenantItems& of,
                                               const CiFilter& filter, const PageRequest& request) {
  const auto after = list_position(request.after);
  if (!after) return after.error();
  const std::string pattern = "%" + base::like_escaped(base::to_lower(filter.text)) + "%";
  std::vector<CiId> ids;
  tx.each(
      "select id, class from ci where tenant <> '' and tenant = $1"
      " and (name, id) > ($2, $3) and merged_into is null and (stage = $4 or ($4 = '' and stage <> "
      "'retired'))"
      " and ($5 = '' or lower(name) like $6 escape '\\' or exists (select 1 from ci_key k where k.ci_id = "
      "ci.id and k.value like $6 escape '\\')) order by name, id",
      [&](store::Row&& row) {
        const bool fits = filter.class_name.empty() || of.catalog.is_a(row.text(1), filter.class_name);
        if (fits) ids.push_back(CiId(row.integer(0)));
        return ids.size() <= request.limit;
      },
      std::string(of.tenant), after->name, after->id, filter.stage, filter.text, pattern);
  Page<ConfigurationItem> page;
  const bool more = ids.size() > request.limit;
  if (more) ids.pop_back();
  for (const auto id : ids) page.rows.push_back(find_ci(tx, id).value());
  if (more && !page.rows.empty()) page.next = list_cursor(page.rows.back());
  return page;
}

}  // namespace censo::cmdb
