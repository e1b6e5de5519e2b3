// The settings of censo-collector.
#pragma once

#include "base/config.h"
#include "base/log.h"
#include "base/result.h"
#include "collector/http/server.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace censo::collector {

struct CollectorConfig {
  std::string state_dir;
  std::string database;  // store::DatabaseSettings::location
  http::ServerSettings server;
  std::vector<std::string> public_names;     // of the listeners' certificate, besides the host's own
  std::string agent_host;                    // where agents are told to report; empty: where they enrolled
  std::string device_definitions;            // a folder, which need not exist
  std::string agent_packages;                // folder of what agents are installed from
  std::string traps_listen, syslog_listen;   // empty: none are taken
  std::vector<std::string> events_from;      // networks of them; empty: any
  std::int64_t probe_spool_bytes = 0;        // of a probe: more is dropped, oldest first
  std::chrono::milliseconds probe_pause{0};  // between two calls of a probe while nothing goes on
  std::size_t database_readers = 2, database_queue = 1024;
  base::LogLevel log_level = base::LogLevel::info;
  bool log_json = true;
};

std::span<const base::Setting> collector_settings();
// Errc::invalid_argument naming the setting.
base::Result<CollectorConfig> read_config(const base::Config& config);

}  // namespace censo::collector
