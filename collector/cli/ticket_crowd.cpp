// Several tickets at once, duplicates, who watches them, and what new ones begin with.
#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"
#include "collector/cli/ticket_show.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;
using Words = std::vector<std::string>;

base::Result<void> move_all(ApiClient& client, const Words& numbers, const std::string& event,
                            json::object fields, const Session& session) {
  json::array tickets;
  for (const auto& number : numbers) tickets.emplace_back(number);
  const auto moved = client.post(
      "/api/v1/ticket-events",
      json::object{{"tickets", std::move(tickets)}, {"event", event}, {"fields", std::move(fields)}});
  if (!moved) return moved.error();
  print_list(*moved, ticket_columns, session.output);
  return {};
}

struct BulkArguments {
  std::string event;
  Words numbers, fields;
};

void add_bulk(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<BulkArguments>();
  auto* command = ticket.add_subcommand("bulk", "Move several tickets by one event: all, or none");
  command->add_option("event", arguments->event, "assign, resolve, ...")->required();
  command->add_option("numbers", arguments->numbers, "INC-17 INC-18 ...")->required();
  command->add_option("--set", arguments->fields, "FIELD=VALUE of the event; may be repeated");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      auto fields = fields_from_words(arguments->fields);
      if (!fields) return fields.error();
      return move_all(client, arguments->numbers, arguments->event, std::move(*fields), session);
    });
  });
}

struct MergeArguments {
  Words numbers;
  std::string into;
};

void add_merge(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<MergeArguments>();
  auto* command =
      ticket.add_subcommand("merge", "Cancel duplicates; what they know goes over to the other ticket");
  command->add_option("numbers", arguments->numbers, "INC-18 INC-19 ...")->required();
  command->add_option("--into", arguments->into, "The ticket that stays")->required();
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      return move_all(client, arguments->numbers, "cancel",
                      {{"cancel_reason", "duplicate"}, {"duplicate_of", arguments->into}}, session);
    });
  });
}

struct WatchArguments {
  std::string number, person;
  bool remove = false;
};

void add_watch(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<WatchArguments>();
  auto* command = ticket.add_subcommand("watch", "Follow a ticket: censo ticket list --watcher NAME");
  command->add_option("number", arguments->number, "INC-17")->required();
  command->add_option("person", arguments->person, "Who follows it: a token's name")->required();
  command->add_flag("--remove", arguments->remove, "No more");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto path = ticket_path(arguments->number) + "/watchers/" + encoded(arguments->person);
      if (arguments->remove) return client.remove(path);
      const auto done = client.put(path, json::object{});
      if (!done) return done.error();
      return {};
    });
  });
}

struct TemplateArguments {
  std::string name, kind = "incident", title, description;
  Words fields;
};

base::Result<void> put_template(ApiClient& client, const TemplateArguments& arguments) {
  auto fields = fields_from_words(arguments.fields);
  if (!fields) return fields.error();
  const auto done = client.put("/api/v1/ticket-templates/" + encoded(arguments.name),
                               json::object{{"kind", arguments.kind},
                                            {"title", arguments.title},
                                            {"description", arguments.description},
                                            {"fields", std::move(*fields)}});
  if (!done) return done.error();
  return {};
}

void add_templates(CLI::App& ticket, Session& session) {
  static const Columns columns{{"name", "/name"},     {"kind", "/kind"},         {"title", "/title"},
                               {"fields", "/fields"}, {"written by", "/person"}, {"when", "/at", Show::age}};
  auto* templates = ticket.add_subcommand("template", "What new tickets begin with");
  templates->require_subcommand(1);
  templates->add_subcommand("list", "All of them")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/ticket-templates");
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  auto arguments = std::make_shared<TemplateArguments>();
  auto* put = templates->add_subcommand("set", "Write one, or another one of its name");
  put->add_option("name", arguments->name, "new_laptop")->required();
  put->add_option("--kind", arguments->kind, "Kind of ticket")->capture_default_str();
  put->add_option("--title", arguments->title, "The title")->required();
  put->add_option("--description", arguments->description, "The description");
  put->add_option("--set", arguments->fields, "FIELD=VALUE; may be repeated");
  put->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return put_template(client, *arguments); });
  });
  auto* remove = templates->add_subcommand("remove", "Remove one");
  remove->add_option("name", arguments->name, "new_laptop")->required();
  remove->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      return client.remove("/api/v1/ticket-templates/" + encoded(arguments->name));
    });
  });
}

}  // namespace

void add_ticket_crowd_commands(CLI::App& ticket, Session& session) {
  add_bulk(ticket, session);
  add_merge(ticket, session);
  add_watch(ticket, session);
  add_templates(ticket, session);
}

}  // namespace censo::cli
