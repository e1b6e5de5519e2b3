// Tickets: number, title, state, requester, and links to configuration items with a role (service-desk rules 05 to 18).
// All functions run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

using TicketId = base::Id<struct TicketTag>;

// Rule 05. `impacted` is computed, never stored by hand; `excluded` takes an item out of what is computed.
enum class LinkRole { affected, cause, impacted, changed, excluded };
std::string_view name_of(LinkRole role);
base::Result<LinkRole> parse_link_role(std::string_view text);

struct Ticket {
  TicketId id;
  std::string kind;                 // "incident"
  std::string number;               // "INC-17"; unique, by kind
  std::string title, description;
  std::string state;                // "new", "assigned", ... of schemas/tickets/<kind>.yaml
  std::string requester;
  base::TimeMs opened_at = 0;       // rule 06: the picture of its items is as of this time
  base::TimeMs updated_at = 0;
  std::int64_t version = 1;         // rule 03
};

struct NewTicket {
  std::string kind = "incident";
  std::string title, description, requester;
  std::vector<cmdb::CiId> affected;
};

struct TicketFilter {
  std::string state;                // empty: all
  std::string kind;
};

struct AffectedAsset {
  cmdb::CiId id;
  std::string class_name, name;
  LinkRole role = LinkRole::affected;
  std::size_t depth = 0;            // 0: linked by hand
  std::string reason;               // "named in the ticket", "runs on web01"
  base::TimeMs last_seen = 0;
  base::TimeMs last_changed = 0;    // newest history entry; 0 when none
};
struct AffectedAssets {
  std::vector<AffectedAsset> assets;  // linked ones first, then by depth and name
  bool truncated = false;
};

// Errc::invalid_argument with the field in `where` (title empty or over 200 characters, unknown kind, no such item).
base::Result<Ticket> open_ticket(store::Transaction& tx, const NewTicket& ticket, const base::Clock& clock);
// By "INC-17" (any case). Errc::not_found.
base::Result<Ticket> find_ticket(store::Transaction& tx, std::string_view number);
// Newest first.
base::Result<cmdb::Page<Ticket>> list_tickets(store::Transaction& tx, const TicketFilter& filter, const cmdb::PageRequest& page);
// Linking again with another role replaces it. Errc::invalid_argument for the computed role, Errc::not_found for the item.
base::Result<void> link_ci(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci, LinkRole role, std::string_view actor,
                           const base::Clock& clock);
base::Result<void> unlink_ci(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci, std::string_view actor, const base::Clock& clock);
// Linked items, and downstream of those with role cause or affected whatever is harmed, less the excluded.
AffectedAssets affected_assets(store::Transaction& tx, const cmdb::ClassCatalog& catalog, const Ticket& ticket);

}  // namespace censo::desk
