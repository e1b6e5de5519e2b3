// A request's target, taken apart and percent-decoded strictly (RFC 3986).
#pragma once

#include "base/result.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::http {

struct Target {
  std::string path;                                       // as received
  std::vector<std::string> segments;                      // decoded: "/a/b%2Fc" -> "a", "b/c"
  std::map<std::string, std::string, std::less<>> query;  // decoded, "+" as space
};

// Origin form only. Errc::invalid_argument for a bad escape, a control character, text that is not UTF-8, or
// a query parameter given twice.
base::Result<Target> parse_target(std::string_view target);

// The host of a Host field without its port. Errc::invalid_argument for anything but a name or an address.
base::Result<std::string> parse_host(std::string_view field);

}  // namespace censo::collector::http
