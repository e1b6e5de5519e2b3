#include "collector/icalendar.h"

#include "desk/change_calendar.h"

#include <algorithm>

namespace censo::collector {
namespace {

constexpr std::size_t most_octets = 75;

bool continues_a_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Section 3.3.11.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) continue;
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    out += c;
  }
  return out;
}

// "20261219T070000Z": section 3.3.5, form 2.
std::string utc(base::TimeMs time) {
  std::string text = base::to_iso8601(time).substr(0, 19);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

class Lines {
 public:
  // Section 3.1: what is longer goes on after a line break and a space.
  void add(std::string_view name, std::string_view value) {
    const std::string line = std::string(name) + ":" + std::string(value);
    std::string_view rest = line;
    std::size_t room = most_octets;
    while (rest.size() > room) {
      std::size_t length = room;
      while (length > 1 && continues_a_character(rest[length])) --length;
      text_ += std::string(rest.substr(0, length)) + "\r\n ";
      rest.remove_prefix(length);
      room = most_octets - 1;
    }
    text_ += std::string(rest) + "\r\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string_view status_of(const desk::CalendarEntry& entry) {
  return entry.state == "assess" || entry.state == "authorise" ? "TENTATIVE" : "CONFIRMED";
}

std::string summary_of(const desk::CalendarEntry& entry) {
  return entry.kind == "change" ? entry.name + " " + entry.title
                                : (entry.kind == "freeze" ? "Freeze: " : "Maintenance: ") + entry.title;
}

std::string description_of(const desk::CalendarEntry& entry) {
  if (entry.kind != "change") return entry.name;
  return entry.state + (entry.person.empty() ? "" : "\nImplementer: " + entry.person);
}

void add_event(Lines& lines, const desk::CalendarEntry& entry, std::string_view host) {
  lines.add("BEGIN", "VEVENT");
  lines.add("UID", escaped(entry.uid + "@" + std::string(host)));
  lines.add("DTSTAMP", utc(entry.changed_at));
  lines.add("LAST-MODIFIED", utc(entry.changed_at));
  lines.add("SEQUENCE", std::to_string(entry.version - 1));
  lines.add("DTSTART", utc(entry.when.start));
  if (entry.when.end > entry.when.start) lines.add("DTEND", utc(entry.when.end));
  lines.add("SUMMARY", escaped(summary_of(entry)));
  lines.add("DESCRIPTION", escaped(description_of(entry)));
  lines.add("CATEGORIES", escaped(entry.kind));
  lines.add("STATUS", status_of(entry));
  lines.add("TRANSP", entry.kind == "change" ? "OPAQUE" : "TRANSPARENT");
  lines.add("END", "VEVENT");
}

}  // namespace

std::string to_icalendar(std::span<const desk::CalendarEntry> entries, std::string_view host) {
  Lines lines;
  lines.add("BEGIN", "VCALENDAR");
  lines.add("VERSION", "2.0");
  lines.add("PRODID", "-//Censo//Calendar of changes//EN");
  lines.add("CALSCALE", "GREGORIAN");
  lines.add("METHOD", "PUBLISH");
  lines.add("X-WR-CALNAME", "Changes");
  for (const auto& entry : entries) add_event(lines, entry, host);
  lines.add("END", "VCALENDAR");
  return lines.take();
}

}  // namespace censo::collector
