// What happened to an agent's identity, for an administrator to see. All functions run inside a caller's
// transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::access {

// The words of AgentEvent::what.
namespace agent_event {
constexpr std::string_view enrolled = "enrolled";
constexpr std::string_view revoked = "revoked";
constexpr std::string_view refreshed = "refreshed";  // a report of everything came, as a person asked
// A certificate that a renewal replaced is in use though its successor is, too: two hosts.
constexpr std::string_view old_certificate = "old_certificate";
// Two machines report in turn under this id; each has an item of its own.
constexpr std::string_view two_machines = "two_machines";
// Its numbers of reports went back or were used twice: set back to an earlier state, or copied.
constexpr std::string_view numbers_went_back = "numbers_went_back";
}  // namespace agent_event

struct AgentEvent {
  std::string what, detail;
  base::TimeMs first_at = 0, last_at = 0;
  std::int64_t times = 1;
};

// The same again within a day is counted on the one before.
void note_agent_event(store::Transaction& tx, std::string_view agent_id, const AgentEvent& event,
                      const base::Clock& clock);
// Newest first.
std::vector<AgentEvent> events_of_agent(store::Transaction& tx, std::string_view agent_id, std::size_t limit);
// The last time that something proved a second machine under this id; 0: never.
base::TimeMs clone_suspected_at(store::Transaction& tx, std::string_view agent_id);

// The event that an agent's refused request is, if it is one: CLONE_SUSPECTED, STALE_SEQUENCE,
// DUPLICATE_REPORT.
std::optional<AgentEvent> event_of_refusal(const base::Error& refusal);

}  // namespace censo::collector::access
