#include "collector/http/target.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace censo::collector::http {
namespace {

using base::Errc;
using base::fail;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

base::Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const auto byte = i + 2 < text.size() ? base::parse_unsigned(text.substr(i + 1, 2), 16) : std::nullopt;
      if (!byte)
        return fail(Errc::invalid_argument, "expected two hexadecimal digits after % in the target", "target",
                    "BAD_ESCAPE");
      c = static_cast<char>(*byte);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c))
      return fail(Errc::invalid_argument, "the target holds a control character", "target", "BAD_ESCAPE");
    out.push_back(c);
  }
  if (!base::is_valid_utf8(out))
    return fail(Errc::invalid_argument, "the target is not UTF-8", "target", "BAD_UTF8");
  return out;
}

base::Result<void> read_query(std::string_view text, Target& target) {
  for (const auto piece : base::split(text, '&')) {
    if (piece.empty()) continue;
    const auto equals = std::min(piece.find('='), piece.size());
    const auto name = decode(piece.substr(0, equals), true);
    if (!name) return name.error();
    const auto value = decode(piece.substr(std::min(equals + 1, piece.size())), true);
    if (!value) return value.error();
    if (!target.query.emplace(*name, *value).second) {
      return fail(Errc::invalid_argument, "the query parameter is given twice", *name);
    }
  }
  return {};
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

bool is_address_character(char c) {
  return c == ':' || c == '.' || base::parse_unsigned(std::string_view(&c, 1), 16).has_value();
}

}  // namespace

base::Result<Target> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') {
    return fail(Errc::invalid_argument, "expected a target that begins with /", "target");
  }
  Target out;
  const auto question = std::min(target.find('?'), target.size());
  out.path = target.substr(0, question);
  for (const auto piece : base::split(std::string_view(out.path).substr(1), '/')) {
    auto segment = decode(piece, false);
    if (!segment) return segment.error();
    out.segments.push_back(std::move(*segment));
  }
  if (question < target.size()) {
    const auto read = read_query(target.substr(question + 1), out);
    if (!read) return read.error();
  }
  return out;
}

base::Result<std::string> parse_host(std::string_view field) {
  const bool bracketed = field.starts_with('[');
  const auto end = bracketed ? field.find(']') : std::min(field.find(':'), field.size());
  const auto bad =
      fail(Errc::invalid_argument, "expected a Host field of the form name or name:port", "Host");
  if (end == std::string_view::npos) return bad;
  const auto host = bracketed ? field.substr(1, end - 1) : field.substr(0, end);
  const auto port = field.substr(bracketed ? end + 1 : end);
  const bool valid =
      !host.empty() && host.size() <= 253 &&
      std::all_of(host.begin(), host.end(), bracketed ? is_address_character : is_host_character);
  if (!valid) return bad;
  if (!port.empty() && (port.front() != ':' || base::parse_unsigned(port.substr(1)).value_or(65536) > 65535))
    return bad;
  return bracketed ? "[" + std::string(host) + "]" : std::string(host);
}

}  // namespace censo::collector::http
