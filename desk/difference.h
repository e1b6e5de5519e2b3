// What is meant to differ and what does: planned modifications and detected changes, as values.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "cmdb/configuration_item.h"

#include <cstdint>
#include <string>

namespace censo::desk {

struct Window {
  base::TimeMs start = 0, end = 0;  // 0: not known; an end that is not known is open
};
struct Modification {
  std::int64_t id = 0;
  cmdb::CiId ci;          // none: any item of the scope
  std::string ci_name;    // "" for none
  std::string subject;    // "os_version", "software_package openssl", "runs_on", or a group of detection.yaml
  std::string new_value;  // "": any
};

using DetectedId = base::Id<struct DetectedTag>;

struct DetectedChange {
  DetectedId id;
  cmdb::CiId ci;
  std::string class_name, ci_name;  // of the item now
  base::TimeMs at = 0;              // first report of the new value
  base::TimeMs not_before = 0;      // last report of the old value; 0: unknown
  std::string origin;
  std::string what, subject, old_value, new_value;  // as in the history
  std::string state;    // new, noise, expected, matched, unauthorised, accepted, reverted
  std::string verdict;  // of a matched one: exact, partial, late, early
  std::string rule;     // why it is noise or expected; "by hand"
  std::string ticket;   // the change that it is matched with or accepted as
  DetectedId group;     // the first of its group, of unauthorised ones
  base::TimeMs decided_at = 0;
  std::string decided_by, reason;  // "": the collector
};

}  // namespace censo::desk
