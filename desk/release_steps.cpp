// Guards that only releases have (service-desk rule 47).
#include "desk/guards.h"
#include "desk/ticket_relation.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace censo::desk {
namespace {

base::Result<void> has_changes(const GuardCase& one) {
  if (!tickets_it_names(one.operation.tx, one.ticket, "contains").empty()) return {};
  return in_the_way("it contains no change", "NO_CHANGE");
}

// Every change is in one of these states.
base::Result<void> all_are(const GuardCase& one, std::initializer_list<std::string_view> states) {
  for (const auto& change : tickets_it_names(one.operation.tx, one.ticket, "contains")) {
    if (std::find(states.begin(), states.end(), change.state) != states.end()) continue;
    std::string expected;
    for (const auto state : states) expected += (expected.empty() ? "" : " or ") + std::string(state);
    return in_the_way(change.number + " is " + change.state + ": expected every change to be " + expected,
                      "CHANGES_BEHIND");
  }
  return {};
}

base::Result<void> changes_scheduled(const GuardCase& one) {
  return all_are(one, {"scheduled"});
}

// Since it was approved, some may have begun; none was planned anew.
base::Result<void> changes_agreed(const GuardCase& one) {
  return all_are(one, {"scheduled", "implementing", "review", "closed"});
}

base::Result<void> changes_carried_out(const GuardCase& one) {
  return all_are(one, {"review", "closed"});
}

// A change is closed when it was verified, or what differs explained (rule 38).
base::Result<void> changes_verified(const GuardCase& one) {
  return all_are(one, {"closed"});
}

base::Result<void> changes_have_results(const GuardCase& one) {
  for (const auto& change : tickets_it_names(one.operation.tx, one.ticket, "contains")) {
    if (change.field("result").empty() && change.state != "cancelled")
      return in_the_way(change.number + " has no result and is not cancelled", "CHANGES_BEHIND");
  }
  return {};
}

constexpr std::array guards{
    NamedGuard{"has_changes", has_changes},
    NamedGuard{"changes_scheduled", changes_scheduled},
    NamedGuard{"changes_agreed", changes_agreed},
    NamedGuard{"changes_carried_out", changes_carried_out},
    NamedGuard{"changes_verified", changes_verified},
    NamedGuard{"changes_have_results", changes_have_results},
};

}  // namespace

std::span<const NamedGuard> release_guards() {
  return guards;
}

}  // namespace censo::desk
