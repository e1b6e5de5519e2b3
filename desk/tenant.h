// Tenants (service-desk rule 75): who belongs to one sees and touches what is that tenant's alone; who
// belongs to none, all. A ticket's is its field `tenant`, an item's its attribute. All functions run inside a
// caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>

namespace censo::desk {

struct TicketKind;  // desk/ticket_kind.h

std::string tenant_of_person(store::Transaction& tx, std::string_view person);  // "": none
bool is_of_tenant(const Act& act, const Ticket& ticket);
// The tickets that he may hear of by mail or as a watcher.
bool may_hear(store::Transaction& tx, std::string_view person, const Ticket& ticket);

// Whose a new ticket is: the actor's, else as said, else the requester's; what an event makes, its item's.
// Its items are checked against it. Errc::conflict, OTHER_TENANT; Errc::permission_denied, ROLE_NEEDED: the
// actor said another one than his.
base::Result<std::string> tenant_of_new(store::Transaction& tx, const NewTicket& wanted, const Act& act);
// An item that a ticket of this tenant names: its own, or nobody's. Of a ticket of none, any. What an actor
// with a tenant may not see is answered as one that is not there.
base::Result<void> check_item(store::Transaction& tx, std::string_view tenant, cmdb::CiId ci, const Act& act);
// Items and tickets that the fields name; `ticket` as it is to be. Errc::invalid_argument, Errc::conflict.
base::Result<void> check_named(store::Transaction& tx, const TicketKind& kind, const FieldValues& given,
                               const Ticket& ticket, const Act& act);
// All of its items, after its tenant was changed.
base::Result<void> check_items(store::Transaction& tx, const Ticket& ticket, const Act& act);

}  // namespace censo::desk
