// Targets of a kind of ticket (service-desk rules 52 and 56 to 63), as schemas/tickets says them.
// docs/service-levels.md explains the keys.
#pragma once

#include "desk/calendar.h"

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

// Rule 59: the limit with most conditions of those that fit; of equal ones the shortest. nullptr: none fits.
const TargetLimit* limit_of(const ServiceTarget& target, const Ticket& ticket);

bool applies(const TargetCondition& condition, const Ticket& ticket);

}  // namespace censo::desk
