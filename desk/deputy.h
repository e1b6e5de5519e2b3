// Who decides in whose stead (service-desk rule 19): for a time at once, and else where somebody does not
// answer. Nobody decides through a deputy what he may not decide himself (rules 20 and 74). All functions run
// inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct Deputy {
  std::string person, deputy;
  base::TimeMs from = 0, until = 0;  // decides at once in this time; 0: only where the person does not answer
  std::string named_by;
  base::TimeMs at = 0;
};

std::vector<Deputy> deputies(store::Transaction& tx);  // by person
std::optional<Deputy> deputy_of(store::Transaction& tx, std::string_view person);
// Each names his own, a desk_manager anybody's; one at a time. Errc::permission_denied, ROLE_NEEDED;
// Errc::invalid_argument: a name that is none, the person himself, a time that is over or of over a year.
base::Result<Deputy> name_deputy(const Operation& operation, const Deputy& wanted);
base::Result<void> remove_deputy(const Operation& operation, std::string_view person);  // Errc::not_found

bool decides_at_once(const Deputy& deputy, base::TimeMs now);
// Those whose deputy he is now, by name.
std::vector<std::string> stands_in_for(store::Transaction& tx, std::string_view deputy, base::TimeMs now);

}  // namespace censo::desk
