// What `censo-agent status` says: where this agent is enrolled and how its reports fare.
#pragma once

#include "agent/agent_config.h"
#include "base/clock.h"
#include "base/result.h"

#include <string>

namespace censo::agent {

// For people, one fact a line. Errc::not_found when not enrolled.
base::Result<std::string> status_text(const AgentConfig& config, base::TimeMs now);
// The same facts for programs.
base::Result<std::string> status_json(const AgentConfig& config);

}  // namespace censo::agent
