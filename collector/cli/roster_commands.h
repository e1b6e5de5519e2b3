// `censo desk roster`, `on-call`, `people`, `assignment` and `limit`, and `censo ticket catalogue`.
#pragma once

namespace CLI {
class App;
}

namespace censo::cli {

struct Session;  // collector/cli/commands.h

void add_roster_commands(CLI::App& desk, Session& session);
void add_people_commands(CLI::App& desk, Session& session);
void add_assignment_commands(CLI::App& desk, Session& session);
void add_limit_commands(CLI::App& desk, Session& session);
void add_catalogue_commands(CLI::App& ticket, Session& session);

}  // namespace censo::cli
