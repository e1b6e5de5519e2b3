#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace censo::cli {

void add_ticket_rate_command(CLI::App& ticket, Session& session) {
  struct Given {
    std::string number, comment;
    std::int64_t score = 0;
  };
  auto given = std::make_shared<Given>();
  auto* command = ticket.add_subcommand("rate", "Say how content you were with how your ticket was handled");
  command->add_option("number", given->number, "INC-17")->required();
  command->add_option("score", given->score, "1 (not at all) to 5 (very)")->required();
  command->add_option("--comment", given->comment, "What you want to say");
  command->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      boost::json::object body{{"score", given->score}};
      if (!given->comment.empty()) body["comment"] = given->comment;
      const auto done = client.post("/api/v1/tickets/" + encoded(given->number) + "/survey", body);
      if (!done) return done.error();
      return {};
    });
  });
}

}  // namespace censo::cli
