#include "collector/jobs/unnamed_devices.h"

#include <map>
#include <utility>

namespace censo::collector::jobs {
namespace {

void fill_example(store::Transaction& tx, UnnamedKind& kind) {
  const auto item = cmdb::find_member(tx, kind.example);
  if (!item) return;
  kind.example_name = item->name;
  kind.example_class = item->class_name;
  kind.sys_description = item->attributes.text("sys_description");
  kind.manufacturer = item->attributes.text("manufacturer");
  kind.model = item->attributes.text("model");
  kind.definition = item->attributes.text("definition");
}

}  // namespace

cmdb::Page<UnnamedKind> unnamed_devices(store::Transaction& tx, const cmdb::ClassCatalog& catalog,
                                        const cmdb::PageRequest& page) {
  std::map<std::string, UnnamedKind> kinds;
  for (const auto* definition : catalog.classes()) {
    if (definition->abstract || !catalog.is_a(definition->name, "network_device")) continue;
    for (const store::Row& row :
         tx.query("select attributes ->> 'sys_object_id', count(*), min(id) from ci where class = $1"
                  " and merged_into is null and stage <> 'retired' and attributes ->> 'sys_object_id' > $2"
                  " and (attributes ->> 'model' is null or attributes ->> 'definition' = 'standard') group "
                  "by attributes ->> 'sys_object_id'"
                  " order by attributes ->> 'sys_object_id' limit $3",
                  definition->name, page.after, static_cast<std::int64_t>(page.limit + 1))) {
      UnnamedKind& kind = kinds[row.text(0)];
      kind.sys_object_id = row.text(0);
      kind.devices += row.integer(1);
      const cmdb::CiId first(row.integer(2));
      if (!kind.example || first < kind.example) kind.example = first;
    }
  }
  cmdb::Page<UnnamedKind> answer;
  for (auto& [id, kind] : kinds) {
    if (answer.rows.size() == page.limit) {
      answer.next = answer.rows.back().sys_object_id;
      break;
    }
    fill_example(tx, kind);
    answer.rows.push_back(std::move(kind));
  }
  return answer;
}

}  // namespace censo::collector::jobs
