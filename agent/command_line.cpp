#include "agent/command_line.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace censo::agent {
namespace {

constexpr std::string_view mask = "***";
// More than is shown, and little enough that nobody burns our time with arguments made for it.
constexpr std::size_t max_arguments = 64;
constexpr std::size_t max_argument_bytes = 4096;

constexpr std::array<std::string_view, 12> secret_words{
    "passw",   "passphrase", "pwd",        "secret",        "token",      "apikey",
    "api-key", "api_key",    "credential", "authorization", "access-key", "access_key"};

// Options with a secret in the next argument whose name does not tell, by the beginning of the program's
// name.
struct SecretOption {
  std::string_view programs, option;
};
constexpr std::array<SecretOption, 10> secret_options{{{"curl", "-u"},
                                                       {"curl", "--user"},
                                                       {"curl", "--proxy-user"},
                                                       {"ldap", "-w"},
                                                       {"redis-cli", "-a"},
                                                       {"smbclient", "-U"},
                                                       {"snmp", "-A"},
                                                       {"snmp", "-X"},
                                                       {"snmp", "-c"},
                                                       {"sshpass", "-p"}}};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// Where the value after a secret's name begins in `text` (lower case), or npos: "--db-password=x", "token:
// x",
// "--secret x" within one argument of a shell.
std::size_t named_secret(std::string_view text) {
  std::size_t first = std::string_view::npos;
  const auto consider = [&](std::size_t found, std::size_t length) {
    std::size_t end = found + length;
    while (end < text.size() && is_name_character(text[end])) ++end;
    while (end < text.size() && (text[end] == '"' || text[end] == '\'')) ++end;
    if (end >= text.size() || (text[end] != '=' && text[end] != ':' && text[end] != ' ')) return;
    std::size_t begin = found;
    while (begin > 0 && is_name_character(text[begin - 1])) --begin;
    if (text[end] == ' ' && text[begin] != '-') return;
    first = std::min(first, end + 1);
  };
  for (const std::string_view word : secret_words) {
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      consider(at, word.size());
    }
  }
  // "PGPASS=x", "-passin pass:x", but not "--bypass-cache=x".
  for (std::size_t at = text.find("pass"); at != std::string_view::npos; at = text.find("pass", at + 1)) {
    if (at + 4 < text.size() && (text[at + 4] == '=' || text[at + 4] == ':')) consider(at, 4);
  }
  return first;
}

// "-pSECRET" of the MySQL family, also within a shell's one argument. "-p8080" and "-p" are no secrets.
std::size_t short_option_secret(std::string_view text) {
  for (std::size_t at = text.find("-p"); at != std::string_view::npos; at = text.find("-p", at + 1)) {
    if (at != 0 && text[at - 1] != ' ') continue;
    const std::string_view value = text.substr(at + 2, text.find(' ', at) - at - 2);
    const bool number = std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!number) return at + 2;
  }
  return std::string_view::npos;
}

// "https://user:secret@host" -> "https://user:***@host"
std::string without_url_secrets(std::string_view text) {
  std::string result;
  for (std::size_t scheme = text.find("://"); scheme != std::string_view::npos; scheme = text.find("://")) {
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(text.find_first_of("/ ?#", begin), text.size());
    const std::string_view authority = text.substr(begin, end - begin);
    const std::size_t at = authority.rfind('@');
    const std::size_t colon = authority.find(':');
    result.append(text.substr(0, begin));
    if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) {
      result.append(authority);
    } else {
      result.append(authority.substr(0, colon + 1)).append(mask).append(authority.substr(at));
    }
    text.remove_prefix(end);
  }
  return result.append(text);
}

std::string masked_argument(std::string_view argument, bool may_hold_short_option) {
  std::string text = without_url_secrets(argument);
  const std::string lower = base::to_lower(text);
  std::size_t cut = named_secret(lower);
  if (may_hold_short_option) cut = std::min(cut, short_option_secret(text));
  if (cut < text.size()) text.replace(cut, std::string::npos, mask);
  return text;
}

// The next argument is a secret.
bool announces_secret(std::string_view program, std::string_view argument) {
  if (!argument.starts_with('-') || argument.find_first_of("= ") != std::string_view::npos) return false;
  const auto matches = [&](const SecretOption& row) {
    return program.starts_with(row.programs) && row.option == argument;
  };
  if (std::any_of(secret_options.begin(), secret_options.end(), matches)) return true;
  const std::string lower = base::to_lower(argument);
  return lower.ends_with("pass") ||
         std::any_of(secret_words.begin(), secret_words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace

std::string shown_command_line(std::string_view arguments, std::size_t max_bytes) {
  while (arguments.ends_with('\0')) arguments.remove_suffix(1);
  std::string shown;
  std::string program;
  bool secret = false;
  std::size_t count = 0;
  for (std::string_view argument : base::split(arguments, '\0')) {
    if (shown.size() >= max_bytes || ++count > max_arguments) break;
    argument = argument.substr(0, max_argument_bytes);
    if (count == 1) program = argument.substr(argument.rfind('/') + 1);
    if (count > 1) shown += ' ';
    shown += secret && !argument.empty() ? std::string(mask) : masked_argument(argument, count > 1);
    secret = announces_secret(program, argument);
  }
  return base::sanitize_utf8(shown, max_bytes);
}

}  // namespace censo::agent
