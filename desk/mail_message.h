// Mail that came in, as its reader hands it to the desk, and what becomes of it.
#pragma once

#include "base/id.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct IncomingFile {
  std::string name, content;
};

// Texts are UTF-8 without control characters; ids are without brackets and white space, at most 250 bytes.
struct IncomingMail {
  std::string from;  // address; "": none that can be read
  std::string message_id;
  std::vector<std::string> answers;  // ids that it names, the nearest first
  std::string subject;               // one line
  std::string text;                  // without what it quotes
  std::vector<IncomingFile> files;
  std::size_t left_out = 0;           // parts beyond the limits
  std::string program;                // what shows that a program wrote it; "": nothing does
  std::vector<std::string> returned;  // ids of mails that it says will not be delivered
};

// As it came off the server: kept while it waits.
struct WholeMail {
  std::string text;
  std::string digest;  // SHA-256 of it, in hex
};
WholeMail whole_mail(std::string text);

enum class MailOutcome {
  comment,
  opened,
  waiting,  // for somebody to decide
  dropped,
  over_limit,  // not taken, and not kept
  again,       // taken before
};
std::string_view name_of(MailOutcome outcome);

struct TakenMail {
  MailOutcome outcome = MailOutcome::dropped;
  std::string reason;  // of what waits or is dropped
  std::string ticket;  // number
};

using ReceivedId = base::Id<struct ReceivedTag>;

}  // namespace censo::desk
