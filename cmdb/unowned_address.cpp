#include "cmdb/unowned_address.h"

#include "cmdb/identifier.h"
#include "cmdb/learned_address.h"

#include <algorithm>
#include <set>

namespace censo::cmdb {
namespace {

std::size_t addresses_at(store::Transaction& tx, std::int64_t source, const std::string& port) {
  const auto row = tx.query_one(
      "select count(distinct mac) from learned_address where source_id = $1 and port = $2 and address = ''",
      source, port);
  return static_cast<std::size_t>(row->integer(0));
}

UnownedAddress address_of(store::Transaction& tx, const std::string& mac, base::TimeMs since) {
  UnownedAddress found;
  found.mac = mac;
  std::set<std::string> addresses;
  for (const store::Row& row :
       tx.query("select l.source_id, l.port, l.address, s.last_seen, c.id, c.name, c.class"
                " from learned_address l join ci_source s on s.id = l.source_id join ci c on c.id = s.ci_id"
                " where l.mac = $1 and s.last_seen > $2 order by l.source_id, l.port, l.address",
                mac, since)) {
    found.seen_at = std::max(found.seen_at, row.integer(3));
    const bool learned = row.text(2).empty();
    if (!learned) addresses.insert(row.text(2));
    const std::size_t crowd = learned ? addresses_at(tx, row.integer(0), row.text(1)) : 0;
    const bool nearer = crowd > 0 && (found.addresses_at_port == 0 || crowd < found.addresses_at_port);
    if (!nearer && found.device) continue;
    found.device = CiId(row.integer(4));
    found.device_name = row.text(5);
    found.device_class = row.text(6);
    found.port = row.text(1);
    found.addresses_at_port = crowd;
  }
  found.addresses.assign(addresses.begin(), addresses.end());
  return found;
}

}  // namespace

base::Result<Page<UnownedAddress>> unowned_addresses(store::Transaction& tx, base::TimeMs now,
                                                     const PageRequest& page) {
  if (!page.after.empty() && canonical_identifier(IdentifierKind::mac, page.after) != page.after)
    return base::fail(base::Errc::malformed, "expected a cursor of an earlier page", "after");
  const base::TimeMs since = now - learned_believed_ms;
  Page<UnownedAddress> answer;
  for (const store::Row& row :
       tx.query("select distinct l.mac from learned_address l join ci_source s on s.id = l.source_id"
                " where l.mac > $1 and s.last_seen > $2 and not exists (select 1 from ci_key k where k.value "
                "= l.mac"
                " and k.rule in ('mac_addresses', 'base_mac', 'mac')) and not exists (select 1 from "
                "learned_address p"
                " join ci_key k on k.value = p.address and k.rule in ('ip_addresses', 'management_address', "
                "'virtual_addresses')"
                " where p.mac = l.mac and p.address <> '') order by l.mac limit $3",
                page.after, since, static_cast<std::int64_t>(page.limit + 1))) {
    if (answer.rows.size() == page.limit) {
      answer.next = answer.rows.back().mac;
      break;
    }
    answer.rows.push_back(address_of(tx, row.text(0), since));
  }
  return answer;
}

}  // namespace censo::cmdb
