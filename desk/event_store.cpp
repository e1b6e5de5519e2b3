#include "desk/event_store.h"

#include "cmdb/id_page.h"
#include "cmdb/merge.h"
#include "desk/conditions.h"
#include "desk/event_rules.h"

#include <algorithm>
#include <array>
#include <limits>

namespace censo::desk {
namespace {

constexpr base::TimeMs minute_ms = 60'000;
constexpr std::array<std::string_view, 2> states{"firing", "ended"};
constexpr std::array<std::string_view, 4> handlings{"incident", "silenced", "unknown", "noted"};

store::Parameter ci_parameter(cmdb::CiId ci) {
  return ci ? store::Parameter(ci.value) : store::Parameter(nullptr);
}

// Of the item that is shown for it.
void name_item(store::Transaction& tx, Event& event) {
  if (!event.ci) return;
  const auto row =
      tx.query_one("select class, name from ci where id = $1", cmdb::root_of(tx, event.ci).value);
  if (!row) return;
  event.class_name = row->text(0);
  event.ci_name = row->text(1);
}

}  // namespace

bool is_event_state(std::string_view state) {
  return std::ranges::find(states, state) != states.end();
}

bool is_event_handling(std::string_view handling) {
  return std::ranges::find(handlings, handling) != handlings.end();
}

std::string events_where(std::string_view condition) {
  constexpr std::string_view columns =
      "id, sender, source, identity, item, ci_id, condition, severity, summary, details, state, handling, "
      "rule, reason, ticket, change, began_at, first_at, last_at, ended_at, times, look_at, lasts_ms";
  return "select " + std::string(columns) + " from event where " + std::string(condition);
}

Event event_of(const store::Row& row) {
  Event event;
  event.id = EventId(row.integer(0));
  event.sender = row.text(1);
  event.source = row.text(2);
  event.identity = row.text(3);
  event.item = row.text(4);
  event.ci = cmdb::CiId(row.maybe_integer(5).value_or(0));
  event.condition = row.text(6);
  event.severity = row.text(7);
  event.summary = row.text(8);
  event.details = row.text(9);
  event.state = row.text(10);
  event.handling = row.text(11);
  event.rule = row.text(12);
  event.reason = row.text(13);
  event.ticket = row.text(14);
  event.change = row.text(15);
  event.began_at = row.integer(16);
  event.first_at = row.integer(17);
  event.last_at = row.integer(18);
  event.ended_at = row.integer(19);
  event.times = row.integer(20);
  event.look_at = row.integer(21);
  event.lasts_ms = row.integer(22);
  return event;
}

void insert_event(store::Transaction& tx, const Event& event) {
  tx.execute(
      "insert into event (id, sender, source, identity, item, ci_id, condition, severity, summary, details, "
      "state, handling, rule, reason, ticket, change, began_at, first_at, last_at, ended_at, times, look_at, "
      "lasts_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
      "$19, $20, $21, $22, $23)",
      event.id.value, event.sender, event.source, event.identity, event.item, ci_parameter(event.ci),
      event.condition, event.severity, event.summary, event.details, event.state, event.handling, event.rule,
      event.reason, event.ticket, event.change, event.began_at, event.first_at, event.last_at, event.ended_at,
      event.times, event.look_at, event.lasts_ms);
}

void save_event(store::Transaction& tx, const Event& event) {
  tx.execute(
      "update event set ci_id = $2, severity = $3, summary = $4, details = $5, state = $6, handling = $7, "
      "rule = $8, reason = $9, ticket = $10, change = $11, last_at = $12, ended_at = $13, times = $14, "
      "look_at = $15 where id = $1",
      event.id.value, ci_parameter(event.ci), event.severity, event.summary, event.details, event.state,
      event.handling, event.rule, event.reason, event.ticket, event.change, event.last_at, event.ended_at,
      event.times, event.look_at);
}

std::optional<Event> newest_event(store::Transaction& tx, std::string_view sender,
                                  std::string_view identity) {
  const auto sql = events_where("sender = $1 and identity = $2 order by id desc limit 1");
  const auto row = tx.query_one(sql, sender, identity);
  if (!row) return {};
  return event_of(*row);
}

base::Result<Event> find_event(store::Transaction& tx, EventId id) {
  const auto sql = events_where("id = $1");
  const auto row = tx.query_one(sql, id.value);
  if (!row) return base::fail(base::Errc::not_found, "no event " + base::to_text(id));
  auto event = event_of(*row);
  name_item(tx, event);
  return event;
}

base::Result<cmdb::Page<Event>> list_events(store::Transaction& tx, const EventFilter& filter,
                                            const cmdb::PageRequest& page) {
  const auto before = cmdb::position_of(page, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  Conditions query("id < $1 order by id desc limit $2", {*before, static_cast<std::int64_t>(page.limit) + 1});
  query.add_if("state = ", filter.state);
  query.add_if("handling = ", filter.handling);
  query.add_if("ticket <> '' and ticket = ", filter.ticket);
  query.add_if("change <> '' and change = ", filter.change);
  if (filter.ci) query.add_any("ci_id", cmdb::members_of(tx, cmdb::root_of(tx, filter.ci)));
  const auto sql = events_where(query.text());
  cmdb::Page<Event> result;
  for (const auto& row : tx.query_list(sql, query.parameters())) result.rows.push_back(event_of(row));
  cmdb::cut(result, page);
  for (auto& event : result.rows) name_item(tx, event);
  return result;
}

std::vector<EventSender> event_senders(store::Transaction& tx) {
  std::vector<EventSender> senders;
  for (const auto& row : tx.query("select name, messages, conditions, over_limit, late, last_at, "
                                  "over_limit_at from event_sender order by name limit 1000")) {
    senders.push_back({row.text(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4),
                       row.integer(5), row.integer(6)});
  }
  return senders;
}

SenderBudget::SenderBudget(store::Transaction& tx, const EventRules& rules, std::string_view sender,
                           base::TimeMs now)
    : tx_(tx), rules_(rules), now_(now) {
  sender_.name = sender;
  const auto row = tx.query_one(
      "select messages, conditions, over_limit, late, over_limit_at, minute_at, minute_messages, "
      "minute_conditions from event_sender where name = $1",
      sender);
  if (row) {
    sender_.messages = row->integer(0);
    sender_.conditions = row->integer(1);
    sender_.over_limit = row->integer(2);
    sender_.late = row->integer(3);
    sender_.over_limit_at = row->integer(4);
    minute_at_ = row->integer(5);
    minute_messages_ = row->integer(6);
    minute_conditions_ = row->integer(7);
  }
  const bool same_minute = now >= minute_at_ && now - minute_at_ < minute_ms;  // a clock may go back
  if (same_minute) return;
  minute_at_ = now;
  minute_messages_ = minute_conditions_ = 0;
}

bool SenderBudget::exceed() {
  ++sender_.over_limit;
  sender_.over_limit_at = now_;
  return false;
}

bool SenderBudget::take_message() {
  if (minute_messages_ >= rules_.messages_a_minute) return exceed();
  ++minute_messages_;
  ++sender_.messages;
  return true;
}

bool SenderBudget::take_condition() {
  if (minute_conditions_ >= rules_.conditions_a_minute) return exceed();
  ++minute_conditions_;
  ++sender_.conditions;
  return true;
}

void SenderBudget::save() {
  tx_.execute(
      "insert into event_sender (name, minute_at, minute_messages, minute_conditions, messages, conditions, "
      "over_limit, late, last_at, over_limit_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
      "on conflict (name) do update set minute_at = excluded.minute_at, minute_messages = "
      "excluded.minute_messages, minute_conditions = excluded.minute_conditions, messages = "
      "excluded.messages, conditions = excluded.conditions, over_limit = excluded.over_limit, late = "
      "excluded.late, last_at = excluded.last_at, over_limit_at = excluded.over_limit_at",
      sender_.name, minute_at_, minute_messages_, minute_conditions_, sender_.messages, sender_.conditions,
      sender_.over_limit, sender_.late, now_, sender_.over_limit_at);
}

}  // namespace censo::desk
