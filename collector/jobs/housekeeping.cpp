#include "collector/jobs/housekeeping.h"

#include "base/log.h"
#include "cmdb/change_feed.h"
#include "cmdb/flows.h"
#include "cmdb/forgetting.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/review_settling.h"
#include "cmdb/user_schema.h"

#include <string>
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

Housekeeping::Housekeeping(store::Database& database, const base::Clock& clock,
                           std::vector<HousekeepingStep> steps, RoundPauses pauses)
    : thread_("housekeeping", pauses,
              [&database, &clock, list = std::move(steps)](const std::stop_token& stop) {
                run_steps(database, list, clock.now(), stop);
              }) {}
void Housekeeping::start() {
  thread_.start();
}
void Housekeeping::stop() {
  thread_.stop();
}

}  // namespace censo::collector::jobs
