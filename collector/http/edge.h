// What all connections share. Outlives every io_context.
#pragma once

#include "base/clock.h"
#include "cmdb/store/database.h"
#include "collector/http/admission.h"
#include "collector/http/limits.h"
#include "collector/http/router.h"
#include "collector/metrics.h"

#include <atomic>
#include <cstddef>
#include <memory>

namespace censo::collector::http {

struct Edge {
  Edge(const Limits& given, const base::Clock& time) : limits(given), clock(&time) {}

  const Limits limits;
  const base::Clock* const clock;
  Admission admission{limits};
  ByteBudget budget{limits.in_flight_bytes};
  RateLimit enrolments{limits.enrolments_per_minute};
  std::atomic<std::size_t> streams{0};

  // Set before the first connection is accepted.
  std::unique_ptr<const Router> router;
  store::Database* database = nullptr;
  Metrics* metrics = nullptr;
};

}  // namespace censo::collector::http
