#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"
#include "collector/cli/ticket_show.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

struct NewArguments {
  std::string title, description, requester, kind, model;
  std::vector<std::string> cis, fields;
};

base::Result<void> open_ticket(ApiClient& client, const NewArguments& arguments, const Session& session) {
  if (arguments.title.empty() && arguments.model.empty())
    return base::fail(base::Errc::invalid_argument, "expected --title, or --template with one");
  boost::json::array affected;
  for (const auto& ci : arguments.cis) affected.emplace_back(ci);
  boost::json::object fields;
  for (const auto& field : arguments.fields) {
    const auto equals = field.find('=');
    if (equals == field.npos || equals == 0)
      return base::fail(base::Errc::invalid_argument, "expected FIELD=VALUE, found \"" + field + "\"");
    fields[field.substr(0, equals)] = field.substr(equals + 1);
  }
  boost::json::object body{{"affected", std::move(affected)}, {"fields", std::move(fields)}};
  const std::pair<std::string_view, const std::string&> given[]{{"kind", arguments.kind},
                                                                {"title", arguments.title},
                                                                {"description", arguments.description},
                                                                {"requester", arguments.requester},
                                                                {"template", arguments.model}};
  for (const auto& [name, value] : given)
    if (!value.empty()) body[name] = value;
  if (session.output.format == Format::table && !arguments.title.empty())
    suggest_before_opening(client, arguments.title, arguments.cis);
  const auto ticket = client.post("/api/v1/tickets", std::move(body));
  if (!ticket) return ticket.error();
  print_object(*ticket, ticket_columns, session.output);
  return {};
}

void add_new(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<NewArguments>();
  auto* command = ticket.add_subcommand("new", "Open a ticket");
  command->add_option("--title", arguments->title, "What is wrong, in one line");
  command->add_option("--template", arguments->model, "What it begins with: censo ticket template list");
  command->add_option("--ci", arguments->cis,
                      "Affected item: id, name, serial, MAC or IP address; may be repeated");
  command->add_option("--requester", arguments->requester, "Who reports it");
  command->add_option("--description", arguments->description, "More about it");
  command->add_option("--set", arguments->fields, "FIELD=VALUE, as impact=2; may be repeated");
  command->add_option("--kind", arguments->kind,
                      "Kind of ticket; incident unless the template says otherwise");
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

struct RelateArguments {
  std::string number, relation, other;
  bool remove = false;
};

base::Result<void> relate(ApiClient& client, const RelateArguments& arguments) {
  const auto path = ticket_path(arguments.number) + "/related/" + encoded(arguments.relation) + "/" +
                    encoded(arguments.other);
  if (arguments.remove) return client.remove(path);
  const auto done = client.put(path, boost::json::object{});
  if (!done) return done.error();
  return {};
}

void add_relate(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<RelateArguments>();
  auto* command = ticket.add_subcommand("relate", "Say of a ticket what another one is to it");
  command->add_option("number", arguments->number, "PRB-2")->required();
  command->add_option("relation", arguments->relation, "incident, solved_by, caused_by, contains")
      ->required();
  command->add_option("other", arguments->other, "INC-17")->required();
  command->add_flag("--remove", arguments->remove, "It is not so");
  command->callback(
      [arguments, &session] { session.run([&](ApiClient& client) { return relate(client, *arguments); }); });
}

// Each is a parameter of the list as well.
struct ListArguments {
  std::string state, kind, priority, assignee, group, requester, watcher, tenant, ci, due_before, sort;
  bool open = false, breached = false;
  ListSettings settings;
};

void add_ticket_list(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = ticket.add_subcommand("list", "Tickets, newest first or by due time");
  list->add_option("--state", arguments->state, "Only in this state");
  list->add_flag("--open", arguments->open, "Only those whose state is not final");
  list->add_option("--kind", arguments->kind, "incident, change, ...");
  list->add_option("--priority", arguments->priority, "1 to 5");
  list->add_option("--assignee", arguments->assignee, "Who works on it");
  list->add_option("--group", arguments->group, "Whose it is");
  list->add_option("--requester", arguments->requester, "Who reported it");
  list->add_option("--watcher", arguments->watcher, "Who watches it");
  list->add_option("--tenant", arguments->tenant, "Whose it is");
  list->add_option("--ci", arguments->ci, "That has this item linked");
  list->add_flag("--breached", arguments->breached, "Only those with a service level that was not kept");
  list->add_option("--due-before", arguments->due_before, "Only those due before this time (ISO 8601)");
  list->add_option("--sort", arguments->sort, "newest, or due: the earliest first, only what has a due time")
      ->check(CLI::IsMember({"newest", "due"}));
  add_list_options(*list, arguments->settings);
  list->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/tickets",
                                     {{"state", arguments->open ? "open" : arguments->state},
                                      {"kind", arguments->kind},
                                      {"priority", arguments->priority},
                                      {"assignee", arguments->assignee},
                                      {"group", arguments->group},
                                      {"requester", arguments->requester},
                                      {"watcher", arguments->watcher},
                                      {"tenant", arguments->tenant},
                                      {"ci", arguments->ci},
                                      {"breached", arguments->breached ? "true" : ""},
                                      {"due_before", arguments->due_before},
                                      {"sort", arguments->sort}},
                                     arguments->settings);
      if (!answer) return answer.error();
      print_list(*answer, ticket_columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_ticket_commands(CLI::App& app, Session& session) {
  auto* ticket = app.add_subcommand("ticket", "Tickets and their affected assets");
  ticket->require_subcommand(1);
  add_new(*ticket, session);
  add_ticket_suggest_command(*ticket, session);
  add_link(*ticket, session);
  add_relate(*ticket, session);

  auto number = std::make_shared<std::string>();
  auto* show = ticket->add_subcommand("show", "One ticket with its affected assets");
  show->add_option("number", *number, "INC-17")->required();
  show->callback([number, &session] {
    session.run([&](ApiClient& client) { return show_ticket(client, *number, session); });
  });

  add_ticket_list(*ticket, session);
  add_ticket_act_commands(*ticket, session);
  add_ticket_crowd_commands(*ticket, session);
  add_recurring_commands(*ticket, session);
  add_ticket_attachment_commands(*ticket, session);
}

}  // namespace censo::cli
