// What becomes of events: schemas/events.yaml (service-desk rule 70). Data, not code; docs/events.md explains
// the keys.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct EventSeverity {
  std::string name;
  std::string urgency;             // of its incident
  std::vector<std::string> words;  // that mean it besides, in lower case
};

// What the end of a condition does to an incident that nobody touched.
enum class OnClear { resolve, close, note };
std::string_view name_of(OnClear what);

// What is empty does not matter; all that is given has to hold.
struct EventRule {
  std::string name;
  std::vector<std::string> senders, sources;
  std::vector<std::string> conditions;  // whole, or with a "*" at the end for the beginning
  std::vector<std::string> classes;     // of the item, with their subclasses
  std::vector<std::string> severities;
  bool ticket = true;  // it opens an incident
  std::string group;   // that the incident is assigned to; "": to none
  std::string category;
  OnClear clear = OnClear::resolve;
};

// The condition whole, or its beginning where `wanted` ends with "*".
bool means_condition(std::string_view wanted, std::string_view condition);

struct EventRules {
  std::int64_t messages_a_minute = 0, conditions_a_minute = 0;  // of one sender
  base::TimeMs again_after_ms = 0, expire_after_ms = 0, keep_ms = 0, grace_ms = 0;
  std::vector<EventSeverity> severities;  // the worst first
  std::string other_severity;
  std::vector<std::string> item_labels, condition_labels;  // of Alertmanager
  std::vector<EventRule> rules;                            // the first that fits decides; the last fits all

  // "events.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<EventRules> load(std::span<const base::EmbeddedFile> files);

  // By its name or one of its words, whatever the case.
  const EventSeverity& severity_of(std::string_view word) const;
  // 0 is the worst.
  std::size_t rank_of(std::string_view severity) const;
};

}  // namespace censo::desk
