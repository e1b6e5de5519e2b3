#include "collector/scanner/ports/greetings.h"

#include "base/text.h"

#include <algorithm>

namespace censo::scanner {
namespace {

// One line of clean text; NUL would end it in other programs.
std::string cleaned(std::string_view text) {
  auto clean = base::sanitize_utf8(text.substr(0, 4 * longest_saying), longest_saying);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      ' ');
  return std::string(base::trim(clean));
}

std::string one_spaced(const std::string& text) {
  std::string words;
  for (const auto& word : base::split_words(text)) words.append(words.empty() ? "" : " ").append(word);
  return words;
}

// As browsers find it: the text of the first <title>.
std::string title_of(std::string_view page) {
  const auto lower = base::to_lower(page);
  const auto tag = lower.find("<title");
  if (tag == lower.npos) return {};
  const auto begin = lower.find('>', tag);
  if (begin == lower.npos) return {};
  const auto end = std::min(lower.find("</title", begin), lower.size());
  return one_spaced(cleaned(page.substr(begin + 1, end - begin - 1)));
}

std::string realm_of(std::string_view challenge) {
  const auto at = base::to_lower(challenge).find("realm=\"");
  if (at == std::string::npos) return {};
  const auto value = challenge.substr(at + 7);
  return cleaned(value.substr(0, value.find('"')));
}

// "HTTP/1.1 401 Unauthorized"
int status_of(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return 0;
  const auto status = base::parse_unsigned(line.substr(9, 3));
  return status && *status >= 100 && *status <= 999 ? static_cast<int>(*status) : 0;
}

}  // namespace

std::string clean_saying(std::string_view text) {
  return one_spaced(cleaned(text));
}

std::string ssh_banner(std::string_view received) {
  while (!received.empty()) {
    const auto line = base::next_line(received);
    if (line.starts_with("SSH-") && line.size() <= 255) return cleaned(line);
  }
  return {};
}

HttpSayings http_sayings(std::string_view received) {
  HttpSayings sayings;
  sayings.status = status_of(base::next_line(received));
  if (sayings.status == 0) return sayings;
  while (!received.empty()) {
    const auto line = base::next_line(received);
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == line.npos) continue;
    const auto name = line.substr(0, colon), value = line.substr(colon + 1);
    if (base::equal_ignoring_case(name, "server") && sayings.server.empty()) sayings.server = cleaned(value);
    if (base::equal_ignoring_case(name, "www-authenticate") && sayings.realm.empty())
      sayings.realm = realm_of(value);
  }
  sayings.title = title_of(received);
  return sayings;
}

std::string plain_greeting(std::string_view received) {
  constexpr char command = '\xff', negotiation = '\xfa', negotiation_end = '\xf0';
  std::string text;
  for (std::size_t i = 0; i < received.size() && text.size() < 2 * longest_saying; ++i) {
    if (received[i] != command) {
      text += received[i];
    } else if (i + 1 < received.size() && received[i + 1] == negotiation) {
      const auto end = received.find(negotiation_end, i);
      if (end == received.npos) break;
      i = end;
    } else {
      i += 2;
    }
  }
  return one_spaced(cleaned(text));
}

}  // namespace censo::scanner
