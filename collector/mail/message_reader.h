// Mail as it comes off a server, through GMime: whatever the bytes are.
#pragma once

#include "base/result.h"
#include "desk/mail_message.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::mail {

struct ReadSettings {
  std::vector<std::string> markers;     // lines above which people answer
  std::size_t text_bytes = 64 * 1024;   // of its text
  std::size_t parts = 100, files = 20;  // more are left out
  std::size_t file_bytes = 10 * 1024 * 1024;
  std::size_t depth = 20;  // of parts in parts
};

// The plain text where there is one, else the HTML as text; without what it quotes. What is no text, or is
// said to be a file, is a file. Errc::malformed: no mail. Safe from any thread.
base::Result<desk::IncomingMail> read_message(std::string_view message, const ReadSettings& settings);

}  // namespace censo::collector::mail
