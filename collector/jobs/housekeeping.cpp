#include "collector/jobs/housekeeping.h"

#include "base/log.h"
#include "cmdb/change_feed.h"
#include "cmdb/flows.h"
#include "cmdb/forgetting.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/review_settling.h"
#include "cmdb/user_schema.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace censo::collector::jobs {

std::vector<HousekeepingStep> housekeeping_steps(const cmdb::ClassCatalog& catalog,
                                                 const base::Clock& clock) {
  return {
      {"schema",
       [&catalog](store::Transaction& tx, base::TimeMs) {
         cmdb::refresh(tx, catalog);
         return false;
       }},
      {"prune_feed",
       [](store::Transaction& tx, base::TimeMs now) {
         cmdb::prune_feed(tx, now);
         return false;
       }},
      {"forget_past",
       [&catalog](store::Transaction& tx, base::TimeMs now) { return cmdb::forget_past(tx, catalog, now); }},
      {"expire_flows",
       [&clock](store::Transaction& tx, base::TimeMs) { return cmdb::expire_flows(tx, clock); }},
      {"apply_due_relationships",  // after the flows, which put off what is still seen
       [&catalog, &clock](store::Transaction& tx, base::TimeMs) {
         return cmdb::apply_due_relationships(tx, catalog, clock);
       }},
      {"settle_reviews",  // a few a round; each is due again later
       [&catalog, &clock](store::Transaction& tx, base::TimeMs now) {
         cmdb::settle_reviews(tx, catalog, clock, now, 50);
         return false;
       }},
  };
}

void run_steps(store::Database& database, const std::vector<HousekeepingStep>& steps, base::TimeMs now,
               const std::stop_token& stop) {
  for (const HousekeepingStep& step : steps) {
    bool more = true;
    while (more && !stop.stop_requested()) {
      more = false;
      const auto done = database.write([&](store::Transaction& tx) -> store::Outcome {
        more = step.work(tx, now);
        return {};
      });
      if (done) continue;
      base::log(base::LogLevel::warning, "housekeeping.failed",
                std::string(step.name) + ": " + base::to_string(done.error()));
      more = false;
    }
  }
}

// The mutex is for the pause alone: nothing is guarded by it (docs/decisions/0120-housekeeping.md).
class Housekeeping::Thread {
 public:
  Thread(store::Database& database, const base::Clock& clock, std::vector<HousekeepingStep> steps,
         const HousekeepingSettings& settings)
      : database_(database), clock_(clock), steps_(std::move(steps)), settings_(settings) {}

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
  }

  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void loop(const std::stop_token& stop) {
    pause(stop, settings_.first_after);
    while (!stop.stop_requested()) {
      run_steps(database_, steps_, clock_.now(), stop);
      pause(stop, settings_.every);
    }
  }

  void pause(const std::stop_token& stop, std::chrono::milliseconds length) {
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, length, [] { return false; });
  }

  store::Database& database_;
  const base::Clock& clock_;
  const std::vector<HousekeepingStep> steps_;
  const HousekeepingSettings settings_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

Housekeeping::Housekeeping(store::Database& database, const base::Clock& clock,
                           std::vector<HousekeepingStep> steps, const HousekeepingSettings& settings)
    : thread_(std::make_unique<Thread>(database, clock, std::move(steps), settings)) {}
Housekeeping::~Housekeeping() = default;
void Housekeeping::start() {
  thread_->start();
}
void Housekeeping::stop() {
  thread_->stop();
}

}  // namespace censo::collector::jobs
