// Groups of agents with the settings that they fetch. Settings are data, kept as the JSON object that agents
// get (docs/agent.md, "Central settings"); who writes them has checked them. All functions run inside a
// caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::access {

// Of agents that nobody put elsewhere. It is always there.
constexpr std::string_view default_group = "default";

struct AgentGroup {
  std::string name;
  std::string settings = "{}";
  std::int64_t agents = 0;  // active ones
  base::TimeMs updated_at = 0;
  std::string updated_by;
};

std::vector<AgentGroup> list_agent_groups(store::Transaction& tx);                         // by name
base::Result<AgentGroup> find_agent_group(store::Transaction& tx, std::string_view name);  // Errc::not_found

// Made when it is new. Errc::invalid_argument for a name that is none.
base::Result<void> put_agent_group(store::Transaction& tx, const AgentGroup& group);
// Its agents and tokens go to the default group, which cannot be deleted (Errc::conflict). Errc::not_found.
base::Result<void> delete_agent_group(store::Transaction& tx, std::string_view name);
// Errc::not_found for either.
base::Result<void> move_agent(store::Transaction& tx, std::string_view agent_id, std::string_view group);

// What the agent is to be told.
std::string settings_of_agent(store::Transaction& tx, std::string_view agent_id);

}  // namespace censo::collector::access
