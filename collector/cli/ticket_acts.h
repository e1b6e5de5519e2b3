// Commands that move tickets and say something about them.
#pragma once

#include "collector/cli/commands.h"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace censo::cli {

// An event of schemas/tickets that has a command of its own, with the fields that it takes as options.
struct Verb {
  std::string_view event, help;
  std::vector<std::string_view> fields;
};
void add_verbs(CLI::App& command, const std::vector<Verb>& verbs, Session& session);

void add_ticket_act_commands(CLI::App& ticket, Session& session);
// Several at once, merging, watchers and templates.
void add_ticket_crowd_commands(CLI::App& ticket, Session& session);
void add_ticket_attachment_commands(CLI::App& ticket, Session& session);

void add_ticket_reserve_commands(CLI::App& ticket, Session& session);
void add_ticket_excuse_command(CLI::App& ticket, Session& session);
void add_ticket_rate_command(CLI::App& ticket, Session& session);
void add_ticket_suggest_command(CLI::App& ticket, Session& session);
// Tables of what is like a ticket that is to be opened; nothing where nothing is.
void suggest_before_opening(ApiClient& client, const std::string& title, const std::vector<std::string>& cis);

// "--name value", "--name=value" and "name=value" as the fields of a body.
base::Result<boost::json::object> fields_from_words(const std::vector<std::string>& words);

}  // namespace censo::cli
