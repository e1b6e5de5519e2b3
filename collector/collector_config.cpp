#include "collector/collector_config.h"

#include <array>
#include <utility>

namespace censo::collector {
namespace {

using Kind = base::SettingKind;

constexpr std::array<base::Setting, 24> settings{{
    {"state_dir", "CENSO_STATE_DIR", Kind::text, "/var/lib/censo",
     "Folder of the database, the authority and the keys"},
    {"database", "CENSO_DATABASE", Kind::text, "",
     "Another file than <state_dir>/censo.db, or postgresql://... (docs/scale.md)"},
    {"listen", "CENSO_LISTEN", Kind::text, "0.0.0.0:8443", "Address and port of the API"},
    {"agent_listen", "CENSO_AGENT_LISTEN", Kind::text, "0.0.0.0:8444",
     "Address and port for enrolled agents"},
    {"public_names", "CENSO_PUBLIC_NAMES", Kind::text_list, "",
     "Names and addresses for the certificate, besides the host's"},
    {"agent_host", "CENSO_AGENT_HOST", Kind::text, "",
     "Host that agents report to; empty: the one where they enrolled"},
    {"device_definitions", "CENSO_DEVICE_DEFINITIONS", Kind::text, "/etc/censo/devices",
     "Folder of a site's own device definitions and makers' numbers (docs/device-definitions.md)"},
    {"agent_packages", "CENSO_AGENT_PACKAGES", Kind::text, "/usr/share/censo/agents",
     "Folder of the agent's packages, for enrolment in one line"},
    {"traps.listen", "CENSO_TRAPS_LISTEN", Kind::text, "",
     "Address and UDP port for SNMP traps, such as 0.0.0.0:162; empty: none are taken (docs/events.md)"},
    {"syslog.listen", "CENSO_SYSLOG_LISTEN", Kind::text, "",
     "Address and port, UDP and TCP (with TLS or without), for syslog: 0.0.0.0:514; empty: none is taken"},
    {"events.from", "CENSO_EVENTS_FROM", Kind::text_list, "",
     "Networks whose traps and syslog are taken; empty: any"},
    {"threads", "CENSO_THREADS", Kind::integer, "0", "Threads for connections; 0: one a core"},
    {"log.level", "CENSO_LOG_LEVEL", Kind::text, "info", "debug, info, warning or error"},
    {"log.json", "CENSO_LOG_JSON", Kind::boolean, "true",
     "One JSON object a line, for machines; false: for people"},
    {"database.readers", "", Kind::integer, "2", "Threads that read"},
    {"database.queue", "", Kind::integer, "1024", "Jobs that may wait; more are answered 503"},
    {"probe.spool", "CENSO_PROBE_SPOOL", Kind::size, "1GiB",
     "Of a probe: what it keeps while its collector cannot be reached; beyond it the oldest is dropped"},
    {"probe.pause", "", Kind::duration, "5s", "Of a probe: between two calls while nothing goes on"},
    {"limits.connections", "", Kind::integer, "2048", "Connections in all"},
    {"limits.handshakes", "", Kind::integer, "256", "Connections in the TLS handshake"},
    {"limits.unproven_per_source", "", Kind::integer, "16",
     "Connections of one /32 or /64 that have not proven who they are"},
    {"limits.enrolments_per_minute", "", Kind::integer, "10", "Enrolment tries of one /24 or /64"},
    {"limits.in_flight", "", Kind::size, "256MiB", "Memory for bodies and reports that are being taken"},
    {"limits.drain", "", Kind::duration, "10s", "Time for requests in flight when the collector stops"},
}};

base::Result<base::LogLevel> parse_level(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, base::LogLevel>, 4> levels{
      {{"debug", base::LogLevel::debug},
       {"info", base::LogLevel::info},
       {"warning", base::LogLevel::warning},
       {"error", base::LogLevel::error}}};
  for (const auto& [name, level] : levels) {
    if (name == text) return level;
  }
  return base::fail(base::Errc::invalid_argument, "expected debug, info, warning or error", "log.level");
}

// Reads counts and keeps the first that is out of its range.
class Counts {
 public:
  explicit Counts(const base::Config& config) : config_(config) {}
  std::size_t at_least(std::int64_t least, std::string_view name) {
    const auto value = config_.integer(name);
    if (value >= least && value <= 1'000'000) return static_cast<std::size_t>(value);
    if (fault_)
      fault_ = base::fail(base::Errc::invalid_argument, "expected " + std::to_string(least) + " to 1000000",
                          std::string(name));
    return 0;
  }
  const base::Result<void>& fault() const { return fault_; }

 private:
  const base::Config& config_;
  base::Result<void> fault_;
};

}  // namespace

std::span<const base::Setting> collector_settings() {
  return settings;
}

base::Result<CollectorConfig> read_config(const base::Config& config) {
  CollectorConfig out;
  Counts counts(config);
  out.state_dir = config.text("state_dir");
  const std::string database = config.text("database");
  out.database = database.empty() ? out.state_dir + "/censo.db" : database;
  out.server.api_listen = config.text("listen");
  out.server.agents_listen = config.text("agent_listen");
  out.server.threads = counts.at_least(0, "threads");
  out.server.limits.connections = counts.at_least(1, "limits.connections");
  out.server.limits.handshakes = counts.at_least(1, "limits.handshakes");
  out.server.limits.unproven_per_source = counts.at_least(1, "limits.unproven_per_source");
  out.server.limits.enrolments_per_minute = counts.at_least(1, "limits.enrolments_per_minute");
  out.server.limits.in_flight_bytes = static_cast<std::size_t>(config.size_bytes("limits.in_flight"));
  out.server.limits.drain = std::chrono::milliseconds(config.duration_ms("limits.drain"));
  out.public_names = config.text_list("public_names");
  out.agent_host = config.text("agent_host");
  out.device_definitions = config.text("device_definitions");
  out.agent_packages = config.text("agent_packages");
  out.traps_listen = config.text("traps.listen");
  out.syslog_listen = config.text("syslog.listen");
  out.events_from = config.text_list("events.from");
  out.database_readers = counts.at_least(1, "database.readers");
  out.database_queue = counts.at_least(1, "database.queue");
  out.probe_spool_bytes = static_cast<std::int64_t>(config.size_bytes("probe.spool"));
  out.probe_pause = std::chrono::milliseconds(config.duration_ms("probe.pause"));
  out.log_json = config.boolean("log.json");
  const auto level = parse_level(config.text("log.level"));
  if (!level) return level.error();
  out.log_level = *level;
  if (!counts.fault()) return counts.fault().error();
  return out;
}

}  // namespace censo::collector
