#include "desk/ticket.h"

#include "base/text.h"
#include "cmdb/merge.h"
#include "desk/tenant.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>

namespace censo::desk {
namespace {

namespace json = boost::json;
using base::Errc;

// In the order of LinkRole.
constexpr std::array<std::string_view, 5> role_names{"affected", "cause", "impacted", "changed", "excluded"};

// UTF-8: the bytes that begin a character.
std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

base::Error unfit(std::string message, std::string field) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(field));
}

bool has_ci(store::Transaction& tx, cmdb::CiId id) {
  return tx.query_one("select 1 from ci where id = $1", id.value).has_value();
}

base::Result<void> check(store::Transaction& tx, const NewTicket& ticket) {
  if (const auto title = checked_title(ticket.title); !title) return title.error();
  std::set<cmdb::CiId> seen;
  for (const auto id : ticket.affected) {
    if (!has_ci(tx, id)) return unfit("no configuration item " + base::to_text(id), "affected");
    if (!seen.insert(id).second)
      return unfit("configuration item " + base::to_text(id) + " stands twice", "affected");
  }
  return {};
}

// The row is held until the transaction ends, so numbers follow each other without a gap.
std::string next_number(store::Transaction& tx, const TicketKind& kind) {
  const auto row = tx.query_one(
      "insert into ticket_counter (kind, last) values ($1, 1) "
      "on conflict (kind) do update set last = ticket_counter.last + 1 returning last",
      kind.name);
  return kind.prefix + "-" + std::to_string(row->integer(0));
}

// The link's change in the ticket, its version and its history.
void record_link(store::Transaction& tx, Ticket ticket, const TicketHistoryEntry& entry,
                 const base::Clock& clock) {
  ticket.version = tx.query_one(
                         "update ticket set updated_at = $1, version = version + 1 where id = $2 "
                         "returning version",
                         entry.at, ticket.id.value)
                       ->integer(0);
  add_history(tx, ticket, entry, clock);
}

std::string link_json(cmdb::CiId ci, std::string_view role) {
  return json::serialize(json::object{{"ci", base::to_text(ci)}, {"role", role}});
}

std::optional<std::string> role_of(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci) {
  const auto row = tx.query_one("select role from ticket_link where ticket_id = $1 and ci_id = $2",
                                ticket.id.value, ci.value);
  if (!row) return {};
  return row->text(0);
}

// The item itself and what is merged with it, where the ticket was linked before the merge.
std::vector<cmdb::CiId> linked_members(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci) {
  auto members = cmdb::members_of(tx, cmdb::root_of(tx, ci));
  std::erase_if(members, [&](cmdb::CiId member) { return !role_of(tx, ticket, member); });
  return members;
}

}  // namespace

base::Result<std::string> checked_title(std::string_view given) {
  const auto title = base::trim(given);
  if (title.empty()) return unfit("expected a title", "title");
  if (characters_of(title) > 200) return unfit("expected a title of at most 200 characters", "title");
  return std::string(title);
}

std::string_view name_of(LinkRole role) {
  return role_names[static_cast<std::size_t>(role)];
}

base::Result<LinkRole> parse_link_role(std::string_view text) {
  const auto found = std::find(role_names.begin(), role_names.end(), text);
  if (found != role_names.end()) return static_cast<LinkRole>(found - role_names.begin());
  return unfit("expected the role affected, cause, changed or excluded, found \"" +
                   base::sanitize_utf8(text, 40) + "\"",
               "role");
}

