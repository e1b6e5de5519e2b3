#include "collector/listen/syslog_message.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace censo::collector::listen {
namespace {

constexpr std::size_t longest_host = 255, longest_app = 100, longest_text = 8'000;

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

std::string_view take_word(std::string_view& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

void skip_spaces(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
}

// RFC 5424, 6.2.1: one to three digits, at most 191.
std::optional<int> take_priority(std::string_view& rest) {
  const auto end = rest.find('>');
  if (!rest.starts_with('<') || end == rest.npos || end < 2 || end > 4) return {};
  const auto digits = rest.substr(1, end - 1);
  if (!std::ranges::all_of(digits, is_digit)) return {};
  const auto priority = base::parse_integer(digits);
  if (!priority || *priority > 191) return {};
  rest.remove_prefix(end + 1);
  return static_cast<int>(*priority);
}

std::string clean(std::string_view text, std::size_t most) {
  return std::string(base::trim(base::sanitize_utf8(text, most)));
}

std::string word_or_none(std::string_view word, std::size_t most) {
  return word == "-" ? std::string() : clean(word, most);
}

// RFC 5424, 6.3: "-", or elements in brackets in whose values "]" is escaped. False: it does not end.
bool skip_structured_data(std::string_view& rest) {
  if (rest.starts_with('-')) {
    rest.remove_prefix(1);
    return true;
  }
  if (!rest.starts_with('[')) return false;
  bool quoted = false;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\' && quoted) {
      ++i;
    } else if (rest[i] == '"') {
      quoted = !quoted;
    } else if (rest[i] == ']' && !quoted && (i + 1 == rest.size() || rest[i + 1] != '[')) {
      rest.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

base::Result<SyslogMessage> parse_new(SyslogMessage message, std::string_view rest) {
  take_word(rest);  // version
  take_word(rest);  // time: the collector's own counts
  message.host = word_or_none(take_word(rest), longest_host);
  message.app = word_or_none(take_word(rest), longest_app);
  take_word(rest);  // process
  take_word(rest);  // message id
  if (!skip_structured_data(rest))
    return base::fail(base::Errc::malformed, "expected the header of RFC 5424, found one that is cut short");
  if (rest.starts_with(" \xEF\xBB\xBF")) rest.remove_prefix(4);
  message.text = clean(rest, longest_text);
  return message;
}

bool is_month(std::string_view word) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return std::ranges::find(months, word) != months.end();
}

// "Oct 11 22:14:15", with a year or thousandths of a second as some devices have it, or ISO 8601.
void skip_time(std::string_view& rest) {
  while (rest.starts_with('*') || rest.starts_with('.')) rest.remove_prefix(1);  // Cisco: not synchronised
  auto after = rest;
  const auto first = take_word(after);
  if (first.size() >= 19 && is_digit(first[0]) && first.find('T') == 10) {
    rest = after;
    return;
  }
  if (!is_month(first)) return;
  skip_spaces(after);
  take_word(after);  // day
  skip_spaces(after);
  auto word = take_word(after);
  if (word.size() == 4 && std::ranges::all_of(word, is_digit)) word = take_word(after);  // year
  if (word.find(':') == word.npos) return;
  if (word.ends_with(':') && after.find(' ') != after.npos) return void(rest = after);
  rest = after;
}

bool is_host(std::string_view word) {
  return !word.empty() && word.size() <= longest_host && std::ranges::all_of(word, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':';
  });
}

// "sshd[42]: text", "%LINK-3-UPDOWN: text"; nothing: the text has no tag.
std::string take_tag(std::string_view& rest) {
  const auto end = std::min(rest.find_first_of(":[ "), rest.size());
  if (end == 0 || end == rest.size() || end > longest_app || rest[end] == ' ') return {};
  const auto tag = rest.substr(0, end);
  auto after = rest.substr(end);
  if (after.starts_with('[')) {
    const auto close = after.find(']');
    if (close == after.npos) return {};
    after.remove_prefix(close + 1);
  }
  if (after.starts_with(':')) after.remove_prefix(1);
  rest = after;
  return clean(tag, longest_app);
}

SyslogMessage parse_old(SyslogMessage message, std::string_view rest) {
  // Cisco's number of the message: "45: ".
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits > 0 && rest.substr(digits).starts_with(": ")) rest.remove_prefix(digits + 2);
  const auto before = rest;
  skip_time(rest);
  const bool has_time = rest.size() != before.size();
  skip_spaces(rest);
  if (rest.starts_with(": ")) rest.remove_prefix(2);
  auto after = rest;
  const auto word = take_word(after);
  if (has_time && is_host(word) && !word.ends_with(':') && !word.starts_with('%') && !after.empty()) {
    message.host = clean(word, longest_host);
    rest = after;
    skip_spaces(rest);
  }
  message.app = take_tag(rest);
  message.text = clean(rest, longest_text);
  return message;
}

}  // namespace

std::string_view severity_name(int severity) {
  constexpr std::array<std::string_view, 8> names{"emerg",   "alert",  "crit", "err",
                                                  "warning", "notice", "info", "debug"};
  return names[static_cast<std::size_t>(std::clamp(severity, 0, 7))];
}

base::Result<SyslogMessage> parse_syslog(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '\0'))
    text.remove_suffix(1);
  const auto priority = take_priority(text);
  if (!priority) return base::fail(base::Errc::malformed, "expected <PRI> of syslog, such as <134>");
  SyslogMessage message;
  message.facility = *priority / 8;
  message.severity = *priority % 8;
  if (text.starts_with("1 ")) return parse_new(std::move(message), text);
  return parse_old(std::move(message), text);
}

}  // namespace censo::collector::listen
