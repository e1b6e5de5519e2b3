// Groups as tickets name them: their members, what these know, and how much they have in hand. All functions
// run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct GroupMember {
  std::string group, person;
  std::vector<std::string> skills;  // in lower case, by name
  std::int64_t in_hand = 0;         // open tickets that are his
  bool away = false;                // his deputy decides at once now
};
std::vector<GroupMember> group_members(store::Transaction& tx, base::TimeMs now);  // by group and person
std::vector<GroupMember> members_of(store::Transaction& tx, std::string_view group, base::TimeMs now);

// All need the role desk_manager (Errc::permission_denied, ROLE_NEEDED). Errc::invalid_argument with the
// field in `where`; Errc::limit_exceeded: 500 members a group, 50 skills a person.
base::Result<void> put_member(const Operation& operation, std::string_view group, std::string_view person);
base::Result<void> remove_member(const Operation& operation, std::string_view group,
                                 std::string_view person);  // Errc::not_found
// Instead of those that he had.
base::Result<std::vector<std::string>> put_skills(const Operation& operation, std::string_view person,
                                                  const std::vector<std::string>& skills);
std::vector<std::string> skills_of(store::Transaction& tx, std::string_view person);
// In lower case, each once, by name. Errc::invalid_argument, `where` "skills".
base::Result<std::vector<std::string>> checked_skills(const std::vector<std::string>& skills);

}  // namespace censo::desk
