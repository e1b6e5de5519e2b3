// Who may do what at the desk (service-desk rule 04): what a token's role brings, and what an admin granted
// to its name besides. All functions run inside a caller's transaction.
#pragma once

#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

enum class Standing { reader, technician, admin };

// A technician is desk agent, specialist and implementer; an admin has every role.
std::vector<std::string> roles_of(store::Transaction& tx, std::string_view person, Standing standing);

// Of the desk itself: a supplier's contact is not, and a requester is nobody's (rule 73).
bool is_of_desk(std::span<const std::string> roles);

// Who has none of `roles` is refused with these words: Errc::permission_denied, ROLE_NEEDED.
base::Result<void> needs_role(std::span<const std::string> has, std::initializer_list<std::string_view> roles,
                              const char* refusal, const char* where = "");

struct GrantedRole {
  std::string person, role;
};
std::vector<GrantedRole> granted_roles(store::Transaction& tx);  // by person, then role
// Granting again does nothing. Errc::invalid_argument: no such role, or a person's name empty or too long.
base::Result<void> grant_role(store::Transaction& tx, const GrantedRole& grant);
base::Result<void> withdraw_role(store::Transaction& tx, const GrantedRole& grant);  // Errc::not_found

// Whom an escalation to a role tells about a group's ticket: members of the group who were granted the role;
// else of a desk_agent or specialist all members; else whoever was granted it. At most 50.
std::vector<std::string> role_holders(store::Transaction& tx, std::string_view role, std::string_view group);

}  // namespace censo::desk
