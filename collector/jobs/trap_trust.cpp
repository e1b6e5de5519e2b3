#include "collector/jobs/trap_trust.h"

namespace censo::collector::jobs {

std::vector<std::string> trap_credentials(store::Transaction& tx) {
  std::vector<std::string> names;
  for (const auto& row : tx.query("select name from trap_credential order by name"))
    names.push_back(row.text(0));
  return names;
}

base::Result<void> set_trap_credentials(store::Transaction& tx, std::span<const std::string> names,
                                        std::string_view person, base::TimeMs now) {
  for (const auto& name : names)
    if (!tx.query_one("select 1 from snmp_credential where name = $1", name))
      return base::fail(base::Errc::malformed, "no SNMP credential \"" + name + "\"", "/credentials",
                        "BAD_VALUE");
  tx.execute("delete from trap_credential");
  for (const auto& name : names)
    tx.execute(
        "insert into trap_credential (name, person, at) values ($1, $2, $3) on conflict (name) do nothing",
        name, person, now);
  return {};
}

std::vector<SealedCredential> sealed_trap_credentials(store::Transaction& tx) {
  std::vector<SealedCredential> found;
  for (const auto& row : tx.query("select c.name, c.sealed from trap_credential t join snmp_credential c "
                                  "on c.name = t.name order by c.name"))
    found.push_back({row.text(0), row.bytes(1)});
  return found;
}

}  // namespace censo::collector::jobs
