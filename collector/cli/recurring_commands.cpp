// Tickets that time makes: on a schedule, and before dates of items.
#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {
namespace {

const Columns recurring_columns{{"name", "/name"},      {"template", "/template"}, {"schedule", "/schedule"},
                                {"zone", "/zone"},      {"next", "/next_at"},      {"last", "/last_ticket"},
                                {"problem", "/problem"}};
const Columns rule_columns{{"rule", "/rule"},        {"classes", "/classes"}, {"attribute", "/attribute"},
                           {"days", "/days_before"}, {"kind", "/kind"},       {"group", "/group"}};

struct RecurringArguments {
  std::string name, model, schedule, zone;
};

std::string path_of(const std::string& name) {
  return "/api/v1/recurring-tickets/" + encoded(name);
}

}  // namespace

void add_recurring_commands(CLI::App& ticket, Session& session) {
  auto* recurring = ticket.add_subcommand("recurring", "Tickets that come again and again, from templates");
  recurring->require_subcommand(1);
  recurring->add_subcommand("list", "All of them, and when they come next")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/recurring-tickets");
      if (!answer) return answer.error();
      print_list(*answer, recurring_columns, session.output);
      return {};
    });
  });
  auto given = std::make_shared<RecurringArguments>();
  auto* set = recurring->add_subcommand("set", "Have tickets opened on a schedule");
  set->add_option("name", given->name, "backup_test")->required();
  set->add_option("--template", given->model, "Of censo ticket template")->required();
  set->add_option("--schedule", given->schedule, "\"0 8 1 * *\" or \"every 168h\"")->required();
  set->add_option("--zone", given->zone, "Europe/Madrid")->required();
  set->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto made = client.put(path_of(given->name), boost::json::object{{"template", given->model},
                                                                             {"schedule", given->schedule},
                                                                             {"zone", given->zone}});
      if (!made) return made.error();
      print_object(*made, recurring_columns, session.output);
      return {};
    });
  });
  auto name = std::make_shared<std::string>();
  auto* remove = recurring->add_subcommand("remove", "Have them opened no more");
  remove->add_option("name", *name, "Its name")->required();
  remove->callback(
      [name, &session] { session.run([&](ApiClient& client) { return client.remove(path_of(*name)); }); });
  ticket.add_subcommand("date-rules", "Which dates of items make a task, and how long ahead")
      ->callback([&session] {
        session.run([&](ApiClient& client) -> base::Result<void> {
          const auto answer = client.get("/api/v1/date-rules");
          if (!answer) return answer.error();
          print_list(*answer, rule_columns, session.output);
          return {};
        });
      });
}

}  // namespace censo::cli
