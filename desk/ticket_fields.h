// Values of tickets' fields: checked by their definition, and those that follow from others.
#pragma once

#include "desk/ticket.h"
#include "desk/ticket_kind.h"

#include <string>
#include <string_view>

namespace censo::desk {

// The form in which the value is kept. "" stays "": no value. Errc::invalid_argument, `where`
// "/fields/<name>". An item is looked for among those of the tenant, if one is given.
base::Result<std::string> checked_value(store::Transaction& tx, const FieldDefinition& field,
                                        std::string_view value, std::string_view tenant = {});
// Each is one of the kind's fields, or the reason or the message. Reason UNKNOWN_FIELD.
base::Result<FieldValues> checked_values(store::Transaction& tx, const TicketKind& kind,
                                         const FieldValues& given, std::string_view tenant = {});

// Of a new ticket: what is given and may be, else the fields' defaults.
base::Result<FieldValues> opening_fields(store::Transaction& tx, const TicketKind& kind,
                                         const FieldValues& given, std::string_view tenant = {});
// Sets or, for "", takes away.
void put_fields(FieldValues& fields, const FieldValues& values);
// Rule 50: from impact and urgency, unless somebody set the priority by hand.
void set_priority(const TicketKind& kind, FieldValues& fields);

// Errc::conflict: `parent` is the ticket itself or below it.
base::Result<void> check_parent(store::Transaction& tx, const Ticket& ticket, const std::string& parent);

// What follows for a new ticket from what it names, of these and of the nearest 200 items that their failure
// harms now. "": nothing.
struct OpeningDefaults {
  std::string impact;   // rule 48
  std::string service;  // rule 59
};
OpeningDefaults opening_defaults(store::Transaction& tx, const cmdb::ImpactSource& source,
                                 const std::vector<cmdb::CiId>& cis, base::TimeMs now);
// Gives them to a ticket of a kind that has such fields, unless it says them.
void give_defaults(const Operation& operation, NewTicket& ticket);

// Rule 48: 1 for an organisation, a site or a critical service, 2 for another service, a team or ten items
// and more, 3 otherwise; of the items and of the nearest 200 that their failure harms now.
std::string default_impact(store::Transaction& tx, const cmdb::ImpactSource& source,
                           const std::vector<cmdb::CiId>& cis, base::TimeMs now);

}  // namespace censo::desk
