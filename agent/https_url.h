// The one form of address that the agent takes: https, a host, a port, a path.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace censo::agent {

struct HttpsUrl {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 443;
  std::string path = "/";
};

// "https://host[:port][/path]"; no user, query or fragment. Errc::invalid_argument.
base::Result<HttpsUrl> parse_https_url(std::string_view text);

// As in a Host field: "cmdb.corp:8443", "[::1]:8443".
std::string host_and_port(const HttpsUrl& url);

}  // namespace censo::agent
