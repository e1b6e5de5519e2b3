#include "collector/cli/output.h"

#include "base/clock.h"
#include "base/csv.h"
#include "base/text.h"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <cstdio>

namespace censo::cli {
namespace {

bool quiet_ = false;

std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40)
    return 0;
  return size.ws_col;
}

// Code points; enough for aligned columns in the languages that we have.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string shortened(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::string out;
  std::size_t used = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++used >= width) break;
    out += c;
  }
  return out + "…";
}

std::string age_of(const std::string& time) {
  const auto then = base::parse_iso8601(time);
  if (!then) return time;
  const auto seconds = (base::SystemClock().now() - *then) / 1000;
  if (seconds < 0) return time;
  if (seconds < 90) return fmt::format("{} s ago", seconds);
  if (seconds < 90 * 60) return fmt::format("{} min ago", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{} h ago", seconds / 3600);
  return fmt::format("{} days ago", seconds / 86400);
}

std::string length_of(const std::string& text) {
  const auto given = base::parse_integer(text);
  if (!given) return text;
  const auto minutes = (*given < 0 ? -*given : *given) / 60;
  const auto length =
      minutes < 60 ? fmt::format("{} min", minutes) : fmt::format("{} h {} min", minutes / 60, minutes % 60);
  return *given < 0 ? length + " over" : length;
}

// A text of several lines goes on under where it began, so that no line of it looks like a field.
std::string indented(std::string_view text, std::size_t by) {
  std::string out;
  for (const auto line : base::split(text, '\n')) {
    if (!out.empty()) out += "\n" + std::string(by, ' ');
    out += printable(line);
  }
  return out;
}

std::string shown(const boost::json::value& row, const Column& column) {
  const std::string text = text_at(row, column.pointer);
  if (column.show == Show::length) return length_of(text);
  return printable(column.show == Show::age ? age_of(text) : text);
}

using Cells = std::vector<std::vector<std::string>>;

Cells cells_of(const boost::json::array& rows, const Columns& columns) {
  Cells cells;
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    for (const auto& column : columns) line.push_back(shown(row, column));
  }
  return cells;
}

void print_aligned(const Cells& cells, const Columns& columns, bool headers) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = headers ? width_of(columns[i].title) : 0;
    for (const auto& line : cells) width = std::max(width, width_of(line[i]));
    widths.push_back(width);
  }
  const std::size_t room = terminal_width();
  const auto line_of = [&](const auto& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string text = cell(i);
      line += text;
      if (i + 1 < columns.size()) line.append(widths[i] - width_of(text) + 2, ' ');
    }
    fmt::print("{}\n", room == 0 ? line : shortened(line, room));
  };
  if (headers) line_of([&](std::size_t i) { return base::to_upper(columns[i].title); });
  for (const auto& row : cells) line_of([&](std::size_t i) { return row[i]; });
}

// What a spreadsheet would take for a formula gets an apostrophe.
void print_csv(const boost::json::array& rows, const Columns& columns, bool headers) {
  const auto line_of = [&](const auto& cell) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      fmt::print("{}{}", i == 0 ? "" : ",", base::csv_text_cell(cell(i)));
    fmt::print("\r\n");
  };
  if (headers) line_of([&](std::size_t i) { return base::to_lower(columns[i].title); });
  for (const auto& row : rows) line_of([&](std::size_t i) { return text_at(row, columns[i].pointer); });
}

void print_field(const boost::json::array& rows, const std::string& field) {
  for (const auto& row : rows) fmt::print("{}\n", printable(text_at(row, "/" + field)));
}

const boost::json::array& items_of(const boost::json::value& answer) {
  static const boost::json::array nothing;
  const auto* object = answer.if_object();
  const auto* items = object == nullptr ? nullptr : object->if_contains("items");
  return items != nullptr && items->is_array() ? items->get_array() : nothing;
}

std::string advice(const base::Error& error) {
  switch (error.code) {
    case base::Errc::unauthenticated: return "Log in with `censo login URL --token-file FILE --ca FILE`.";
    case base::Errc::permission_denied:
      if (error.reason != "ROLE_DENIED") return {};
      return "`censo status` shows the role of your token; an admin can make another.";
    case base::Errc::unavailable:
    case base::Errc::timeout:
      return "Is the collector running, and is this its address? `censo login` sets another.";
    default: return {};
  }
}

