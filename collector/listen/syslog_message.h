// Messages of syslog as they come over the network: RFC 5424, and what devices send by the older custom of
// RFC 3164.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace censo::collector::listen {

inline constexpr std::size_t longest_syslog = 64 * 1024;  // a longer one is refused

// All texts are valid UTF-8.
struct SyslogMessage {
  int facility = 0;  // 0 to 23
  int severity = 0;  // 0 (emerg) to 7 (debug)
  std::string host;  // "": it does not say
  std::string app;   // program or tag, such as "sshd" or "%LINK-3-UPDOWN"; "": none
  std::string text;
};
std::string_view severity_name(int severity);  // "emerg" .. "debug"

// Errc::malformed: no <PRI> at its beginning, or an RFC 5424 header that is cut short.
base::Result<SyslogMessage> parse_syslog(std::string_view message);

}  // namespace censo::collector::listen
