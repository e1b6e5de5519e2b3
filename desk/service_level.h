// Targets of a kind of ticket (service-desk rules 52 and 56 to 63), as schemas/tickets says them.
// docs/service-levels.md explains the keys.
#pragma once

#include "base/result.h"
#include "desk/calendar.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace censo::cmdb {
class SchemaFile;     // cmdb/schema_file.h
class SchemaMapping;  // cmdb/schema_file.h
}  // namespace censo::cmdb

namespace censo::desk {

struct ServiceTarget;    // desk/ticket_kind.h
struct TargetCondition;  // desk/ticket_kind.h
struct TargetLimit;      // desk/ticket_kind.h
struct Ticket;           // desk/ticket.h
struct TicketKind;       // desk/ticket_kind.h

// "targets" of a file of a kind whose fields and states have been read. A fault is the file's.
std::vector<ServiceTarget> read_targets(cmdb::SchemaFile& file, cmdb::SchemaMapping& mapping,
                                        const TicketKind& kind, const Calendars& calendars);

// "4h", "3d", of at most 90 days and over within twenty years. Errc::invalid_argument, `where` "limit".
base::Result<TargetLimit> parse_limit(std::string_view text, std::shared_ptr<const Calendar> calendar);

// Rule 59: of those that fit, the target's and `besides`, the most specific: a customer counts more than a
// service, this more than a category, this more than whatever else; of equal ones the shortest. nullptr: none
// fits.
const TargetLimit* limit_of(const ServiceTarget& target, const Ticket& ticket,
                            std::span<const TargetLimit> besides = {});

bool applies(const TargetCondition& condition, const Ticket& ticket);

}  // namespace censo::desk
