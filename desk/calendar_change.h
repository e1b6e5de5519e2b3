// What becomes of running targets when a calendar was edited (service-desk rule 60).
#pragma once

#include "base/embedded.h"

#include <cstddef>
#include <span>

namespace censo::desk {

struct Operation;  // desk/ticket.h

// Takes calendars/*.yaml of `files` up as what is counted by from now on. A target that runs by one that
// differs from what was taken up last keeps the time until now as it was then and goes on by the new one,
// which its ticket's history tells. To be called before anything else acts on tickets; `operation.kinds` are
// of the same files. How many targets went on so.
std::size_t take_up_calendars(const Operation& operation, std::span<const base::EmbeddedFile> files);

}  // namespace censo::desk
