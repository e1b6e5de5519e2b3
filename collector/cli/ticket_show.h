// A ticket as a person wants to read it; and what the commands about tickets share.
#pragma once

#include "collector/cli/commands.h"

#include <string>

namespace censo::cli {

extern const Columns ticket_columns;
std::string ticket_path(const std::string& number);

// The ticket, what it affects, what was said, and what may be done next.
base::Result<void> show_ticket(ApiClient& client, const std::string& number, const Session& session);

}  // namespace censo::cli
