// What a request holds (service-desk rule 21): an item in stock, or one of a licence's entitlements. All
// functions run inside a caller's transaction.
#pragma once

#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct ReservedItem;  // desk/request_item.h

struct Reservation {
  std::string name;  // as the catalogue's item calls it
  cmdb::CiId ci;
  std::string class_name, ci_name;  // as it is shown
  std::string person;               // who reserved it
  base::TimeMs at = 0, ended_at = 0;
  std::string outcome;  // "used", "released"; "": it is held
};
std::vector<Reservation> reservations_of(store::Transaction& tx, TicketId ticket);  // by name

// What the catalogue's item says: the first that is free of each. Errc::conflict, NOT_IN_STOCK: none is of
// what is needed; where it is not needed a note tells.
base::Result<void> reserve_items(const Operation& operation, const Ticket& request);
base::Result<void> reserve_what_is_asked(const Operation& operation, const Ticket& request,
                                         const std::vector<ReservedItem>& wanted);
// Another one by hand, or what the item does not name: of a request that has not ended.
// Errc::permission_denied, ROLE_NEEDED: only the desk; Errc::conflict: NOT_ALLOWED_NOW, NOT_IN_STOCK;
// Errc::invalid_argument: the name.
base::Result<void> reserve(const Operation& operation, const Ticket& request, std::string_view name,
                           cmdb::CiId ci);
base::Result<void> release(const Operation& operation, const Ticket& request,
                           std::string_view name);  // Errc::not_found
// When the request is fulfilled: what it held is used.
base::Result<void> use_reservations(const Operation& operation, const Ticket& request);
// When it is cancelled: what it held is free again.
base::Result<void> release_reservations(const Operation& operation, const Ticket& request);

}  // namespace censo::desk
