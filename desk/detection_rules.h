// What becomes of differences that reports tell: schemas/detection.yaml (service-desk rules 40 to 44). Data,
// not code; docs/changes.md explains the keys.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

// What is empty does not matter; all that is given has to hold.
struct DetectionRule {
  std::string name, state;            // "noise" or "expected"
  std::vector<std::string> classes;   // of the item, with their subclasses
  std::vector<std::string> subjects;  // attributes, component classes, relation types
  std::vector<std::string> keys;      // a word of the component's key begins with one of these
  bool spelling = false;              // the values differ in case, order or spacing alone
  bool flips = false;                 // it came often (rule 41)
};

struct DetectionRules {
  std::vector<std::string> monitored;  // classes, with their subclasses
  base::TimeMs scan_interval_ms = 0, grace_ms = 0, group_within_ms = 0;
  std::int64_t flips = 0;
  std::int64_t task_criticality = 0;  // of unauthorised ones of an item so critical or more a task is made
  std::string task_group;             // whose it is, where the item has no support group
  std::map<std::string, std::vector<std::string>, std::less<>> groups;  // of subjects, by name
  std::map<std::string, std::vector<std::string>, std::less<>> tells;   // what says a subject once more
  std::vector<DetectionRule> rules;                                     // the first that fits decides

  // "detection.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<DetectionRules> load(std::span<const base::EmbeddedFile> files);
};

// What a difference is about, out of the words of the history: "os_version"; "software_package" with the key
// "dpkg openssl amd64"; "runs_on" with the other end's name.
struct DifferenceSubject {
  std::string name, key;
};
DifferenceSubject subject_of(std::string_view what, std::string_view subject);

// The same words in any order, whatever their case.
bool same_but_spelling(std::string_view a, std::string_view b);

}  // namespace censo::desk
