#include "desk/ticket_store.h"

#include "base/text.h"
#include "desk/notice.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_target.h"

#include <boost/json.hpp>

#include <set>

namespace censo::desk {
namespace {

namespace json = boost::json;

// When the state ends by itself; 0: it does not.
base::TimeMs end_of_state(const TicketKind& kind, const Ticket& ticket) {
  const auto* state = kind.find_state(ticket.state);
  if (!state || state->end_event.empty()) return 0;
  if (state->end_field.empty()) return ticket.state_since + state->end_after_ms;
  const auto time = base::parse_iso8601(ticket.field(state->end_field));
  return time ? *time : 0;
}

// The columns that repeat what stands elsewhere in the ticket, for look-ups.
void save_columns(store::Transaction& tx, const TicketKind& kind, const Ticket& ticket) {
  const auto* state = kind.find_state(ticket.state);
  tx.execute(
      "update ticket set is_open = $2, priority = $3, assignee = $4, group_name = $5, parent = $6, "
      "waits_for = $7, wake_at = $8, tenant = $9, supplier = $10 where id = $1",
      ticket.id.value, std::int64_t{state && state->ended ? 0 : 1},
      base::parse_integer(ticket.field("priority")).value_or(0), ticket.field("assignee"),
      ticket.field("group"), ticket.field("parent"), ticket.field("waits_for"), end_of_state(kind, ticket),
      ticket.field("tenant"), ticket.field("supplier"));
}

}  // namespace

std::string tickets_where(std::string_view condition) {
  constexpr std::string_view columns =
      "id, kind, number, title, description, state, requester, opened_at, updated_at, version, fields, "
      "state_since, due_at, breached";
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
  ticket.fields = fields_from_json(row.text(10));
  ticket.state_since = row.integer(11);
  ticket.due_at = row.integer(12);
  ticket.breached = row.integer(13);
  return ticket;
}

const std::string& Ticket::field(std::string_view name) const {
  static const std::string nothing;
  const auto found = fields.find(name);
  return found == fields.end() ? nothing : found->second;
}

std::string fields_to_json(const FieldValues& fields) {
  json::object object;
  for (const auto& [name, value] : fields) object[name] = value;
  return json::serialize(object);
}

FieldValues fields_from_json(std::string_view text) {
  FieldValues fields;
  const auto value = json::parse(text);
  for (const auto& member : value.as_object()) {
    fields.emplace(member.key(), std::string(member.value().as_string()));
  }
  return fields;
}

std::string difference_to_json(const FieldValues& a, const FieldValues& b) {
  FieldValues differing;
  for (const auto& [name, value] : a) {
    const auto other = b.find(name);
    if (other == b.end() || other->second != value) differing.emplace(name, value);
  }
  return fields_to_json(differing);
}

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

void insert_ticket(store::Transaction& tx, const TicketKind& kind, Ticket& ticket) {
  tx.execute(
      "insert into ticket (id, kind, number, title, title_folded, description, state, requester, opened_at, "
      "updated_at, version, fields, state_since) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      ticket.id.value, ticket.kind, ticket.number, ticket.title, base::to_lower(ticket.title),
      ticket.description, ticket.state, ticket.requester, ticket.opened_at, ticket.updated_at, ticket.version,
      fields_to_json(ticket.fields), ticket.state_since);
  save_columns(tx, kind, ticket);
  const auto words = words_of(ticket.title);
  for (const auto& word : std::set<std::string>(words.begin(), words.end())) {
    tx.execute("insert into ticket_word (word, ticket_id) values ($1, $2)", word, ticket.id.value);
  }
  follow_targets(tx, kind, ticket, ticket.opened_at);
}

void save_ticket(store::Transaction& tx, const TicketKind& kind, Ticket& ticket, const base::Clock& clock) {
  ticket.updated_at = clock.now();
  ++ticket.version;
  tx.execute(
      "update ticket set title = $2, title_folded = $3, description = $4, state = $5, updated_at = $6, "
      "version = $7, fields = $8, state_since = $9 where id = $1",
      ticket.id.value, ticket.title, base::to_lower(ticket.title), ticket.description, ticket.state,
      ticket.updated_at, ticket.version, fields_to_json(ticket.fields), ticket.state_since);
  save_columns(tx, kind, ticket);
  follow_targets(tx, kind, ticket, ticket.updated_at);
}

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

void add_history(store::Transaction& tx, const Ticket& ticket, const TicketHistoryEntry& entry,
                 const base::Clock& clock) {
  const auto id = base::next_id(clock);
  tx.execute(
      "insert into ticket_history (id, ticket_id, at, actor, source, event, from_state, to_state, "
      "before_change, after_change, reason, version) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      id, ticket.id.value, entry.at, entry.actor, entry.source, entry.event, entry.from_state, entry.to_state,
      entry.before, entry.after, entry.reason, ticket.version);
  note_for_mail(tx, ticket.id, entry.event, id);
}

}  // namespace censo::desk
