// Rows of events, for the files of the desk alone.
#pragma once

#include "desk/event.h"

#include <optional>
#include <string>
#include <string_view>

namespace censo::desk {

// A statement for event_of(); the condition is put together from literals alone.
std::string events_where(std::string_view condition);
Event event_of(const store::Row& row);
void insert_event(store::Transaction& tx, const Event& event);
// Everything but what tells it from others.
void save_event(store::Transaction& tx, const Event& event);

// The newest of this sender and identity, firing or not.
std::optional<Event> newest_event(store::Transaction& tx, std::string_view sender, std::string_view identity);

// How much one sender may say within a minute; kept in the database, so that a restart gives nothing away.
class SenderBudget {
 public:
  SenderBudget(store::Transaction& tx, const EventRules& rules, std::string_view sender, base::TimeMs now);
  bool take_message();    // false: it is over the limit, and counted as such
  bool take_condition();  // as above, of one that begins
  void count_late() { ++sender_.late; }
  void save();

 private:
  bool exceed();

  store::Transaction& tx_;
  const EventRules& rules_;
  const base::TimeMs now_;
  EventSender sender_;
  base::TimeMs minute_at_ = 0;
  std::int64_t minute_messages_ = 0, minute_conditions_ = 0;
};

}  // namespace censo::desk
