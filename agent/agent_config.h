// The agent's settings: one table, one struct, read once in main.
#pragma once

#include "agent/privacy.h"
#include "agent/spool.h"
#include "base/config.h"
#include "base/log.h"
#include "base/result.h"

#include <chrono>
#include <span>
#include <string>
#include <vector>

namespace censo::agent {

struct AgentConfig {
  std::string server_url;  // where to enrol when the command line does not say
  std::string state_folder;
  std::chrono::milliseconds interval{};
  std::chrono::milliseconds start_splay{};
  std::vector<std::string> excluded_sources;
  bool include_users = true;
  Privacy privacy;
  base::LogLevel log_level = base::LogLevel::info;
  SpoolLimits spool;
};

// The rows of docs/agent.md and of `censo-agent config show`.
std::span<const base::Setting> agent_settings();

// Errc::invalid_argument for a value out of its range, naming the setting and where it was set.
base::Result<AgentConfig> to_agent_config(const base::Config& config);

}  // namespace censo::agent
