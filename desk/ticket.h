// Tickets: number, title, state, fields, and links to configuration items with a role (service-desk rules 05
// and 06). How they move is desk/transition.h. All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {
struct ImpactSource;  // cmdb/impact.h
}

namespace censo::desk {

class TicketKinds;  // desk/ticket_kind.h

struct DetectionRules;  // desk/detection_rules.h
struct Sight;           // desk/sight.h

using TicketId = base::Id<struct TicketTag>;

// Rule 05. `impacted` is computed, never stored by hand; `excluded` takes an item out of what is computed.
enum class LinkRole { affected, cause, impacted, changed, excluded };
std::string_view name_of(LinkRole role);
base::Result<LinkRole> parse_link_role(std::string_view text);

// By name, each in the form that checked_value() gives it; a field without a value is not there.
using FieldValues = std::map<std::string, std::string, std::less<>>;

struct Ticket {
  TicketId id;
  std::string kind;    // "incident"
  std::string number;  // "INC-17"; unique, by kind
  std::string title, description;
  std::string state;  // "new", "assigned", ... of schemas/tickets/<kind>.yaml
  std::string requester;
  base::TimeMs opened_at = 0;  // rule 06: the picture of its items is as of this time
  base::TimeMs updated_at = 0;
  std::int64_t version = 1;  // rule 03
  FieldValues fields;        // of schemas/tickets/<kind>.yaml
  base::TimeMs state_since = 0;
  base::TimeMs due_at = 0;    // the earliest of its targets that run (desk/ticket_target.h); 0: none runs
  std::int64_t breached = 0;  // of its targets

  const std::string& field(std::string_view name) const;  // "": it has no value
};

struct NewTicket {
  std::string kind = "incident";
  std::string title, description, requester;
  std::vector<cmdb::CiId> affected;
  FieldValues fields = {};  // those that may be given when a ticket is opened
};

// Who does something, by which way, and the time: what the ticket's history keeps of every act (rule 02).
struct Act {
  std::string_view actor;   // the caller's name, never from a body
  std::string_view source;  // "api", "agent", "event", "rule"
  const base::Clock& clock;
  std::vector<std::string> roles = {};  // at the desk, whatever the ticket (rule 04)
  std::string tenant = {};              // of the actor: all else is out of reach (rule 75); "": none
};

// What every act on tickets is given. All of it outlives the act.
struct Operation {
  store::Transaction& tx;
  const TicketKinds& kinds;
  const Act& act;
  const cmdb::ImpactSource* impact = nullptr;  // nullptr: what is harmed is not looked at
  const DetectionRules* detection = nullptr;   // nullptr: nothing is matched with changes
};

// What is empty or 0 does not matter.
struct TicketFilter {
  std::string state;  // of any kind, or "open": not final
  std::string kind;
  std::int64_t priority = 0;
  std::string assignee = {}, group = {}, requester = {};
  std::string watcher = {};
  cmdb::CiId ci = {};           // linked in any role but excluded
  bool breached = false;        // a target of it
  base::TimeMs due_before = 0;  // the earliest of its targets
  std::string tenant = {};
  bool by_due = false;  // only those that have a due time, the earliest first; else newest first
};

struct TicketLink {
  cmdb::CiId ci;
  std::string class_name, name;
  LinkRole role = LinkRole::affected;
};

// Append-only (rule 02).
struct TicketHistoryEntry {
  base::TimeMs at = 0;
  std::string actor, source;
  std::string event;  // "open", "link", "unlink"
  std::string from_state, to_state;
  std::string before, after;  // JSON objects of the fields that changed
  std::string reason;
  std::int64_t version = 0;  // of the ticket after it; 0: not known
};

// Numbered one above the last of its kind, in its kind's first state. Errc::invalid_argument with the field
// in `where` (title empty or over 200 characters, unknown kind, no such item, one item twice).
base::Result<Ticket> open_ticket(store::Transaction& tx, const TicketKinds& kinds, const NewTicket& ticket,
                                 const Act& act);
// By "INC-17" (any case). Errc::not_found.
base::Result<Ticket> find_ticket(store::Transaction& tx, std::string_view number);
// Errc::malformed for a bad cursor.
base::Result<cmdb::Page<Ticket>> list_tickets(store::Transaction& tx, const TicketFilter& filter,
                                              const cmdb::PageRequest& page);
// Without those that are out of sight.
base::Result<cmdb::Page<Ticket>> list_tickets(store::Transaction& tx, const TicketFilter& filter,
                                              const cmdb::PageRequest& page, const Sight& sight);
// Newest first: number beginning with `text` when it looks like one ("inc-1"), else title holding `text` from
// the beginning of a word. Errc::invalid_argument: text empty or over 200 bytes; Errc::malformed: a bad
// cursor.
base::Result<cmdb::Page<Ticket>> search_tickets(store::Transaction& tx, std::string_view text,
                                                const cmdb::PageRequest& page);
base::Result<cmdb::Page<Ticket>> search_tickets(store::Transaction& tx, std::string_view text,
                                                const cmdb::PageRequest& page,
                                                const Sight& sight);  // of what is in sight
// The linked items as they are shown, by name: what is merged is one, by the role of the oldest link.
std::vector<TicketLink> links_of(store::Transaction& tx, TicketId ticket);
// Linking again with another role replaces it, with the same one does nothing. Errc::invalid_argument for the
// computed role, Errc::not_found for the item.
base::Result<void> link_ci(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci, LinkRole role,
                           const Act& act);
// `reason` is kept in the ticket's history. Errc::not_found when the item is not linked.
base::Result<void> unlink_ci(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci, const Act& act,
                             const std::string& reason = "");
// What was done to the ticket, oldest first.
std::vector<TicketHistoryEntry> history_of(store::Transaction& tx, TicketId ticket);

}  // namespace censo::desk
