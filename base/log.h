// Structured logs, one JSON object a line on standard error. The one process-wide sink; set once in main.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace censo::base {

enum class LogLevel { debug, info, warning, error };

// One field of a log line. Never a secret: no token, community, password or key is ever passed here.
struct LogField {
  std::string_view name;
  std::string value;
  LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
  LogField(std::string_view n, std::int64_t v) : name(n), value(std::to_string(v)) {}
};

// json = false writes "LEVEL event: message name=value" for people at a terminal. Call once, before any
// thread starts.
void start_log(LogLevel lowest, bool json);

// `event` is a stable word with dots ("report.accepted"); `message` is for people. Thread-safe.
void log(LogLevel level, std::string_view event, std::string_view message,
         std::initializer_list<LogField> fields = {});

}  // namespace censo::base
