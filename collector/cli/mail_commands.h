// Commands below `censo mail` that stand in a file of their own.
#pragma once

namespace CLI {
class App;
}

namespace censo::cli {

struct Session;  // collector/cli/commands.h

void add_mail_in_commands(CLI::App& mail, Session& session);

}  // namespace censo::cli
