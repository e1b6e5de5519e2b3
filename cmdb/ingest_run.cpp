#include "cmdb/ingest_run.h"

#include "base/id.h"
#include "cmdb/stored_json.h"
#include "cmdb/tenant.h"

namespace censo::cmdb {

CiId add_ci(IngestRun& run, const ClassDefinition& definition, std::string_view name,
            const inventory::Attributes& attributes) {
  const CiId id(base::next_id(run.clock));
  run.tx.execute(
      "insert into ci (id, class, name, stage, attributes, first_seen, since, tenant)"
      " values ($1, $2, $3, 'operate', $4, $5, $5, $6)",
      id.value, definition.name, name, to_json(attributes), run.now, tenant_in(attributes));
  run.feed.add(FeedTopic::item, id.value);
  run.history.created(id, definition.name);
  return id;
}

}  // namespace censo::cmdb
