#include "desk/ticket.h"

#include "base/text.h"
#include "cmdb/merge.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>

namespace censo::desk {
namespace {

namespace json = boost::json;
using base::Errc;

// Above every text that begins with `text`: none holds the last character of Unicode.
std::string end_of_range(std::string_view text) {
  return std::string(text) + "\U0010FFFF";
}

// In the order of LinkRole.
constexpr std::array<std::string_view, 5> role_names{"affected", "cause", "impacted", "changed", "excluded"};

// A statement for ticket_of(); the condition is a literal of this file.
std::string tickets_where(std::string_view condition) {
  constexpr std::string_view columns =
      "id, kind, number, title, description, state, requester, opened_at, updated_at, version";
  return "select " + std::string(columns) + " from ticket where " + std::string(condition);
}

Ticket ticket_of(const store::Row& row) {
  Ticket ticket;
  ticket.id = TicketId(row.integer(0));
  ticket.kind = row.text(1);
  ticket.number = row.text(2);
  ticket.title = row.text(3);
  ticket.description = row.text(4);
  ticket.state = row.text(5);
  ticket.requester = row.text(6);
  ticket.opened_at = row.integer(7);
  ticket.updated_at = row.integer(8);
  ticket.version = row.integer(9);
  return ticket;
}

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
  if (base::trim(ticket.title).empty()) return unfit("expected a title", "title");
  if (characters_of(ticket.title) > 200) return unfit("expected a title of at most 200 characters", "title");
  std::set<cmdb::CiId> seen;
  for (const auto id : ticket.affected) {
    if (!has_ci(tx, id)) return unfit("no configuration item " + base::to_text(id), "affected");
    if (!seen.insert(id).second)
      return unfit("configuration item " + base::to_text(id) + " stands twice", "affected");
  }
  return {};
}

void add_history(store::Transaction& tx, const Ticket& ticket, const TicketHistoryEntry& entry,
                 const base::Clock& clock) {
  tx.execute(
      "insert into ticket_history (id, ticket_id, at, actor, source, event, from_state, to_state, "
      "before_change, after_change, reason) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      base::next_id(clock), ticket.id.value, entry.at, entry.actor, entry.source, entry.event,
      entry.from_state, entry.to_state, entry.before, entry.after, entry.reason);
}

// Words from which a search may begin: ASCII letters and digits in lower case, other characters as they are.
std::vector<std::string> words_of(std::string_view text) {
  std::string spaced = base::to_lower(text);
  for (char& c : spaced) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
    if (!kept) c = ' ';
  }
  const auto words = base::split_words(spaced);
  return {words.begin(), words.end()};
}

void insert_ticket(store::Transaction& tx, const Ticket& ticket) {
  tx.execute(
      "insert into ticket (id, kind, number, title, title_folded, description, state, requester, opened_at, "
      "updated_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      ticket.id.value, ticket.kind, ticket.number, ticket.title, base::to_lower(ticket.title),
      ticket.description, ticket.state, ticket.requester, ticket.opened_at, ticket.updated_at,
      ticket.version);
  const auto words = words_of(ticket.title);
  for (const auto& word : std::set<std::string>(words.begin(), words.end())) {
    tx.execute("insert into ticket_word (word, ticket_id) values ($1, $2)", word, ticket.id.value);
  }
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
void record_link(store::Transaction& tx, const Ticket& ticket, const TicketHistoryEntry& entry,
                 const base::Clock& clock) {
  tx.execute("update ticket set updated_at = $1, version = version + 1 where id = $2", entry.at,
             ticket.id.value);
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

// An act that leaves the state as it is.
TicketHistoryEntry entry_of(const Ticket& ticket, std::string event, const Act& act) {
  TicketHistoryEntry entry;
  entry.at = act.clock.now();
  entry.actor = act.actor;
  entry.source = act.source;
  entry.event = std::move(event);
  entry.from_state = entry.to_state = ticket.state;
  entry.before = entry.after = "{}";
  return entry;
}

// Lists go from new to old: the cursor is the last id seen.
base::Result<std::int64_t> id_before(const cmdb::PageRequest& page) {
  if (page.after.empty()) return std::numeric_limits<std::int64_t>::max();
  const auto id = base::id_from_text(page.after);
  if (!id) return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");
  return *id;
}

// One more than the page takes, to know whether there is another page.
std::int64_t rows_for(const cmdb::PageRequest& page) {
  return static_cast<std::int64_t>(page.limit) + 1;
}

// Of rows asked for with one more than the page takes.
cmdb::Page<Ticket> page_of(const std::vector<store::Row>& rows, const cmdb::PageRequest& page) {
  cmdb::Page<Ticket> result;
  for (const auto& row : rows) {
    if (result.rows.size() == page.limit) {
      result.next = base::to_text(result.rows.back().id);
      break;
    }
    result.rows.push_back(ticket_of(row));
  }
  return result;
}

// "inc-17", or the beginning of it from the hyphen on.
bool looks_like_number(std::string_view text) {
  const auto hyphen = text.find('-');
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return hyphen != text.npos && hyphen > 0 && hyphen <= 4 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(hyphen), letter) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(hyphen) + 1, text.end(), digit);
}

