// Who is signed in, by utmp (utmp(5)).
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct LoginRecord {
  std::int64_t process = 0;
  std::string user, line, host;  // line: "pts/0", "tty1", ":0"
  base::TimeMs started = 0;
};

// Records of user processes only. Of 384 bytes each (x86, 32-bit ARM) or 400 (64-bit ARM and others);
// Errc::malformed for a file of another size.
base::Result<std::vector<LoginRecord>> parse_utmp(std::string_view bytes);

// A session file of systemd-logind, /run/systemd/sessions/<id>, for systems that have given utmp up (Debian
// 13). No user when it is not a person's session.
LoginRecord parse_logind_session(std::string_view text);

}  // namespace censo::agent
