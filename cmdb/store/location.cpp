#include "cmdb/store/location.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace censo::store {
namespace {

struct Range {
  std::size_t begin, end;
};

// Where the secrets stand: user:SECRET@ and ?password=SECRET&sslpassword=SECRET. A password may hold '@', so
// that of the user ends at the last one before the path.
std::vector<Range> secrets_of(std::string_view location) {
  std::vector<Range> found;
  const auto start = location.find("://");
  if (!is_postgres(location) || start == std::string_view::npos) return found;
  const std::size_t question = std::min(location.find('?'), location.size());
  const auto at = location.substr(0, question).rfind('@');
  const auto colon = location.find(':', start + 3);
  if (at != std::string_view::npos && colon < at) found.push_back({colon + 1, at});
  for (const std::string_view name : {"password=", "sslpassword="}) {
    for (auto place = location.find(name, question); place != std::string_view::npos;
         place = location.find(name, place + 1)) {
      const bool whole_name = location[place - 1] == '?' || location[place - 1] == '&';
      const auto begin = place + name.size();
      if (whole_name) found.push_back({begin, std::min(location.find('&', begin), location.size())});
    }
  }
  std::ranges::sort(found, {}, &Range::begin);
  return found;
}

}  // namespace

bool is_postgres(std::string_view location) {
  return location.starts_with("postgresql://") || location.starts_with("postgres://");
}

std::string shown_location(std::string_view location) {
  std::string shown(location);
  const auto secrets = secrets_of(location);
  for (auto secret = secrets.rbegin(); secret != secrets.rend(); ++secret) {
    shown.replace(secret->begin, secret->end - secret->begin, "***");
  }
  return shown;
}

std::string without_secrets(std::string message, std::string_view location) {
  for (const auto& [begin, end] : secrets_of(location)) {
    const std::string_view secret = location.substr(begin, end - begin);
    for (auto at = message.find(secret); !secret.empty() && at != std::string::npos;
         at = message.find(secret, at + 3)) {
      message.replace(at, secret.size(), "***");
    }
  }
  return message;
}

}  // namespace censo::store
