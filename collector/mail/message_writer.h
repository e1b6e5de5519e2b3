// Mail as it goes over the wire (RFC 5322, MIME), through GMime.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <string>
#include <vector>

namespace censo::collector::mail {

struct WrittenMail {
  std::string from_name, from, to;   // addresses as desk::is_mail_address() takes them
  std::string message_id;            // without the brackets
  std::vector<std::string> answers;  // message ids before it, oldest first
  std::string subject, body;         // UTF-8
  base::TimeMs at = 0;
};

// With CRLF at line ends. Says that a program wrote it (RFC 3834: Auto-Submitted) and that no program should
// answer it. Nothing of the texts gets into other headers. Safe from any thread.
std::string write_message(const WrittenMail& mail);

}  // namespace censo::collector::mail
