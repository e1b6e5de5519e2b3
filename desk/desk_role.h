// Who may do what at the desk (service-desk rule 04): what a token's role brings, and what an admin granted
// to its name besides. All functions run inside a caller's transaction.
#pragma once

#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

enum class Standing { reader, technician, admin };

// A technician is desk agent, specialist and implementer; an admin has every role.
std::vector<std::string> roles_of(store::Transaction& tx, std::string_view person, Standing standing);

struct GrantedRole {
  std::string person, role;
};
std::vector<GrantedRole> granted_roles(store::Transaction& tx);  // by person, then role
// Granting again does nothing. Errc::invalid_argument: no such role, or a person's name empty or too long.
base::Result<void> grant_role(store::Transaction& tx, const GrantedRole& grant);
base::Result<void> withdraw_role(store::Transaction& tx, const GrantedRole& grant);  // Errc::not_found

}  // namespace censo::desk