std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

}  // namespace

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

  Ticket ticket;
  ticket.id = TicketId(base::next_id(act.clock));
  ticket.kind = kind->name;
  ticket.number = next_number(tx, *kind);
  ticket.title = base::trim(wanted.title);
  ticket.description = wanted.description;
  ticket.state = kind->initial;
  ticket.requester = wanted.requester;
  ticket.opened_at = ticket.updated_at = act.clock.now();
  insert_ticket(tx, ticket);

  json::array affected;
  for (const auto ci : wanted.affected) {
    tx.execute("insert into ticket_link (ticket_id, ci_id, role) values ($1, $2, $3)", ticket.id.value,
               ci.value, name_of(LinkRole::affected));
    affected.push_back(json::string(base::to_text(ci)));
  }
  auto entry = entry_of(ticket, "open", act);
  entry.from_state.clear();
  entry.after = json::serialize(json::object{{"title", ticket.title},
                                             {"description", ticket.description},
                                             {"requester", ticket.requester},
                                             {"affected", std::move(affected)}});
  add_history(tx, ticket, entry, act.clock);
  return ticket;
}

base::Result<Ticket> find_ticket(store::Transaction& tx, std::string_view number) {
  const auto wanted = base::to_upper(base::trim(number));
  const auto sql = tickets_where("number = $1");
  const auto row = tx.query_one(sql, wanted);
  if (!row) return base::fail(Errc::not_found, "no ticket " + base::sanitize_utf8(wanted, 40));
  return ticket_of(*row);
}

base::Result<cmdb::Page<Ticket>> list_tickets(store::Transaction& tx, const TicketFilter& filter,
                                              const cmdb::PageRequest& page) {
  const auto before = id_before(page);
  if (!before) return before.error();
  const auto select = [&](std::string_view condition, const auto&... values) {
    return page_of(tx.query(tickets_where(condition), *before, rows_for(page), values...), page);
  };
  if (filter.state.empty() && filter.kind.empty()) return select("id < $1 order by id desc limit $2");
  if (filter.kind.empty()) return select("state = $3 and id < $1 order by id desc limit $2", filter.state);
  if (filter.state.empty()) return select("kind = $3 and id < $1 order by id desc limit $2", filter.kind);
  return select("state = $3 and kind = $4 and id < $1 order by id desc limit $2", filter.state, filter.kind);
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

std::vector<TicketHistoryEntry> history_of(store::Transaction& tx, TicketId ticket) {
  std::vector<TicketHistoryEntry> entries;
  for (const auto& row :
       tx.query("select at, actor, source, event, from_state, to_state, before_change, after_change, reason "
                "from ticket_history where ticket_id = $1 order by id",
                ticket.value)) {
    entries.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5),
                       row.text(6), row.text(7), row.text(8)});
  }
  return entries;
}

base::Result<cmdb::Page<Ticket>> search_tickets(store::Transaction& tx, std::string_view text,
                                                const cmdb::PageRequest& page) {
  const auto before = id_before(page);
  if (!before) return before.error();
  const std::string wanted(base::trim(text));
  if (wanted.empty() || text.size() > 200) return unfit("expected a text of 1 to 200 bytes", "text");
  if (const auto number = base::to_upper(wanted); looks_like_number(number)) {
    const auto sql = tickets_where("number >= $1 and number < $2 and id < $3 order by id desc limit $4");
    return page_of(tx.query(sql, number, end_of_range(number), *before, rows_for(page)), page);
  }
  const auto words = words_of(wanted);
  if (words.empty()) return cmdb::Page<Ticket>{};
  const auto sql = tickets_where(
      "id in (select ticket_id from ticket_word where word >= $1 and word < $2) and id < $3 "
      "and title_folded like $4 escape '\\' order by id desc limit $5");
  return page_of(tx.query(sql, words.front(), end_of_range(words.front()), *before,
                          like_pattern(base::to_lower(wanted)), rows_for(page)),
                 page);
}

}  // namespace censo::desk
