#include "collector/http/router.h"

#include "base/text.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace censo::collector::http {
namespace {

using Parameters = std::map<std::string, std::string, std::less<>>;

// "/api/v1/cis/{id}" against the decoded segments.
std::optional<Parameters> match(const std::vector<std::string_view>& pieces,
                                const std::vector<std::string>& segments) {
  if (pieces.size() != segments.size()) return std::nullopt;
  Parameters parameters;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool is_parameter = pieces[i].starts_with('{');
    if (is_parameter ? segments[i].empty() : pieces[i] != segments[i]) return std::nullopt;
    if (is_parameter) parameters.emplace(pieces[i].substr(1, pieces[i].size() - 2), segments[i]);
  }
  return parameters;
}

base::Result<void> check_query(const Route& route, const Target& target) {
  for (const auto& [name, value] : target.query) {
    if (std::find(route.query.begin(), route.query.end(), name) == route.query.end()) {
      return base::fail(base::Errc::invalid_argument, "the route takes no such query parameter", name);
    }
  }
  return {};
}

}  // namespace

Router::Router(Routes routes) {
  for (auto& route : routes) {
    auto pieces = base::split(route.pattern.substr(1), '/');
    entries_.push_back({std::move(route), std::move(pieces)});
  }
}

base::Result<RouteMatch> Router::find(Side side, std::string_view method, const Target& target) const {
  std::vector<std::string> allowed;
  for (const auto& [route, pieces] : entries_) {
    if ((route.role == Role::agent) != (side == Side::agents)) continue;
    auto parameters = match(pieces, target.segments);
    if (!parameters) continue;
    if (route.method != method) {
      allowed.emplace_back(route.method);
      continue;
    }
    const auto checked = check_query(route, target);
    if (!checked) return checked.error();
    return RouteMatch{&route, std::move(*parameters)};
  }
  if (allowed.empty()) return base::fail(base::Errc::not_found, "no such address here");
  return base::fail(base::Errc::unsupported, "the address does not take " + std::string(method),
                    base::join(allowed, ", "), "METHOD_NOT_ALLOWED");
}

std::size_t Router::largest_body(Side side) const {
  std::size_t largest = 0;
  for (const auto& entry : entries_)
    if ((entry.route.role == Role::agent) == (side == Side::agents))
      largest = std::max(largest, entry.route.body_bytes);
  return largest;
}

}  // namespace censo::collector::http
