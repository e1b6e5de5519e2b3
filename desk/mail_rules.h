// Whom the desk tells what by mail: schemas/mail.yaml. Data, not code; docs/mail.md explains the keys.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct NoticeRule {
  std::string name;
  std::vector<std::string> kinds;   // of tickets; none: any
  std::vector<std::string> events;  // of their history; "comment", "internal_note", "work"
  std::vector<std::string> to;      // "requester", "assignee", "watchers"
  bool himself = false;             // also who did it
  cmdb::Label subject, text;        // with {names}
};

struct MailRules {
  base::TimeMs retry_after_ms = 0, retry_at_most_ms = 0, give_up_after_ms = 0;
  base::TimeMs keep_ms = 0;
  cmdb::Label marker;  // the line above which answers are written
  std::vector<NoticeRule> notices;

  // "mail.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<MailRules> load(std::span<const base::EmbeddedFile> files);
};

// The text with each {name} replaced by its value, which is not looked into again. A brace that begins no
// name stays.
std::string filled(std::string_view text, const std::function<std::string(std::string_view name)>& value);

}  // namespace censo::desk
