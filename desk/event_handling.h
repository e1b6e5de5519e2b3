// What becomes of one event, for the files of the desk alone: which item it speaks of, and its incident.
#pragma once

#include "desk/event.h"

#include <optional>
#include <span>
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
// By what a person said of the name, else by the first form of one of the names that one item alone has. No
// names: `item` is it.
FoundItem item_of(store::Transaction& tx, std::string_view sender, std::string_view item,
                  std::span<const std::string> names = {});

// Decides anew what becomes of it: the caller saves it. `names` as item_of() takes them.
void handle(const EventWork& work, Event& event, std::span<const std::string> names = {});
// It is told again, of an incident that is there: closed long ago, it gets a new one; worse than before, the
// desk is told.
void follow_up(const EventWork& work, Event& event, const std::string& earlier_severity);
// What occurs and was not told again: it has ended, which says nothing of its incident but a note.
void end_occurrence(const EventWork& work, Event& event);
// Ends it. Its incident follows when nothing else of it is firing.
void end_event(const EventWork& work, Event& event, const std::string& reason);

}  // namespace censo::desk
