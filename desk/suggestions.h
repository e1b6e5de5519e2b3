// What the desk knows already about something that is being reported: known errors, tickets alike, tickets on
// the same items.
#pragma once

#include "desk/ticket.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// What has been typed so far. Text alone or items alone will do.
struct BeingReported {
  std::string_view text;  // of it the first 12 telling words count
  std::vector<cmdb::CiId> items;
};

struct Suggestion {
  Ticket ticket;
  double score = 0;  // 0 to 2; for the order alone
  std::vector<std::string>
      reasons;       // "alike: printer, toner", "open on web01", "known error of db01, needed by web01"
  std::string help;  // the workaround of a known error, the solution of what was resolved; "": none
};

struct Suggestions {
  std::vector<Suggestion> known_errors, tickets;  // the best first, of each at most `limit`
};

// Which of them somebody may be told of. Empty: all.
using MayBeTold = std::function<bool(const Ticket& ticket, bool known_error)>;

// Inside a read transaction; `operation.impact` may be nullptr: what the items need is not looked at then.
Suggestions suggestions_for(const Operation& operation, const BeingReported& reported, std::size_t limit,
                            const MayBeTold& may_be_told = {});

}  // namespace censo::desk
