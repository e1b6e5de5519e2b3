#include "collector/access/agent_events.h"

#include "base/id.h"

namespace censo::collector::access {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 3'600'000;

}  // namespace

void note_agent_event(store::Transaction& tx, std::string_view agent_id, const AgentEvent& event,
                      const base::Clock& clock) {
  const auto now = clock.now();
  const auto counted = tx.execute(
      "update agent_event set last_at = $4, times = times + 1, detail = $3 where agent_id = $1 and what = $2"
      " and last_at > $5",
      agent_id, event.what, event.detail, now, now - day_ms);
  if (counted > 0) return;
  tx.execute(
      "insert into agent_event (id, agent_id, what, detail, first_at, last_at, times)"
      " values ($1, $2, $3, $4, $5, $5, 1)",
      base::next_id(clock), agent_id, event.what, event.detail, now);
}

std::vector<AgentEvent> events_of_agent(store::Transaction& tx, std::string_view agent_id,
                                        std::size_t limit) {
  std::vector<AgentEvent> events;
  const auto rows = tx.query(
      "select what, detail, first_at, last_at, times from agent_event where agent_id = $1 order by id desc "
      "limit $2",
      agent_id, static_cast<std::int64_t>(limit));
  for (const auto& row : rows)
    events.push_back({row.text(0), row.text(1), row.integer(2), row.integer(3), row.integer(4)});
  return events;
}

base::TimeMs clone_suspected_at(store::Transaction& tx, std::string_view agent_id) {
  return tx
      .query_one("select coalesce(max(last_at), 0) from agent_event where agent_id = $1 and what in ($2, $3)",
                 agent_id, agent_event::old_certificate, agent_event::two_machines)
      ->integer(0);
}

std::optional<AgentEvent> event_of_refusal(const base::Error& refusal) {
  AgentEvent event;
  if (refusal.reason == "CLONE_SUSPECTED") {
    event.what = agent_event::old_certificate;
  } else if (refusal.reason == "STALE_SEQUENCE" || refusal.reason == "DUPLICATE_REPORT") {
    event.what = agent_event::numbers_went_back;
  } else {
    return std::nullopt;
  }
  event.detail = refusal.message;
  return event;
}

}  // namespace censo::collector::access
