// What a new ticket begins with, by a name: so that what comes again and again is asked for in the same way.
// All functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct TicketTemplate {
  std::string name;  // "new_laptop": letters, digits and _ in lower case
  std::string kind, title, description;
  FieldValues fields;  // that may be given when a ticket is opened
  std::string person;  // who wrote it last
  base::TimeMs at = 0;
};

std::vector<TicketTemplate> ticket_templates(store::Transaction& tx);                       // by name
base::Result<TicketTemplate> find_template(store::Transaction& tx, std::string_view name);  // Errc::not_found

// Replaces one of that name. Errc::permission_denied: only a desk_manager; Errc::invalid_argument: the name,
// the kind, the title or a field is not fit.
base::Result<TicketTemplate> put_template(const Operation& operation, const TicketTemplate& wanted);
base::Result<void> remove_template(const Operation& operation, std::string_view name);

}  // namespace censo::desk
