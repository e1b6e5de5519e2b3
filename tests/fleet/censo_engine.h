// The CMDB under measurement: the real ingest() on a real database.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/database.h"
#include "tests/fleet/engine.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace censo::fleet {

// One connection, commits after each `group` reports. Not thread-safe.
class CensoEngine {
 public:
  explicit CensoEngine(const std::string& path);
  Engine engine();
  // As a person who knows: `is_same` says whether two items are one asset.
  void decide_reviews(const std::function<bool(std::int64_t, std::int64_t)>& is_same);
  // What waits for a person: "contradiction: laptop7 or laptop7 (workstation), 13.5 points".
  std::vector<std::string> open_questions();
  // Why the last refused report was refused.
  const std::string& last_refusal() const { return last_refusal_; }

 private:
  std::optional<std::int64_t> take(const Sighting& sighting);
  void begin_group(base::TimeMs now);
  void commit_group();
  void end(std::size_t record);
  void live_a_day(base::TimeMs today);
  void remember_live(const Sighting& sighting, cmdb::CiId ci);

  base::ManualClock clock_;
  cmdb::ClassCatalog catalog_;
  std::unique_ptr<store::Connection> connection_;
  std::size_t waiting_ = 0;
  std::string last_refusal_;
};

}  // namespace censo::fleet
