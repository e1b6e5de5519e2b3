// Whom the desk tells what by mail: schemas/mail.yaml. Data, not code; docs/mail.md explains the keys.
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

struct MailText {
  std::string en, es;
};

struct NoticeRule {
  std::string name;
  std::vector<std::string> kinds;   // of tickets; none: any
  std::vector<std::string> events;  // of their history; "comment", "internal_note", "work"
  std::vector<std::string> to;  // "requester", "assignee", "watchers"; "notified": whom an escalation names
  bool himself = false;         // also who did it
  MailText subject, text;       // with {names}
};

// What becomes of mail from somebody nobody knows.
enum class UnknownSender { open, wait, drop };

struct SenderRule {
  std::string name;
  std::vector<std::string> domains;  // of the address, in lower case; none: any
  UnknownSender unknown = UnknownSender::wait;
};

struct IncomingRules {
  std::int64_t an_hour = 0;        // mails of one sender
  std::int64_t waiting = 0;        // mails at a time
  std::int64_t waiting_bytes = 0;  // of all that wait
  std::int64_t bytes = 0;          // of a whole mail
  base::TimeMs keep_ms = 0;        // how long one waits
  base::TimeMs remember_ms = 0;  // how long it is known what became of one, and of a sender; longer than that
  std::vector<SenderRule> senders;  // the first that fits; the last fits all

  UnknownSender unknown_of(std::string_view address) const;
};

struct MailRules {
  base::TimeMs retry_after_ms = 0, retry_at_most_ms = 0, give_up_after_ms = 0;
  base::TimeMs keep_ms = 0;
  MailText marker;  // the line above which answers are written
  IncomingRules incoming;
  std::vector<NoticeRule> notices;

  // "mail.yaml" among the files. Errc::malformed with file and line; Errc::not_found: it is not there.
  static base::Result<MailRules> load(std::span<const base::EmbeddedFile> files);
};

}  // namespace censo::desk
