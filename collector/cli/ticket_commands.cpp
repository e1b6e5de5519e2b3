#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

const Columns ticket_columns{{"number", "/number"},
                             {"title", "/title"},
                             {"state", "/state"},
                             {"requester", "/requester"},
                             {"opened", "/opened_at", Show::age}};
const Columns asset_columns{{"name", "/name"},
                            {"class", "/class"},
                            {"role", "/role"},
                            {"verdict", "/verdict"},
                            {"why", "/reason"},
                            {"last seen", "/last_seen", Show::age},
                            {"last changed", "/last_changed", Show::age}};

std::string ticket_path(const std::string& number) {
  return "/api/v1/tickets/" + encoded(number);
}

struct NewArguments {
  std::string title, description, requester, kind = "incident";
  std::vector<std::string> cis;
};

base::Result<void> open_ticket(ApiClient& client, const NewArguments& arguments, const Session& session) {
  boost::json::array affected;
  for (const auto& ci : arguments.cis) affected.emplace_back(ci);
  const auto ticket =
      client.post("/api/v1/tickets", boost::json::object{{"kind", arguments.kind},
                                                         {"title", arguments.title},
                                                         {"description", arguments.description},
                                                         {"requester", arguments.requester},
                                                         {"affected", std::move(affected)}});
  if (!ticket) return ticket.error();
  print_object(*ticket, ticket_columns, session.output);
  return {};
}

base::Result<void> show_ticket(ApiClient& client, const std::string& number, const Session& session) {
  auto ticket = client.get(ticket_path(number));
  if (!ticket) return ticket.error();
  auto assets = client.get(ticket_path(number) + "/affected-assets");
  if (!assets) return assets.error();
  if (session.output.format != Format::table || !session.output.field.empty()) {
    if (auto* object = ticket->if_object(); object != nullptr && session.output.format == Format::json)
      (*object)["affected_assets"] = *assets;
    print_object(*ticket, ticket_columns, session.output);
    return {};
  }
  print_object(*ticket,
               {{"number", "/number"},
                {"title", "/title"},
                {"state", "/state"},
                {"requester", "/requester"},
                {"opened", "/opened_at", Show::age},
                {"description", "/description"}},
               {});
  const auto& rows = assets->at("items").as_array();
  print_section(fmt::format("Affected assets ({})", rows.size()), rows, asset_columns);
  if (text_at(*assets, "/truncated") == "true") message("there are more; the list was cut");
  return {};
}

void add_new(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<NewArguments>();
  auto* command = ticket.add_subcommand("new", "Open a ticket");
  command->add_option("--title", arguments->title, "What is wrong, in one line")->required();
  command->add_option("--ci", arguments->cis,
                      "Affected item: id, name, serial, MAC or IP address; may be repeated");
  command->add_option("--requester", arguments->requester, "Who reports it");
  command->add_option("--description", arguments->description, "More about it");
  command->add_option("--kind", arguments->kind, "Kind of ticket")->capture_default_str();
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return open_ticket(client, *arguments, session); });
  });
}

struct LinkArguments {
  std::string number, ci, role = "affected";
  bool remove = false;
};

base::Result<void> link(ApiClient& client, const LinkArguments& arguments) {
  const std::string path = ticket_path(arguments.number) + "/cis/" + encoded(arguments.ci);
  if (arguments.remove) return client.remove(path);
  const auto done = client.put(path, boost::json::object{{"role", arguments.role}});
  if (!done) return done.error();
  return {};
}

void add_link(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<LinkArguments>();
  auto* command = ticket.add_subcommand("link", "Link an item to a ticket, or change its role");
  command->add_option("number", arguments->number, "INC-17")->required();
  command->add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
  command->add_option("--role", arguments->role, "affected, cause, changed or excluded")
      ->check(CLI::IsMember({"affected", "cause", "changed", "excluded"}))
      ->capture_default_str();
  command->add_flag("--remove", arguments->remove, "Take the link away");
  command->callback(
      [arguments, &session] { session.run([&](ApiClient& client) { return link(client, *arguments); }); });
}

}  // namespace

void add_ticket_commands(CLI::App& app, Session& session) {
  auto* ticket = app.add_subcommand("ticket", "Tickets and their affected assets");
  ticket->require_subcommand(1);
  add_new(*ticket, session);
  add_link(*ticket, session);

  auto number = std::make_shared<std::string>();
  auto* show = ticket->add_subcommand("show", "One ticket with its affected assets");
  show->add_option("number", *number, "INC-17")->required();
  show->callback([number, &session] {
    session.run([&](ApiClient& client) { return show_ticket(client, *number, session); });
  });

  auto state = std::make_shared<std::string>();
  auto settings = std::make_shared<ListSettings>();
  auto* list = ticket->add_subcommand("list", "Tickets, newest first");
  list->add_option("--state", *state, "Only in this state");
  add_list_options(*list, *settings);
  list->callback([state, settings, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/tickets", {{"state", *state}}, *settings);
      if (!answer) return answer.error();
      print_list(*answer, ticket_columns, session.output);
      return {};
    });
  });
}

}  // namespace censo::cli
