// Requests (service-desk rules 19 to 23): who is asked before they are fulfilled, one step after the other. A
// request is a ticket of kind "request"; how it moves is schemas/tickets/request.yaml.
#pragma once

#include "desk/ticket.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

inline constexpr std::array<std::string_view, 3> approval_fields{"manager", "cost_owner", "service_owner"};

// The fields that name who is asked, in their order: each is a step, left out when it names nobody.
std::vector<std::string> approval_steps(const Ticket& request);

// Names, which commas part, each once.
std::vector<std::string> people_in(std::string_view text);

// The act's actor is asked at the step at which the ticket is, himself or as the deputy of somebody who is.
bool is_asked(store::Transaction& tx, const Ticket& ticket, const Act& act);

}  // namespace censo::desk
