#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"
#include "collector/cli/ticket_show.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {
namespace {

namespace json = boost::json;

constexpr const char* candidates_path = "/api/v1/problem-candidates";

void add_candidates(CLI::App& problem, Session& session) {
  static const Columns columns{{"incidents", "/count"},
                               {"have in common", "/reason"},
                               {"newest", "/incidents/0/number"},
                               {"title", "/incidents/0/title"},
                               {"key", "/key"}};
  problem.add_subcommand("candidates", "Incidents that repeat and have no problem yet")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(candidates_path);
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  auto key = std::make_shared<std::string>();
  auto* open = problem.add_subcommand("open", "Open a problem with the incidents of a candidate");
  open->add_option("key", *key, "As `censo problem candidates` shows it")->required();
  open->callback([key, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto ticket = client.post(candidates_path, json::object{{"key", *key}});
      if (!ticket) return ticket.error();
      print_object(*ticket, ticket_columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_problem_commands(CLI::App& app, Session& session) {
  auto* problem = app.add_subcommand("problem", "What repeats, and the problems made of it");
  problem->require_subcommand(1);
  add_candidates(*problem, session);
}

}  // namespace censo::cli
