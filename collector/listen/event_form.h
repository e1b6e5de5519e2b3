// What a rule of schemas/traps.yaml or schemas/syslog.yaml makes of what was told: an event whose texts are
// filled with values.
#pragma once

#include "base/clock.h"

#include <map>
#include <string>
#include <string_view>

namespace censo::cmdb {
class SchemaMapping;  // cmdb/schema_file.h
}

namespace censo::desk {
struct EventMessage;  // desk/event.h
}

namespace censo::collector::listen {

using Values = std::map<std::string, std::string>;

// "Link {if_name|if_index} is down": of each brace the first value that is there, or nothing.
std::string fill(std::string_view form, const Values& values);
// Names in braces, for checking. False: a brace is not closed, or empty.
bool is_form(std::string_view form, const Values& known);

enum class Means {
  begins,  // a condition, until its end is told
  ends,    // what `begins` with the same condition
  occurs,  // something that is over by itself, `lasts_ms` after it was last told
  nothing  // it is counted, no more
};

struct EventForm {
  std::string rule;
  Means means = Means::nothing;
  std::string condition, severity, summary;  // forms; "": of the severity, what the sender says
  base::TimeMs lasts_ms = 0;
};
// The keys "means", "condition", "severity", "summary" and "lasts".
EventForm read_form(cmdb::SchemaMapping& mapping, std::string rule);
// Condition, severity, summary and state; the rest is the caller's. Not for Means::nothing.
desk::EventMessage message_of(const EventForm& form, const Values& values);

}  // namespace censo::collector::listen
