#include "agent/https_url.h"

#include "base/text.h"

#include <algorithm>
#include <optional>

namespace censo::agent {
namespace {

base::Error refused(std::string_view text, std::string_view found) {
  return base::fail(base::Errc::invalid_argument,
                    "expected https://host[:port][/path], found " + std::string(found), std::string(text));
}

bool is_plain(char c) {
  return c > ' ' && c <= '~' && c != '@' && c != '?' && c != '#';
}

// Fills host and port from "host", "host:port" or "[address]:port"; what is wrong, or "".
std::string_view read_authority(std::string_view authority, HttpsUrl& url) {
  const bool bracketed = authority.starts_with('[');
  const auto end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && end == authority.npos) return "an address without ]";
  url.host = bracketed ? authority.substr(1, end - 1) : authority.substr(0, end);
  if (url.host.empty()) return "no host";
  const std::string_view port = end == authority.npos ? "" : authority.substr(bracketed ? end + 1 : end);
  if (port.empty()) return {};
  const auto number = port.front() == ':' ? base::parse_unsigned(port.substr(1)) : std::nullopt;
  if (!number || *number == 0 || *number > 65535) return "no port between 1 and 65535";
  url.port = static_cast<std::uint16_t>(*number);
  return {};
}

}  // namespace

base::Result<HttpsUrl> parse_https_url(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  if (!text.starts_with(scheme)) return refused(text, "no https://");
  if (!std::all_of(text.begin(), text.end(), is_plain))
    return refused(text, "a character that is not allowed");
  std::string_view authority = text.substr(scheme.size());
  HttpsUrl url;
  if (const auto slash = authority.find('/'); slash != authority.npos) {
    url.path = authority.substr(slash);
    authority = authority.substr(0, slash);
  }
  const auto wrong = read_authority(authority, url);
  if (!wrong.empty()) return refused(text, wrong);
  return url;
}

std::string host_and_port(const HttpsUrl& url) {
  const bool bare_v6 = url.host.find(':') != std::string::npos;
  return (bare_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

}  // namespace censo::agent
