// What can be asked for (service-desk rules 19 and 21), from schemas/tickets/catalogue: whose agreement an
// item needs, and the tasks by which it is fulfilled, one after the other or side by side. docs/desk.md
// explains the keys.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct Operation;  // desk/ticket.h
struct NewTicket;  // desk/ticket.h
struct Ticket;     // desk/ticket.h

struct ItemTask {
  std::string name, title, group;
  std::vector<std::string> after;  // begins when these have ended; none: at once
};

struct ReservedItem {
  std::string name, class_name;  // what it is called, and the class it is of; of licences an entitlement
  std::string query;             // of the item's own values; "": any
  bool needed = false;           // without one the request does not begin
};

struct RequestItem {
  std::string name;  // "new_laptop"
  cmdb::Label label, description;
  std::string category;
  std::vector<std::string> approval;             // steps that somebody has to be named for
  std::map<std::string, std::string> approvers;  // who it is, whoever asks: names by step, which commas part
  bool all_agree = false;                        // all of a step, not anyone
  std::vector<ItemTask> tasks;
  std::vector<ReservedItem> reserves;

  const ItemTask* find_task(std::string_view task) const;  // nullptr: no such task
};

// Immutable after loading; safe to read from any thread.
class RequestItems {
 public:
  // Takes tickets/catalogue/*.yaml of `files`. Errc::malformed with file and line: an unknown key or step, a
  // task twice, one that waits for a task that is not there or for itself.
  static base::Result<RequestItems> load(std::span<const base::EmbeddedFile> files);
  static const RequestItems& built_in();

  const RequestItem* find(std::string_view item) const;  // nullptr: no such item
  const std::map<std::string, RequestItem, std::less<>>& all() const { return items_; }

 private:
  std::map<std::string, RequestItem, std::less<>> items_;
};

// A request that names an item gets what the item says: title, category, who is asked. One without an item
// stays as it is. Errc::invalid_argument: no such item, or nobody is named for a step (MISSING_FIELD).
base::Result<void> complete_request(NewTicket& request);

// Opens the item's tasks whose time has come and which are not there yet.
base::Result<void> open_item_tasks(const Operation& operation, const Ticket& request);

}  // namespace censo::desk
