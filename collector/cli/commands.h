// The commands of `censo`, one file a resource; each adds its subcommands to the tree. What a command does is
// run by CLI11's callback and leaves its exit status in the session.
#pragma once

#include "base/result.h"
#include "collector/cli/api_client.h"
#include "collector/cli/output.h"

#include <boost/json/value.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace censo::cli {

// What the commands of one run share.
struct Session {
  OutputSettings output;
  int exit_status = 0;
  std::unique_ptr<ApiClient> client;  // made by the first call that needs it

  // Runs `action` with a client; an error is printed and becomes the exit status.
  void run(const std::function<base::Result<void>(ApiClient&)>& action);
};

// --limit and --after of a list; `all` pages are fetched until the limit is reached.
struct ListSettings {
  std::size_t limit = 200;
  std::string after;
};
void add_list_options(CLI::App& command, ListSettings& settings);
// Every page up to the limit as one answer.
base::Result<boost::json::value> fetch_list(ApiClient& client, const std::string& path, Query query,
                                            const ListSettings& settings);
// {"changes": [...]} of an answer to an edit: a line each, and on standard error whether it was a dry run.
void print_changes(const boost::json::value& answer, const Session& session);
// A file that the user names, which may be a pipe. Errc::invalid_argument: it cannot be read, or has more.
base::Result<std::string> read_given_file(const std::string& file, std::size_t most_bytes = 64 * 1024);
// A file's first line, or standard input for "-": for secrets, which never stand on a command line.
base::Result<std::string> read_secret(const std::string& file);

void add_login_commands(CLI::App& app, Session& session);
void add_ci_commands(CLI::App& app, Session& session);
void add_impact_commands(CLI::App& app, Session& session);
void add_ci_history_commands(CLI::App& ci, Session& session);
void add_history_commands(CLI::App& app, Session& session);  // history, baseline, diff
void add_ci_edit_commands(CLI::App& ci, Session& session);
void add_ci_identification_commands(CLI::App& ci, Session& session);
void add_identification_commands(CLI::App& app, Session& session);  // review, junk, report
void add_import_commands(CLI::App& app, Session& session);
void add_relationship_commands(CLI::App& app, Session& session);
void add_schema_commands(CLI::App& app, Session& session);
void add_search_commands(CLI::App& app, Session& session);
void add_fleet_commands(CLI::App& app, Session& session);
void add_scan_commands(CLI::App& app, Session& session);
void add_credential_commands(CLI::App& scan, Session& session);
void add_ci_link_commands(CLI::App& ci, Session& session);
void add_scan_coverage_commands(CLI::App& scan, Session& session);
void add_probe_commands(CLI::App& app, Session& session);
void add_ticket_commands(CLI::App& app, Session& session);
void add_problem_commands(CLI::App& app, Session& session);
void add_change_commands(CLI::App& app, Session& session);
void add_window_commands(CLI::App& change, Session& session);
void add_detected_commands(CLI::App& app, Session& session);
void add_event_commands(CLI::App& app, Session& session);
void add_recurring_commands(CLI::App& ticket, Session& session);
void add_mail_commands(CLI::App& app, Session& session);
void add_desk_commands(CLI::App& app, Session& session);
void add_figure_commands(CLI::App& app, Session& session);
void add_audit_commands(CLI::App& review, Session& session);
void add_agent_commands(CLI::App& app, Session& session);
void add_agent_settings_commands(CLI::App& agent, Session& session);
void add_token_commands(CLI::App& app, Session& session);

}  // namespace censo::cli
