// Limits of targets for services and customers, which a desk manager writes beside those of schemas/tickets
// (service-desk rule 59). All functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {
class ClassCatalog;  // cmdb/class_catalog.h
struct Impact;       // cmdb/impact.h
}  // namespace censo::cmdb

namespace censo::desk {

struct TargetLimit;  // desk/ticket_kind.h
struct TicketKind;   // desk/ticket_kind.h

// What is empty or 0 does not matter; at least one of service, tenant, category and priority is given.
struct ServiceLimit {
  std::string name;          // "shop": lower-case letters, digits, - and _
  std::string kind, target;  // "incident", "resolve"
  cmdb::CiId service;
  std::string service_name;  // as it is called now
  std::string tenant, category;
  std::int64_t priority = 0;
  std::string limit, calendar;  // "4h", "3d"; one that a limit of this target has in schemas/tickets
  std::string person;           // who wrote it last
  base::TimeMs at = 0;
};

std::vector<ServiceLimit> service_limits(store::Transaction& tx);  // by kind, target and name
// Both need the role desk_manager. They count from the next act on a ticket. Errc::invalid_argument with the
// field in `where`; Errc::limit_exceeded: 500.
base::Result<ServiceLimit> put_service_limit(const Operation& operation, const ServiceLimit& wanted);
base::Result<void> remove_service_limit(const Operation& operation, std::string_view name);  // not_found

// Those that fit the ticket, by target, as limit_of() takes them. What a file says no more is left out.
std::map<std::string, std::vector<TargetLimit>, std::less<>> limits_besides(store::Transaction& tx,
                                                                            const TicketKind& kind,
                                                                            const Ticket& ticket);

// The service of a new ticket, of what is harmed: one that it names, else the most critical that goes down
// with what it names, the nearest of these. Only of the same tenant as that. "": none.
std::string service_in(store::Transaction& tx, const cmdb::ClassCatalog& catalog, const cmdb::Impact& harmed);

}  // namespace censo::desk
