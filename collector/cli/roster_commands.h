// `censo desk roster` and `censo desk on-call`.
#pragma once

namespace CLI {
class App;
}

namespace censo::cli {

struct Session;  // collector/cli/commands.h

void add_roster_commands(CLI::App& desk, Session& session);

}  // namespace censo::cli