base::Result<Ticket> open_ticket(store::Transaction& tx, const TicketKinds& kinds, const NewTicket& wanted,
                                 const Act& act) {
  const auto* kind = kinds.find(wanted.kind);
  if (!kind) return unfit("no kind of ticket \"" + base::sanitize_utf8(wanted.kind, 40) + "\"", "kind");
  if (const auto checked = check(tx, wanted); !checked) return checked.error();
  const auto tenant = tenant_of_new(tx, wanted, act);
  if (!tenant) return tenant.error();
  auto fields = opening_fields(tx, *kind, wanted.fields, act.tenant);
  if (!fields) return fields.error();
  if (!tenant->empty()) (*fields)["tenant"] = *tenant;

  Ticket ticket;
  ticket.id = TicketId(base::next_id(act.clock));
  ticket.kind = kind->name;
  ticket.title = base::trim(wanted.title);
  ticket.description = wanted.description;
  ticket.state = kind->initial;
  ticket.requester = wanted.requester;
  ticket.opened_at = ticket.updated_at = ticket.state_since = act.clock.now();
  ticket.fields = std::move(*fields);
  if (const auto named = check_named(tx, *kind, ticket.fields, ticket, act); !named) return named.error();
  ticket.number = next_number(tx, *kind);
  insert_ticket(tx, *kind, ticket);

  json::array affected;
  for (const auto ci : wanted.affected) {
    tx.execute("insert into ticket_link (ticket_id, ci_id, role) values ($1, $2, $3)", ticket.id.value,
               ci.value, name_of(kind->changes_items ? LinkRole::changed : LinkRole::affected));
    affected.push_back(json::string(base::to_text(ci)));
  }
  auto entry = entry_of(ticket, "open", act);
  entry.from_state.clear();
  json::object after{{"title", ticket.title},
                     {"description", ticket.description},
                     {"requester", ticket.requester},
                     {kind->changes_items ? "changed" : "affected", std::move(affected)}};
  for (const auto& [name, value] : ticket.fields) after[name] = value;
  entry.after = json::serialize(after);
  add_history(tx, ticket, entry, act.clock);
  return ticket;
}

std::vector<TicketLink> links_of(store::Transaction& tx, TicketId ticket) {
  std::vector<TicketLink> links;
  for (const auto& row :
       tx.query("select ci_id, role from ticket_link where ticket_id = $1 order by ci_id", ticket.value)) {
    const cmdb::CiId shown = cmdb::root_of(tx, cmdb::CiId(row.integer(0)));
    if (std::ranges::find(links, shown, &TicketLink::ci) != links.end()) continue;
    const auto item = tx.query_one("select class, name from ci where id = $1", shown.value);
    links.push_back({shown, item->text(0), item->text(1), parse_link_role(row.text(1)).value()});
  }
  std::ranges::sort(links, {}, [](const TicketLink& link) { return std::tie(link.name, link.ci); });
  return links;
}

base::Result<void> link_ci(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci, LinkRole role,
                           const Act& act) {
  if (role == LinkRole::impacted) return unfit("the role impacted is computed, never given", "role");
  if (!has_ci(tx, ci)) return base::fail(Errc::not_found, "no configuration item " + base::to_text(ci));
  if (const auto fits = check_item(tx, ticket.field("tenant"), ci, act); !fits) return fits;
  if (const auto linked = linked_members(tx, ticket, ci); !linked.empty()) ci = linked.front();
  const auto earlier = role_of(tx, ticket, ci);
  if (earlier == name_of(role)) return {};
  tx.execute(
      "insert into ticket_link (ticket_id, ci_id, role) values ($1, $2, $3) "
      "on conflict (ticket_id, ci_id) do update set role = excluded.role",
      ticket.id.value, ci.value, name_of(role));
  auto entry = entry_of(ticket, "link", act);
  if (earlier) entry.before = link_json(ci, *earlier);
  entry.after = link_json(ci, name_of(role));
  record_link(tx, ticket, entry, act.clock);
  return {};
}

base::Result<void> unlink_ci(store::Transaction& tx, const Ticket& ticket, cmdb::CiId ci, const Act& act,
                             const std::string& reason) {
  const auto linked = linked_members(tx, ticket, ci);
  if (linked.empty()) {
    return base::fail(Errc::not_found,
                      "configuration item " + base::to_text(ci) + " is not linked to " + ticket.number);
  }
  for (const cmdb::CiId member : linked) {
    auto entry = entry_of(ticket, "unlink", act);
    entry.before = link_json(member, *role_of(tx, ticket, member));
    entry.reason = reason;
    tx.execute("delete from ticket_link where ticket_id = $1 and ci_id = $2", ticket.id.value, member.value);
    record_link(tx, ticket, entry, act.clock);
  }
  return {};
}

}  // namespace censo::desk
