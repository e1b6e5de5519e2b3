// Finds the route of a request in the closed table. Immutable; safe to read from any thread.
#pragma once

#include "base/result.h"
#include "collector/http/target.h"
#include "collector/route.h"

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::http {

enum class Side { api, agents };

struct RouteMatch {
  const Route* route = nullptr;
  std::map<std::string, std::string, std::less<>> parameters;
};

class Router {
 public:
  explicit Router(Routes routes);

  // Errc::not_found; Errc::unsupported METHOD_NOT_ALLOWED with the allowed methods in `where`;
  // Errc::invalid_argument naming a query parameter that the route does not take.
  base::Result<RouteMatch> find(Side side, std::string_view method, const Target& target) const;
  // The most that any route of this listener takes beyond its limit; 0: none does.
  std::size_t largest_body(Side side) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string_view> pieces;  // of the pattern
  };
  std::vector<Entry> entries_;
};

}  // namespace censo::collector::http
