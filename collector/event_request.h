// Bodies that bring events: the collector's own form, and that of Prometheus Alertmanager.
#pragma once

#include "base/result.h"
#include "collector/route.h"
#include "desk/event.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace censo::desk {
struct EventRules;  // desk/event_rules.h
}

namespace censo::collector {

// {"source","key","condition","item","severity","summary","details","state","began_at"}; without a condition
// the key is it. Errors of JsonBody.
base::Result<desk::EventMessage> event_of(const Request& request);

struct AlertGroup {
  std::vector<desk::EventMessage> events;
  std::int64_t left_out = 0;    // by Alertmanager itself: its max_alerts
  std::int64_t unreadable = 0;  // members of "alerts" that are no alerts
};
// A webhook's body, version 4. Unknown members are skipped, long texts cut: an alert is never refused for its
// length. Errc::malformed, `where` a JSON pointer: no JSON, another version, no list of alerts or more than
// 2,000 of them.
base::Result<AlertGroup> alerts_of(std::string_view body, const desk::EventRules& rules);

}  // namespace censo::collector
