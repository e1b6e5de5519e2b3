#include "agent/agent_config.h"

#include <algorithm>
#include <array>
#include <utility>

namespace censo::agent {
namespace {

using base::SettingKind;

constexpr std::array settings{
    base::Setting{"server.url", "CENSO_SERVER_URL", SettingKind::text, "",
                  "where `enroll` goes without a URL"},
    base::Setting{"state.folder", "CENSO_AGENT_STATE", SettingKind::text, "/var/lib/censo-agent",
                  "enrolment, spool and counters"},
    base::Setting{"inventory.interval", "CENSO_INVENTORY_INTERVAL", SettingKind::duration, "1h",
                  "time between two reports, +-10 %"},
    base::Setting{"inventory.start_splay", "CENSO_INVENTORY_START_SPLAY", SettingKind::duration, "60s",
                  "the first report is sent at a random time within"},
    base::Setting{"inventory.exclude", "CENSO_INVENTORY_EXCLUDE", SettingKind::text_list, "",
                  "sources that are not run"},
    base::Setting{"inventory.include_users", "CENSO_INVENTORY_INCLUDE_USERS", SettingKind::boolean, "true",
                  "report who is logged in, and the accounts of the machine"},
    base::Setting{"inventory.include_personal", "CENSO_INVENTORY_INCLUDE_PERSONAL", SettingKind::boolean,
                  "false", "report full names, home folders, last sign-ins and names of wireless networks"},
    base::Setting{"inventory.include_command_lines", "CENSO_INVENTORY_INCLUDE_COMMAND_LINES",
                  SettingKind::boolean, "true", "report command lines, without secrets"},
    base::Setting{"log.level", "CENSO_LOG_LEVEL", SettingKind::text, "info", "debug, info, warning or error"},
    base::Setting{"spool.max_bytes", "CENSO_SPOOL_MAX_BYTES", SettingKind::size, "64MiB",
                  "unsent reports on disk; the oldest go first"},
    base::Setting{"spool.max_reports", "CENSO_SPOOL_MAX_REPORTS", SettingKind::integer, "100",
                  "the same, counted"},
};

base::Error out_of_range(const base::Config& config, std::string_view name, std::string_view expected) {
  const auto shown = config.shown();
  const auto row =
      std::find_if(shown.begin(), shown.end(), [name](const auto& each) { return each.name == name; });
  return base::fail(base::Errc::invalid_argument,
                    std::string(name) + ": expected " + std::string(expected) + ", found " + row->value,
                    row->origin);
}

const base::LogLevel* level_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, base::LogLevel>, 4> levels{
      {{"debug", base::LogLevel::debug},
       {"info", base::LogLevel::info},
       {"warning", base::LogLevel::warning},
       {"error", base::LogLevel::error}}};
  for (const auto& level : levels) {
    if (level.first == name) return &level.second;
  }
  return nullptr;
}

}  // namespace

std::span<const base::Setting> agent_settings() {
  return settings;
}

base::Result<AgentConfig> to_agent_config(const base::Config& config) {
  constexpr std::int64_t second = 1000, day = 24 * 3600 * second;
  constexpr std::int64_t mebibyte = 1024 * 1024;
  const auto between = [&](std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most,
                           std::string_view expected) -> base::Result<std::int64_t> {
    if (value < least || value > most) return out_of_range(config, name, expected);
    return value;
  };
  const auto interval =
      between("inventory.interval", config.duration_ms("inventory.interval"), second, 7 * day, "1s to 7d");
  if (!interval) return interval.error();
  const auto splay =
      between("inventory.start_splay", config.duration_ms("inventory.start_splay"), 0, day, "0s to 1d");
  if (!splay) return splay.error();
  const auto bytes = between("spool.max_bytes", config.size_bytes("spool.max_bytes"), 4 * mebibyte,
                             1024 * mebibyte, "4MiB to 1024MiB");
  if (!bytes) return bytes.error();
  const auto reports =
      between("spool.max_reports", config.integer("spool.max_reports"), 1, 10'000, "1 to 10000");
  if (!reports) return reports.error();
  const base::LogLevel* level = level_of(config.text("log.level"));
  if (level == nullptr) return out_of_range(config, "log.level", "debug, info, warning or error");
  const std::string state_folder = config.text("state.folder");
  if (!state_folder.starts_with('/')) return out_of_range(config, "state.folder", "an absolute path");

  return AgentConfig{.server_url = config.text("server.url"),
                     .state_folder = state_folder,
                     .interval = std::chrono::milliseconds(*interval),
                     .start_splay = std::chrono::milliseconds(*splay),
                     .excluded_sources = config.text_list("inventory.exclude"),
                     .include_users = config.boolean("inventory.include_users"),
                     .privacy = {config.boolean("inventory.include_command_lines"),
                                 config.boolean("inventory.include_personal")},
                     .log_level = *level,
                     .spool = {static_cast<std::uint64_t>(*bytes), static_cast<std::size_t>(*reports)}};
}

}  // namespace censo::agent
