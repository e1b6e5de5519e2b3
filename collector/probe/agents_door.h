// What a probe answers the agents behind it: the routes that an agent needs, and no other.
#pragma once

#include "base/clock.h"
#include "cmdb/store/transaction.h"
#include "collector/probe/question_board.h"
#include "collector/route.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace censo::collector::probe {

// All outlive the routes. `wake` is called from any thread when something waits for the courier.
struct Door {
  const base::Clock& clock;
  QuestionBoard& questions;
  std::int64_t spool_bytes = 0;
  std::uint16_t agents_port = 0;
  std::function<void()> wake;
};
Routes door_routes(const Door& door);

// Whom the centre lets the probe admit (jobs::agents_json()), in place of whom it let before.
// Errc::malformed: nothing was written.
base::Result<void> store_agents(store::Transaction& tx, std::string_view json);

}  // namespace censo::collector::probe
