#include "agent/assignments.h"

#include "base/text.h"

#include <algorithm>
#include <cctype>

namespace censo::agent {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

// Up to the first unquoted white space; what follows is a comment or another command.
std::string unquoted(std::string_view text) {
  std::string value;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      value += text[++i];
    } else if (quote == 0 && std::isspace(static_cast<unsigned char>(c)) != 0) {
      break;
    } else {
      value += c;
    }
  }
  return value;
}

}  // namespace

std::map<std::string, std::string, std::less<>> parse_assignments(std::string_view text) {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto line : base::split(text, '\n')) {
    auto assignment = base::trim(line);
    if (assignment.starts_with("export ")) assignment = base::trim(assignment.substr(7));
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos || !is_name(assignment.substr(0, equals))) continue;
    values[std::string(assignment.substr(0, equals))] = unquoted(assignment.substr(equals + 1));
  }
  return values;
}

}  // namespace censo::agent
