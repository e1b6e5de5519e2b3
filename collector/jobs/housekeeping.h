// Small jobs that keep the database in order while nobody asks for anything: what has expired ends, what
// every reader has seen goes. The list of steps is housekeeping_steps().
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/store/database.h"
#include "collector/jobs/round_thread.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

struct HousekeepingStep {
  std::string_view name;  // for the log
  // One short write transaction: a bounded amount of work. True: there is more, call again. Idempotent:
  // another collector on the same database runs the same steps.
  std::function<bool(store::Transaction& tx, base::TimeMs now)> work;
};

// `catalog` and `clock` outlive the steps.
std::vector<HousekeepingStep> housekeeping_steps(const cmdb::ClassCatalog& catalog, const base::Clock& clock);

// One round: each step until it has no more to do. A step that fails is logged and the next one runs.
void run_steps(store::Database& database, const std::vector<HousekeepingStep>& steps, base::TimeMs now,
               const std::stop_token& stop);

constexpr RoundPauses housekeeping_pauses{std::chrono::minutes(1), std::chrono::minutes(10)};

// Owns the one thread that runs the rounds.
class Housekeeping {
 public:
  // `database` and `clock` outlive it. Nothing runs before start().
  Housekeeping(store::Database& database, const base::Clock& clock, std::vector<HousekeepingStep> steps,
               RoundPauses pauses = housekeeping_pauses);

  void start();
  void stop();  // waits for the step at work

 private:
  RoundThread thread_;
};

}  // namespace censo::collector::jobs
