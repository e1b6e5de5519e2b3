#include "cmdb/address_holder.h"

#include "cmdb/merge.h"

namespace censo::cmdb {

std::optional<CiId> other_holder_of(store::Transaction& tx, std::string_view address,
                                    std::string_view scan_origin) {
  const auto row = tx.query_one(
      "select k.ci_id from ci_key k join ci c on c.id = k.ci_id where k.value = $1"
      " and k.rule in ('ip_addresses', 'management_address', 'virtual_addresses') and c.stage <> 'retired'"
      " and exists (select 1 from ci_value v join ci_source s on s.id = v.source_id"
      " join origin o on o.id = s.origin_id where v.ci_id = k.ci_id and v.ended_at is null"
      " and not (o.kind = 'scanner' and o.native_id = $2)) order by k.ci_id limit 1",
      address, scan_origin);
  if (!row) return std::nullopt;
  return root_of(tx, CiId(row->integer(0)));
}

}  // namespace censo::cmdb
