#include "cmdb/ingest_run.h"

#include "base/id.h"
#include "cmdb/reconciliation_rules.h"
#include "cmdb/stored_json.h"
#include "cmdb/tenant.h"

namespace censo::cmdb {

namespace {

// As ReconciliationRules will show it (service-desk rule 75).
std::string tenant_said(IngestRun& run, const ClassDefinition& definition,
                        const inventory::Attributes& attributes) {
  auto tenant = tenant_in(attributes);
  if (tenant.empty() || run.by_person) return tenant;
  const auto origin = run.tx.query_one("select kind from origin where id = $1", run.source.origin.value);
  const auto& rule = ReconciliationRules::built_in().of(run.catalog, definition.name, "tenant");
  return origin && !rule.shows(origin->text(0)) ? std::string() : tenant;
}

}  // namespace

CiId add_ci(IngestRun& run, const ClassDefinition& definition, std::string_view name,
            const inventory::Attributes& attributes) {
  const CiId id(base::next_id(run.clock));
  run.tx.execute(
      "insert into ci (id, class, name, stage, attributes, first_seen, since, tenant)"
      " values ($1, $2, $3, 'operate', $4, $5, $5, $6)",
      id.value, definition.name, name, to_json(attributes), run.now,
      tenant_said(run, definition, attributes));
  run.feed.add(FeedTopic::item, id.value);
  run.history.created(id, definition.name);
  return id;
}

}  // namespace censo::cmdb
