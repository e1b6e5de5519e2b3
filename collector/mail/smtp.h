// Hands mail to a server (RFC 5321) through libcurl.
#pragma once

#include "collector/mail/curl_connection.h"
#include "desk/delivery.h"

#include <string>

namespace censo::collector::mail {

inline constexpr long longest_sending_s = 120;  // send() ends within

struct SmtpOutcome {
  desk::DeliveryTry of_mail;  // its problem is "" when it was taken
  bool server = false;        // not about this mail: no server, no login; others will fare the same
};

// One mail from one address to one. `message` has CRLF at its line ends. `greeting` is what the collector
// calls itself in EHLO. Answers 5xx refuse it for good, all else is for later.
SmtpOutcome send(CurlConnection& connection, const std::string& greeting, const std::string& from,
                 const std::string& to, const std::string& message);

}  // namespace censo::collector::mail
