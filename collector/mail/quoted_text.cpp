#include "collector/mail/quoted_text.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace censo::collector::mail {
namespace {

using Lines = std::vector<std::string_view>;

// As somebody's program changed it: with ">" before it, other dashes around it.
bool has_marker(std::string_view line, const std::vector<std::string>& markers) {
  return std::ranges::any_of(markers, [&](const std::string& marker) {
    std::string_view words = marker;
    while (!words.empty() && (words.front() == '-' || words.front() == ' ')) words.remove_prefix(1);
    while (!words.empty() && (words.back() == '-' || words.back() == ' ')) words.remove_suffix(1);
    return !words.empty() && line.find(words) != std::string_view::npos;
  });
}

bool is_divider(std::string_view given) {
  const auto line = base::to_lower(base::trim(given));
  static constexpr std::array<std::string_view, 6> dividers{
      "-----original message-----",       "-----mensaje original-----",
      "---------- forwarded message",     "---------- mensaje reenviado",
      "________________________________", "-------- original message --------"};
  return std::ranges::any_of(dividers, [&](std::string_view one) { return line.starts_with(one); });
}

// "On Friday, Ana wrote:", "El viernes, Ana escribió:".
bool is_attribution(std::string_view given) {
  const auto line = base::trim(given);
  static constexpr std::array<std::string_view, 5> ends{
      "wrote:", "escribió:", "writes:", "schrieb:", "a écrit :"};
  return std::ranges::any_of(ends, [&](std::string_view one) { return line.ends_with(one); });
}

bool is_quoted(std::string_view line) {
  return base::trim(line).starts_with('>');
}

// Nothing but quotes and empty lines from here on, and at least one quote.
bool only_quotes_from(const Lines& lines, std::size_t at) {
  bool any = false;
  for (; at < lines.size(); ++at) {
    if (base::trim(lines[at]).empty()) continue;
    if (!is_quoted(lines[at])) return false;
    any = true;
  }
  return any;
}

// An attribution may take two lines.
std::size_t before_attribution(const Lines& lines, std::size_t end) {
  auto last = end;
  while (last > 0 && base::trim(lines[last - 1]).empty()) --last;
  if (last == 0 || !is_attribution(lines[last - 1])) return end;
  --last;
  const bool two = last > 0 && !base::trim(lines[last - 1]).empty() &&
                   (lines[last - 1].starts_with("On ") || lines[last - 1].starts_with("El "));
  return two ? last - 1 : last;
}

std::size_t end_of_news(const Lines& lines, const std::vector<std::string>& markers) {
  std::size_t last_unquoted = lines.size();
  while (last_unquoted > 0 &&
         (is_quoted(lines[last_unquoted - 1]) || base::trim(lines[last_unquoted - 1]).empty()))
    --last_unquoted;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (has_marker(lines[i], markers)) {
      auto end = i;  // with what is quoted before it
      while (end > 0 && (is_quoted(lines[end - 1]) || base::trim(lines[end - 1]).empty())) --end;
      return before_attribution(lines, end);
    }
    if (is_divider(lines[i])) return before_attribution(lines, i);
  }
  return only_quotes_from(lines, last_unquoted) ? before_attribution(lines, last_unquoted) : lines.size();
}

}  // namespace

std::string without_quotes(std::string_view text, const std::vector<std::string>& markers) {
  const auto lines = base::split(text, '\n');
  const auto end = end_of_news(lines, markers);
  std::string out;
  for (std::size_t i = 0; i < end; ++i) (out += lines[i]) += '\n';
  const std::string news(base::trim(out));
  return news.empty() ? std::string(base::trim(text)) : news;
}

}  // namespace censo::collector::mail
