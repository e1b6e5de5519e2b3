// An engine under measurement: the CMDB itself, or the rules of another system as a baseline.
#pragma once

#include "tests/fleet/simulation.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace censo::fleet {

struct Engine {
  std::string name;
  // The item that the report went to; nothing: it was refused.
  std::function<std::optional<std::int64_t>(const Sighting&)> take;
  std::function<void(std::size_t record)> ended;
  // The item that is shown for this one at the end.
  std::function<std::int64_t(std::int64_t)> shown_for;
  // How many decisions wait for a person at the end.
  std::function<std::size_t()> reviews;
};

}  // namespace censo::fleet
