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

bool is_of_desk(std::span<const std::string> roles) {
  return std::ranges::any_of(
      roles, [](const std::string& role) { return role != "supplier" && role != "requester"; });
}

base::Result<void> needs_role(std::span<const std::string> has, std::initializer_list<std::string_view> roles,
                              const char* refusal, const char* where) {
  if (std::ranges::find_first_of(has, roles) != has.end()) return {};
  return base::fail(Errc::permission_denied, refusal, where, "ROLE_NEEDED");
}

std::vector<GrantedRole> granted_roles(store::Transaction& tx) {
  std::vector<GrantedRole> grants;
  for (const auto& row : tx.query("select person, role from desk_role order by person, role"))
    grants.push_back({row.text(0), row.text(1)});
  return grants;
}

std::vector<std::string> role_holders(store::Transaction& tx, std::string_view role, std::string_view group) {
  const auto names = [](const std::vector<store::Row>& rows) {
    std::vector<std::string> people;
    for (const auto& row : rows) people.push_back(row.text(0));
    return people;
  };
  auto found = names(
      tx.query("select m.person from desk_member m join desk_role r on r.person = m.person "
               "where m.group_name = $1 and m.group_name <> '' and r.role = $2 order by m.person limit 50",
               group, role));
  const bool of_everybody = role == "desk_agent" || role == "specialist";
  if (found.empty() && of_everybody)
    found =
        names(tx.query("select person from desk_member where group_name = $1 and group_name <> '' "
                       "order by person limit 50",
                       group));
  if (!found.empty()) return found;
  return names(tx.query("select person from desk_role where role = $1 order by person limit 50", role));
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
