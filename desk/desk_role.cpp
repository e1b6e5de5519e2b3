#include "desk/desk_role.h"

#include "base/text.h"
#include "desk/ticket_kind.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

const std::vector<std::string> of_technicians{"desk_agent", "implementer", "specialist"};

}  // namespace

std::vector<std::string> roles_of(store::Transaction& tx, std::string_view person, Standing standing) {
  if (standing == Standing::admin) return all_desk_roles();
  auto roles = standing == Standing::technician ? of_technicians : std::vector<std::string>();
  for (const auto& row : tx.query("select role from desk_role where person = $1", std::string(person)))
    if (std::find(roles.begin(), roles.end(), row.text(0)) == roles.end()) roles.push_back(row.text(0));
  return roles;
}

std::vector<GrantedRole> granted_roles(store::Transaction& tx) {
  std::vector<GrantedRole> grants;
  for (const auto& row : tx.query("select person, role from desk_role order by person, role"))
    grants.push_back({row.text(0), row.text(1)});
  return grants;
}

base::Result<void> grant_role(store::Transaction& tx, const GrantedRole& grant) {
  if (!is_desk_role(grant.role))
    return base::fail(Errc::invalid_argument, "no role \"" + base::sanitize_utf8(grant.role, 40) + "\"",
                      "role");
  if (base::trim(grant.person).empty() || grant.person.size() > 200 || !base::is_valid_utf8(grant.person))
    return base::fail(Errc::invalid_argument, "expected a name of 1 to 200 bytes", "person");
  tx.execute("insert into desk_role (person, role) values ($1, $2) on conflict (person, role) do nothing",
             grant.person, grant.role);
  return {};
}

base::Result<void> withdraw_role(store::Transaction& tx, const GrantedRole& grant) {
  const auto gone =
      tx.execute("delete from desk_role where person = $1 and role = $2", grant.person, grant.role);
  if (gone > 0) return {};
  return base::fail(Errc::not_found, "\"" + base::sanitize_utf8(grant.person, 40) + "\" was not granted " +
                                         base::sanitize_utf8(grant.role, 40));
}

}  // namespace censo::desk
