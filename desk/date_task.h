// Tasks that dates of items make ahead of time (service-desk rule 71): one a rule and item, done by itself
// when the date moves away. Runs inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <cstddef>

namespace censo::desk {

struct DateRules;  // desk/date_rules.h

// What ended longer ago than this makes no task: nobody waits for it any more.
inline constexpr base::TimeMs date_is_past_after_ms = base::TimeMs{30} * 24 * 60 * 60 * 1'000;
// A round through all items that the rules mean begins an hour after the last one began.
inline constexpr base::TimeMs date_round_every_ms = base::TimeMs{60} * 60 * 1'000;

// The next `limit` items of the round. True: the round goes on.
bool make_date_tasks(const Operation& operation, const DateRules& rules, std::size_t limit);

}  // namespace censo::desk
