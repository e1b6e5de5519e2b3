// What syslog messages mean: schemas/syslog.yaml. docs/events.md explains the keys.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "collector/listen/event_form.h"
#include "collector/listen/syslog_message.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace re2 {
class RE2;
}

namespace censo::collector::listen {

struct SyslogRule {
  std::vector<std::string> apps;          // whole, or the beginning with "*"; empty: any
  std::vector<std::string> severities;    // empty: any
  std::shared_ptr<const re2::RE2> match;  // of "app: text"; nullptr: any. Shared by copies of the rules
  EventForm form;
};

// Immutable, safe from any thread.
struct SyslogRules {
  std::vector<SyslogRule> rules;  // the first that fits decides; the last fits all

  // "syslog.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<SyslogRules> load(std::span<const base::EmbeddedFile> files);

  // Of the item that the message names, else of the one that sent it. Nothing: its rule wants none.
  std::optional<desk::EventMessage> message_of(const SyslogMessage& told, const std::string& address) const;
};

}  // namespace censo::collector::listen
