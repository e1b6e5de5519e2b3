#include "base/log.h"

#include "base/clock.h"
#include "base/text.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace censo::base {
namespace {

struct Log {
  LogLevel lowest = LogLevel::info;
  bool json = false;
  spdlog::logger lines{"censo", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  Log() {
    lines.set_pattern("%v");
    lines.set_level(spdlog::level::trace);
  }
};

// The one process-wide mutable value of the program.
Log& the_log() {
  static Log log;
  return log;
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "error";
}

void append_member(std::string& line, std::string_view name, std::string_view value) {
  line += line.empty() ? '{' : ',';
  append_json_string(line, name);
  line += ':';
  append_json_string(line, value);
}

// One line whatever the text holds: a process may be named "sshd\nerror ...".
std::string on_one_line(std::string_view text) {
  std::string line = sanitize_utf8(text, 8192);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

std::string quoted_if_needed(std::string_view value) {
  std::string text = on_one_line(value);
  if (!text.empty() && text.find_first_of(" \t\"=") == std::string::npos) return text;
  std::string quoted;
  append_json_string(quoted, text);
  return quoted;
}

}  // namespace

void start_log(LogLevel lowest, bool json) {
  the_log().lowest = lowest;
  the_log().json = json;
}

void log(LogLevel level, std::string_view event, std::string_view message,
         std::initializer_list<LogField> fields) {
  Log& log = the_log();
  if (level < log.lowest) return;
  std::string line;
  if (log.json) {
    append_member(line, "time", to_iso8601(SystemClock().now()));
    append_member(line, "level", name_of(level));
    append_member(line, "event", event);
    append_member(line, "message", message);
    for (const auto& field : fields) append_member(line, field.name, field.value);
    line += '}';
  } else {
    line = to_upper(name_of(level)) + ' ' + on_one_line(event) + ": " + on_one_line(message);
    for (const auto& field : fields)
      line += ' ' + on_one_line(field.name) + '=' + quoted_if_needed(field.value);
  }
  log.lines.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace censo::base
