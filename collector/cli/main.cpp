// `censo`: the command line of technicians, a client of the HTTP API alone.
#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <exception>
#include <map>

namespace censo::cli {
namespace {

constexpr const char* examples = R"(Examples:
  censo login https://censo.example:8443 --token-file token --ca-fingerprint 4f1c...
  censo ci list --class server
  censo ci show web01
  censo search 00:1b:21:aa:bb:cc
  censo scan run 10.20.0.0/24 --credential readonly --name office --schedule "every 4h"
  censo ticket new --title "Disk is full" --ci web01

Exit status: 0 ok, 1 error, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 unreachable, 7 partly done,
8 there are differences.)";

void add_global_options(CLI::App& app, Session& session) {
  static const std::map<std::string, Format> formats{
      {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}};
  app.add_option("-o,--output", session.output.format, "table, json or csv")
      ->transform(CLI::CheckedTransformer(formats));
  app.add_option("--field", session.output.field, "Print only this member, a line each");
  app.add_flag("--no-headers", session.output.no_headers, "Tables and CSV without the line of titles");
  app.add_flag_callback(
      "-q,--quiet", [] { set_quiet(true); }, "No messages on standard error");
  app.set_version_flag("--version", std::string("censo ") + CENSO_VERSION);
  app.set_help_all_flag("--help-all", "Help of all commands");
  app.footer(examples);
  app.require_subcommand(1);
  app.fallthrough();
}

int run(int argc, char** argv) {
  CLI::App app{"Censo: what an organisation's IT consists of, what depends on what, and what changed",
               "censo"};
  Session session;
  add_global_options(app, session);
  add_login_commands(app, session);
  add_ci_commands(app, session);
  add_impact_commands(app, session);
  add_history_commands(app, session);
  add_search_commands(app, session);
  add_fleet_commands(app, session);
  add_relationship_commands(app, session);
  add_schema_commands(app, session);
  add_identification_commands(app, session);
  add_import_commands(app, session);
  add_scan_commands(app, session);
  add_probe_commands(app, session);
  add_ticket_commands(app, session);
  add_problem_commands(app, session);
  add_change_commands(app, session);
  add_detected_commands(app, session);
  add_figure_commands(app, session);
  add_event_commands(app, session);
  add_mail_commands(app, session);
  add_desk_commands(app, session);
  add_agent_commands(app, session);
  add_token_commands(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return session.exit_status;
}

}  // namespace
}  // namespace censo::cli

int main(int argc, char** argv) {
  try {
    return censo::cli::run(argc, argv);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "censo: {}\n", failure.what());
    return 1;
  }
}
