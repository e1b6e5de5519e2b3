// Figures of the desk (service-desk rule 76): of the incidents and requests that were opened in a time. All
// functions run inside a caller's transaction and read each of these tickets once.
#pragma once

#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "desk/counted_ticket.h"

#include <string_view>
#include <vector>

namespace censo::desk {

struct Operation;  // desk/ticket.h

// The backlog is that of `scope.time.until`.
std::vector<cmdb::Figure> ticket_figures(const Operation& operation, const FigureScope& scope);
// Newest first. Errc::not_found: no such figure; Errc::malformed: a bad cursor.
base::Result<cmdb::Page<CountedTicket>> tickets_of_figure(const Operation& operation, std::string_view figure,
                                                          const FigureScope& scope,
                                                          const cmdb::PageRequest& page);

}  // namespace censo::desk
