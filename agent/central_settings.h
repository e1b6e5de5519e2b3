// What the collector wants of this agent's group: fetched with the answer to a report, kept in the state
// folder. Data only: when to report and what to leave out. What the machine's own settings close, it cannot
// open.
#pragma once

#include "base/result.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct CentralSettings {
  std::optional<std::chrono::milliseconds> interval;  // instead of inventory.interval
  std::vector<std::string> exclude;                   // besides inventory.exclude
  std::optional<bool> include_users;                  // false besides inventory.include_users
  std::vector<std::string> tags;                      // besides inventory.tags
  friend bool operator==(const CentralSettings&, const CentralSettings&) = default;
};

// The JSON object of an answer. Unknown members are of a newer collector and left alone. Errc::malformed for
// a value that is none, or out of the limits of docs/agent.md: then nothing of it is taken.
base::Result<CentralSettings> parse_central_settings(std::string_view json);
std::string to_json(const CentralSettings& settings);

// Of the last answer; none when there was none, or it cannot be read.
CentralSettings load_central_settings(const std::string& state_folder);
base::Result<void> save_central_settings(const std::string& state_folder, const CentralSettings& settings);

}  // namespace censo::agent
