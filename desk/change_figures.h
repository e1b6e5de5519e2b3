// Figures of changes (service-desk rule 77): of the changes that ended in a time, and of what was detected in
// it. All functions run inside a caller's transaction.
#pragma once

#include "cmdb/figure.h"
#include "desk/difference.h"
#include "desk/ticket.h"

#include <string_view>
#include <variant>
#include <vector>

namespace censo::desk {

std::vector<cmdb::Figure> change_figures(const Operation& operation, const cmdb::FigureTime& time);

// A change, or a detected one, in the list behind a figure.
using CountedChange = std::variant<Ticket, DetectedChange>;
// Newest first. Errc::not_found: no such figure; Errc::malformed: a bad cursor.
base::Result<cmdb::Page<CountedChange>> changes_of_figure(const Operation& operation, std::string_view figure,
                                                          const cmdb::FigureTime& time,
                                                          const cmdb::PageRequest& page);

}  // namespace censo::desk
