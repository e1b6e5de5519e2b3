// What becomes of one event, for the files of the desk alone: which item it speaks of, and its incident.
#pragma once

#include "desk/event.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// What the handling of an event is given; all of it outlives the handling.
struct EventWork {
  const Operation& operation;  // its act is the collector's, in the name of the sender
  const EventRules& rules;
};

// Forms of a name under which its item may be known, the nearest first: as it is, without the port, the host
// of a URL, a host's name without its domain.
std::vector<std::string> forms_of_item(std::string_view item);

struct FoundItem {
  cmdb::CiId ci;       // none: unknown
  std::string reason;  // why there is none
};
// By what a person said of the name, else by the first of its forms that one item alone has.
FoundItem item_of(store::Transaction& tx, std::string_view sender, std::string_view item);

// Decides anew what becomes of it: the caller saves it.
void handle(const EventWork& work, Event& event);
// It is told again, of an incident that is there: closed long ago, it gets a new one; worse than before, the
// desk is told.
void follow_up(const EventWork& work, Event& event, const std::string& earlier_severity);
// Ends it. Its incident follows when nothing else of it is firing.
void end_event(const EventWork& work, Event& event, const std::string& reason);

}  // namespace censo::desk
