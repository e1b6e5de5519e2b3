// Which dates of items make a task, and how long ahead: schemas/dates.yaml (service-desk rule 71). Data, not
// code; docs/desk.md explains the keys.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"

#include <span>
#include <string>
#include <vector>

namespace censo::desk {

struct DateRule {
  std::string name;
  std::vector<std::string> classes;  // with their subclasses
  std::string attribute;             // a date
  base::TimeMs before_ms = 0;
  std::string kind;   // of the ticket
  std::string group;  // that it is assigned to
  std::string title;  // with {name} and {date}
};

struct DateRules {
  std::vector<DateRule> rules;

  // "dates.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<DateRules> load(std::span<const base::EmbeddedFile> files);
};

}  // namespace censo::desk
