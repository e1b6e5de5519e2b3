#include "desk/event.h"

#include "base/digest.h"
#include "base/text.h"
#include "desk/event_handling.h"
#include "desk/event_rules.h"
#include "desk/event_store.h"
#include "desk/ticket.h"

#include <algorithm>

namespace censo::desk {
namespace {

// The collector acts, in the name of who told.
Act act_of(const Operation& operation, std::string_view sender) {
  return {sender, "event", operation.act.clock, {"rule"}};
}

Operation operation_of(const Operation& operation, const Act& act) {
  return {operation.tx, operation.kinds, act, operation.impact, operation.detection};
}

std::string identity_of(const EventMessage& message) {
  const auto& key = message.key.empty() ? message.condition : message.key;
  const auto digest = base::sha256(message.source + '\n' + base::to_lower(message.item) + '\n' + key);
  return base::to_hex(digest);
}

class Taking {
 public:
  Taking(const EventWork& work, std::string_view sender)
      : work_(work),
        tx_(work.operation.tx),
        sender_(sender),
        now_(work.operation.act.clock.now()),
        budget_(tx_, work.rules, sender, now_) {}

  void take(const EventMessage& message) {
    const auto identity = identity_of(message);
    auto known = newest_event(tx_, sender_, identity);
    const bool firing = known && known->state == "firing";
    if (!message.firing) {
      if (firing) return end(*known);
      return count_late();
    }
    if (!budget_.take_message()) return count_over_limit();
    if (firing) return repeat(*known, message);
    // Told again after its end, by a sender that says when it began.
    if (known && message.began_at != 0 && known->began_at == message.began_at) return count_late();
    if (!budget_.take_condition()) return count_over_limit();
    begin(message, identity);
  }

  TakenEvents finish() {
    budget_.save();
    return std::move(taken_);
  }

 private:
  void count_late() {
    budget_.count_late();
    ++taken_.late;
  }
  void count_over_limit() { ++taken_.over_limit; }

  void begin(const EventMessage& message, const std::string& identity) {
    Event event;
    event.id = EventId(base::next_id(work_.operation.act.clock));
    event.sender = sender_;
    event.source = message.source;
    event.identity = identity;
    event.item = message.item;
    event.condition = message.condition;
    event.severity = work_.rules.severity_of(message.severity).name;
    event.summary = message.summary;
    event.details = message.details;
    event.state = "firing";
    event.began_at = message.began_at;
    event.first_at = event.last_at = now_;
    event.lasts_ms = message.lasts_ms;
    handle(work_, event, message.names);
    insert_event(tx_, event);
    taken_.events.push_back(std::move(event));
  }

  void repeat(Event& event, const EventMessage& message) {
    const auto earlier_severity = event.severity;
    event.severity = work_.rules.severity_of(message.severity).name;
    event.summary = message.summary;
    event.details = message.details;
    event.last_at = now_;
    ++event.times;
    if (event.handling == "unknown" && !message.names.empty()) {
      handle(work_, event, message.names);  // by names that are not kept
    } else {
      follow_up(work_, event, earlier_severity);
    }
    save_event(tx_, event);
    taken_.events.push_back(std::move(event));
  }

  void end(Event& event) {
    event.last_at = now_;
    end_event(work_, event, "");
    taken_.events.push_back(std::move(event));
  }

  const EventWork& work_;
  store::Transaction& tx_;
  const std::string sender_;
  const base::TimeMs now_;
  SenderBudget budget_;
  TakenEvents taken_;
};

// Everything that is done to an event without its sender is done in the sender's name all the same.
template <class Work>
void as_its_sender(const Operation& operation, const EventRules& rules, const Event& event,
                   const Work& work) {
  const auto act = act_of(operation, event.sender);
  const auto as_sender = operation_of(operation, act);
  work(EventWork{as_sender, rules});
}

void remember_item(const Operation& operation, const Event& event, cmdb::CiId ci) {
  operation.tx.execute(
      "insert into event_item (sender, item, ci_id, person, at) values ($1, $2, $3, $4, $5) "
      "on conflict (sender, item) do update set ci_id = excluded.ci_id, person = excluded.person, "
      "at = excluded.at",
      event.sender, base::to_lower(base::trim(event.item)), ci.value, operation.act.actor,
      operation.act.clock.now());
}

}  // namespace

TakenEvents take_events(const Operation& operation, const EventRules& rules,
                        std::span<const EventMessage> messages) {
  const auto act = act_of(operation, operation.act.actor);
  const auto as_sender = operation_of(operation, act);
  const EventWork work{as_sender, rules};
  Taking taking(work, operation.act.actor);
  for (const auto& message : messages) taking.take(message);
  return taking.finish();
}

base::Result<Event> place_event(const Operation& operation, const EventRules& rules, EventId id,
                                cmdb::CiId ci) {
  auto event = find_event(operation.tx, id);
  if (!event) return event.error();
  if (event->state != "firing")
    return base::fail(base::Errc::conflict, "the event has ended", {}, "NOT_ALLOWED_NOW");
  if (event->ci)
    return base::fail(base::Errc::conflict, "its item is known: " + event->ci_name, {}, "NOT_ALLOWED_NOW");
  if (!base::trim(event->item).empty()) remember_item(operation, *event, ci);
  event->ci = ci;
  as_its_sender(operation, rules, *event, [&](const EventWork& work) { handle(work, *event); });
  save_event(operation.tx, *event);
  return find_event(operation.tx, id);
}

bool look_at_events(const Operation& operation, const EventRules& rules, std::size_t limit) {
  const auto sql = events_where("look_at > 0 and look_at <= $1 order by look_at limit $2");
  const auto rows = operation.tx.query(sql, operation.act.clock.now(), static_cast<std::int64_t>(limit));
  for (const auto& row : rows) {
    auto event = event_of(row);
    as_its_sender(operation, rules, event, [&](const EventWork& work) { handle(work, event); });
    save_event(operation.tx, event);
  }
  return rows.size() == limit;
}

bool forget_events(const Operation& operation, const EventRules& rules, std::size_t limit) {
  const auto now = operation.act.clock.now();
  const auto most = static_cast<std::int64_t>(limit);
  const auto sql = events_where("state = 'firing' and last_at <= $1 order by last_at limit $2");
  const auto silent = operation.tx.query(sql, now - rules.expire_after_ms, most);
  for (const auto& row : silent) {
    auto event = event_of(row);
    as_its_sender(operation, rules, event,
                  [&](const EventWork& work) { end_event(work, event, "it was not told for long"); });
  }
  const auto over = operation.tx.query(
      events_where(
          "state = 'firing' and lasts_ms > 0 and last_at + lasts_ms <= $1 order by last_at limit $2"),
      now, most);
  for (const auto& row : over) {
    auto event = event_of(row);
    as_its_sender(operation, rules, event, [&](const EventWork& work) { end_occurrence(work, event); });
  }
  const auto forgotten = operation.tx.execute(
      "delete from event where id in (select id from event where ended_at > 0 and ended_at <= $1 limit $2)",
      now - rules.keep_ms, most);
  operation.tx.execute("delete from event_sender where last_at <= $1", now - rules.keep_ms);
  operation.tx.execute("delete from event_source where last_at <= $1", now - rules.keep_ms);
  return silent.size() == limit || over.size() == limit || forgotten == most;
}

}  // namespace censo::desk
