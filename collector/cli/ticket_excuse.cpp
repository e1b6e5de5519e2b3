#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {

void add_ticket_excuse_command(CLI::App& ticket, Session& session) {
  struct Given {
    std::string number, target, reason;
    bool remove = false;
  };
  auto given = std::make_shared<Given>();
  auto* command = ticket.add_subcommand("excuse", "Excuse the breach of a target, which stays one");
  command->add_option("number", given->number, "INC-17")->required();
  command->add_option("target", given->target, "resolve")->required();
  auto* reason = command->add_option("reason", given->reason, "Why");
  command->add_flag("--remove", given->remove, "Take it back")->excludes(reason);
  command->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto path =
          "/api/v1/tickets/" + encoded(given->number) + "/targets/" + encoded(given->target) + "/excuse";
      if (given->remove) return client.remove(path);
      const auto done = client.put(path, boost::json::object{{"reason", given->reason}});
      if (!done) return done.error();
      return {};
    });
  });
}

}  // namespace censo::cli