// JSON writes 0.5 as 5E-1.
std::string text_of(const boost::json::value& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return std::string(value.get_string());
  return value.is_double() ? fmt::format("{}", value.get_double()) : boost::json::serialize(value);
}

}  // namespace

std::string text_at(const boost::json::value& row, std::string_view pointer) {
  boost::json::error_code error;
  const auto* value = row.find_pointer(pointer, error);
  if (value == nullptr || !value->is_array()) return value == nullptr ? "" : text_of(*value);
  std::string joined;
  for (const auto& element : value->get_array()) joined += (joined.empty() ? "" : ", ") + text_of(element);
  return joined;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    const std::string_view three = text.substr(i, 3);
    const bool direction = three >= "\xE2\x80\xAA" && three <= "\xE2\x80\xAE";
    const bool isolate = three >= "\xE2\x81\xA6" && three <= "\xE2\x81\xA9";
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else if (c1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[++i]));
    } else if (three.size() == 3 && (direction || isolate)) {
      out += fmt::format("\\u{:04x}", 0x2000 + ((static_cast<unsigned char>(three[1]) & 0x3F) << 6) +
                                          (static_cast<unsigned char>(three[2]) & 0x3F));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

void print_list(const boost::json::value& answer, const Columns& columns, const OutputSettings& settings) {
  const auto& rows = items_of(answer);
  if (!settings.field.empty()) return print_field(rows, settings.field);
  if (settings.format == Format::json) return fmt::print("{}\n", boost::json::serialize(answer));
  if (settings.format == Format::csv) return print_csv(rows, columns, !settings.no_headers);
  if (rows.empty()) return message("nothing found");
  print_aligned(cells_of(rows, columns), columns, !settings.no_headers);
  const auto* next = answer.get_object().if_contains("next");
  if (next != nullptr) message("there is more: give --limit, or --after " + text_at(answer, "/next"));
}

void print_object(const boost::json::value& object, const Columns& columns, const OutputSettings& settings) {
  if (!settings.field.empty()) return print_field({object}, settings.field);
  if (settings.format == Format::json) return fmt::print("{}\n", boost::json::serialize(object));
  if (settings.format == Format::csv) return print_csv({object}, columns, !settings.no_headers);
  std::size_t width = 0;
  for (const auto& column : columns) width = std::max(width, width_of(column.title));
  for (const auto& column : columns) {
    const bool plain = column.show == Show::text;
    const std::string text =
        plain ? indented(text_at(object, column.pointer), width + 2) : shown(object, column);
    if (!text.empty()) fmt::print("{:{}}  {}\n", column.title, width, text);
  }
}

void print_section(std::string_view heading, const boost::json::array& rows, const Columns& columns) {
  fmt::print("\n{}\n", heading);
  if (rows.empty()) return fmt::print("(none)\n");
  print_aligned(cells_of(rows, columns), columns, true);
}

void set_quiet(bool quiet) {
  quiet_ = quiet;
}

void message(std::string_view text) {
  if (!quiet_) fmt::print(stderr, "{}\n", text);
}

void ProgressLine::show(const std::string& text) {
  if (quiet_) return;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::steady_clock::now().time_since_epoch())
                       .count();
  if (isatty(STDERR_FILENO) != 0) {
    fmt::print(stderr, "\r\033[K{}", text);
    std::fflush(stderr);
    shown_ = true;
  } else if (now - last_ms_ >= 5000) {
    fmt::print(stderr, "{}\n", text);
    last_ms_ = now;
  }
}

ProgressLine::~ProgressLine() {
  if (shown_) fmt::print(stderr, "\r\033[K");
}

int report_error(const base::Error& error) {
  fmt::print(stderr, "censo: {}\n", printable(base::to_string(error)));
  if (const auto what = advice(error); !what.empty()) fmt::print(stderr, "{}\n", what);
  // An item that a request's body names, and not its path: to whom asks it is the same.
  if (error.reason == "CI_NOT_FOUND") return 3;
  if (error.reason == "CI_AMBIGUOUS") return 5;
  switch (error.code) {
    case base::Errc::invalid_argument: return 2;
    case base::Errc::not_found: return 3;
    case base::Errc::unauthenticated:
    case base::Errc::permission_denied:
    case base::Errc::expired: return 4;
    case base::Errc::conflict:
    case base::Errc::stale: return 5;
    case base::Errc::unavailable:
    case base::Errc::timeout: return 6;
    default: return 1;
  }
}

}  // namespace censo::cli
