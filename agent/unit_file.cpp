#include "agent/unit_file.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace censo::agent {
namespace {

constexpr std::array<std::string_view, 6> timer_keys{"OnCalendar",   "OnActiveSec",     "OnBootSec",
                                                     "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"};

// A command's prefixes say how it is run: "-", "@", ":", "+", "!".
std::string command_of(std::string_view value) {
  return std::string(value.substr(std::min(value.find_first_not_of("-@:+!"), value.size())));
}

void take_assignment(std::string_view section, std::string_view key, std::string_view value, UnitFile& unit) {
  if (section == "Unit" && key == "Description") unit.description = value;
  if (section == "Service" && key == "User") unit.user = value;
  if (section == "Service" && key == "Type") unit.type = value;
  if (section == "Service" && key == "ExecStart" && (unit.exec_start.empty() || value.empty()))
    unit.exec_start = command_of(value);
  if (section != "Timer") return;
  if (key == "Unit") unit.activates = value;
  if (std::find(timer_keys.begin(), timer_keys.end(), key) == timer_keys.end()) return;
  if (value.empty()) {
    unit.schedule.clear();
  } else {
    unit.schedule.push_back(std::string(key) + "=" + std::string(value));
  }
}

// The next line, those that end in a backslash joined with what follows.
std::string take_line(std::string_view& text) {
  std::string line;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto piece = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool goes_on = piece.ends_with('\\');
    if (goes_on) piece = base::trim(piece.substr(0, piece.size() - 1));
    line.append(line.empty() ? "" : " ").append(piece);
    if (!goes_on) break;
  }
  return line;
}

}  // namespace

void read_unit_file(std::string_view text, UnitFile& unit) {
  std::string section;
  while (!text.empty()) {
    const std::string line = take_line(text);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      section = line.substr(1, line.find(']') - 1);
      unit.installable = unit.installable || section == "Install";
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    take_assignment(section, base::trim(std::string_view(line).substr(0, equals)),
                    base::trim(std::string_view(line).substr(equals + 1)), unit);
  }
}

}  // namespace censo::agent
