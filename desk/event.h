// What monitoring systems say about items, and what becomes of it (service-desk rule 70): one incident an
// item and condition, repeats counted, ends that resolve what nobody touched. docs/events.md. All functions
// run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct EventRules;  // desk/event_rules.h
struct Operation;   // desk/ticket.h

using EventId = base::Id<struct EventTag>;

// One condition of one item began, still holds, or ended. Texts are valid UTF-8 within the bounds below.
struct EventMessage {
  std::string source;     // the system, as it calls itself
  std::string condition;  // "DiskFull /var": one incident an item and condition
  std::string item;       // in any form: id, name, address, serial number, "host:port", URL; "": none
  std::string severity;   // any word
  std::string summary, details;
  bool firing = true;
  base::TimeMs began_at = 0;       // by the sender's clock; 0: it does not say
  std::string key;                 // tells it from others of its source and item; "": the condition does
  std::vector<std::string> names;  // by which the item may be known, the surest first; empty: by `item`
  base::TimeMs lasts_ms = 0;       // over by itself when not told for so long; 0: until its end is told
};
constexpr std::size_t longest_source = 100, longest_condition = 200, longest_item = 200;
constexpr std::size_t longest_severity = 40, longest_summary = 800, longest_details = 8'000;
constexpr std::size_t longest_key = 200;

struct Event {
  EventId id;
  std::string sender;  // name of the token that brought it
  std::string source, identity, item;
  cmdb::CiId ci;                    // none: unknown
  std::string class_name, ci_name;  // of the item as it is shown; only where it is read
  std::string condition, severity, summary, details;
  std::string state;     // "firing", "ended"
  std::string handling;  // "incident", "silenced", "unknown", "noted"
  std::string rule, reason;
  std::string ticket, change;  // numbers; "": none
  base::TimeMs began_at = 0, first_at = 0, last_at = 0, ended_at = 0;
  std::int64_t times = 1;
  base::TimeMs look_at = 0;   // 0: never
  base::TimeMs lasts_ms = 0;  // of EventMessage
};
bool is_event_state(std::string_view state);
bool is_event_handling(std::string_view handling);

struct TakenEvents {
  std::vector<Event> events;    // as they are now, without those that were not taken
  std::int64_t over_limit = 0;  // not taken: too many within a minute
  std::int64_t late = 0;        // told again after their end, or the end of what never began
};
// The sender is the act's actor. Each message ends in a row or in one of the counts, whatever it says.
TakenEvents take_events(const Operation& operation, const EventRules& rules,
                        std::span<const EventMessage> messages);

// A person says which item is meant, also for what the same sender says of that name later. Errc::not_found,
// Errc::conflict: it has ended, or its item is known.
base::Result<Event> place_event(const Operation& operation, const EventRules& rules, EventId id,
                                cmdb::CiId ci);

// What is due to be looked at again: unknown items that are known by now, changes that are over. True: there
// may be more.
bool look_at_events(const Operation& operation, const EventRules& rules, std::size_t limit);
// Ends what is told no more, forgets what ended long ago. True: there may be more.
bool forget_events(const Operation& operation, const EventRules& rules, std::size_t limit);

// What is empty does not matter.
struct EventFilter {
  std::string state = {}, handling = {}, ticket = {}, change = {};
  cmdb::CiId ci = {};
};
base::Result<Event> find_event(store::Transaction& tx, EventId id);  // Errc::not_found
// Newest first. Errc::malformed for a bad cursor.
base::Result<cmdb::Page<Event>> list_events(store::Transaction& tx, const EventFilter& filter,
                                            const cmdb::PageRequest& page);

struct EventSender {
  std::string name;
  std::int64_t messages = 0, conditions = 0, over_limit = 0, late = 0;
  base::TimeMs last_at = 0, over_limit_at = 0;  // 0: never
};
// By name, at most 1,000.
std::vector<EventSender> event_senders(store::Transaction& tx);

}  // namespace censo::desk
