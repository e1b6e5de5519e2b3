// What is done to a ticket: its events, edits and comments.
#include "collector/cli/ticket_acts.h"

#include "collector/cli/roster_commands.h"

#include "collector/cli/ticket_show.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;
using Fields = std::vector<std::string>;  // NAME=VALUE

const std::vector<Verb> verbs{
    {"assign", "To a group, and to a person in it", {"group", "assignee"}},
    {"start", "Begin to work on a ticket that is yours", {}},
    {"reassign", "To another group or person", {"group", "assignee", "reason"}},
    {"hold",
     "Wait for somebody or something",
     {"hold_reason", "message", "supplier", "supplier_reference", "waits_for", "wake_at"}},
    {"resume", "Go on", {"reason"}},
    {"resolve", "It works again", {"resolution_code", "solution", "category", "cause"}},
    {"reopen", "It does not", {"reason"}},
    {"close", "For good", {"consent"}},
    {"cancel", "It was none", {"cancel_reason", "duplicate_of", "reason"}},
    {"prioritise", "Set the priority by hand", {"priority", "reason"}},
};

struct EventArguments {
  std::string number, event;
  std::vector<std::pair<std::string, std::string>> options;  // field, value as given
  Fields fields;
  std::int64_t version = 0;
};

base::Result<void> send_event(ApiClient& client, const EventArguments& arguments, const Session& session) {
  auto fields = fields_from_words(arguments.fields);
  if (!fields) return fields.error();
  for (const auto& [name, value] : arguments.options)
    if (!value.empty()) (*fields)[name] = value;
  json::object body{{"event", arguments.event}, {"fields", std::move(*fields)}};
  if (arguments.version > 0) body["version"] = arguments.version;
  const auto ticket = client.post(ticket_path(arguments.number) + "/events", std::move(body));
  if (!ticket) return ticket.error();
  print_object(*ticket, ticket_columns, session.output);
  return {};
}

void add_verb(CLI::App& ticket, const Verb& verb, Session& session) {
  auto arguments = std::make_shared<EventArguments>();
  arguments->event = verb.event;
  arguments->options.reserve(verb.fields.size());
  auto* command = ticket.add_subcommand(std::string(verb.event), std::string(verb.help));
  command->add_option("number", arguments->number, "INC-17")->required();
  for (const auto field : verb.fields) {
    auto& option = arguments->options.emplace_back(std::string(field), "");
    std::string dashed(field);
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    command->add_option("--" + dashed, option.second, "The field " + std::string(field));
  }
  command->add_option("--version", arguments->version, "Refuse unless the ticket is at this version");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return send_event(client, *arguments, session); });
  });
}

void add_do(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<EventArguments>();
  auto* command = ticket.add_subcommand("do", "Any event of a ticket: do INC-17 EVENT --FIELD VALUE ...");
  command->fallthrough(false);  // what follows are the event's fields
  command->allow_extras();
  command->add_option("number", arguments->number, "INC-17")->required();
  command->add_option("event", arguments->event, "As `censo ticket show` lists them")->required();
  command->callback([arguments, command, &session] {
    arguments->fields = command->remaining();
    session.run([&](ApiClient& client) { return send_event(client, *arguments, session); });
  });
}

struct NoteArguments {
  std::string number, text;
  bool internal = false;
  std::int64_t minutes = 0;
};

base::Result<void> send_note(ApiClient& client, const NoteArguments& arguments) {
  json::object body{{"text", arguments.text},
                    {"kind", arguments.minutes > 0 ? "work"
                             : arguments.internal  ? "internal"
                                                   : "public"}};
  if (arguments.minutes > 0) body["minutes"] = arguments.minutes;
  const auto done = client.post(ticket_path(arguments.number) + "/notes", std::move(body));
  if (!done) return done.error();
  return {};
}

void add_notes(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<NoteArguments>();
  const auto run = [arguments, &session] {
    session.run([&](ApiClient& client) { return send_note(client, *arguments); });
  };
  auto* comment = ticket.add_subcommand("comment", "Say something about a ticket");
  comment->add_option("number", arguments->number, "INC-17")->required();
  comment->add_option("text", arguments->text, "What there is to say")->required();
  comment->add_flag("--internal", arguments->internal, "Not for the requester");
  comment->callback(run);
  auto* work = ticket.add_subcommand("log", "Log work on a ticket");
  work->add_option("number", arguments->number, "INC-17")->required();
  work->add_option("minutes", arguments->minutes, "How long")->required()->check(CLI::Range(1, 1440));
  work->add_option("text", arguments->text, "What was done")->required();
  work->callback(run);
}

struct EditArguments {
  std::string number, title, description;
  Fields fields;
  std::int64_t version = 0;
};

// With the version that is read here, unless another is given.
base::Result<void> send_edit(ApiClient& client, const EditArguments& arguments, const Session& session) {
  const auto words = fields_from_words(arguments.fields);
  if (!words) return words.error();
  json::object fields;
  json::array clear;
  for (const auto& [name, value] : *words) {
    if (value.as_string().empty())
      clear.emplace_back(name);
    else
      fields[name] = value;
  }
  json::object body{
      {"fields", std::move(fields)}, {"clear", std::move(clear)}, {"version", arguments.version}};
  if (arguments.version == 0) {
    const auto now = client.get(ticket_path(arguments.number));
    if (!now) return now.error();
    body["version"] = now->at("version");
  }
  if (!arguments.title.empty()) body["title"] = arguments.title;
  if (!arguments.description.empty()) body["description"] = arguments.description;
  const auto ticket = client.send("PATCH", ticket_path(arguments.number), {}, body);
  if (!ticket) return ticket.error();
  print_object(*ticket, ticket_columns, session.output);
  return {};
}

void add_edit(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<EditArguments>();
  auto* command = ticket.add_subcommand("edit", "Change title, description or fields");
  command->add_option("number", arguments->number, "INC-17")->required();
  command->add_option("fields", arguments->fields, "FIELD=VALUE; FIELD= takes it away");
  command->add_option("--title", arguments->title, "The title");
  command->add_option("--description", arguments->description, "The description");
  command->add_option("--version", arguments->version, "Refuse unless the ticket is at this version");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return send_edit(client, *arguments, session); });
  });
}

void add_history(CLI::App& ticket, Session& session) {
  static const Columns columns{
      {"when", "/at", Show::age}, {"who", "/actor"},   {"event", "/event"},  {"to", "/to"},
      {"before", "/before"},      {"after", "/after"}, {"reason", "/reason"}};
  auto number = std::make_shared<std::string>();
  auto* command = ticket.add_subcommand("history", "What was done to a ticket");
  command->add_option("number", *number, "INC-17")->required();
  command->callback([number, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(ticket_path(*number) + "/history");
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
}

struct RoleArguments {
  std::string person, role;
  bool remove = false;
};

base::Result<void> change_role(ApiClient& client, const RoleArguments& arguments) {
  const auto path = "/api/v1/desk-roles/" + encoded(arguments.person) + "/" + encoded(arguments.role);
  if (arguments.remove) return client.remove(path);
  const auto done = client.put(path, json::object{});
  if (!done) return done.error();
  return {};
}

struct DeputyArguments {
  std::string person, deputy, from, until;
  bool remove = false;
};

base::Result<void> name_deputy(ApiClient& client, const DeputyArguments& arguments) {
  const auto path = "/api/v1/desk-deputies/" + encoded(arguments.person);
  if (arguments.remove) return client.remove(path);
  const auto done = client.put(
      path, json::object{{"deputy", arguments.deputy}, {"from", arguments.from}, {"until", arguments.until}});
  if (!done) return done.error();
  return {};
}

void add_deputies(CLI::App& desk, Session& session) {
  static const Columns columns{{"person", "/person"},
                               {"deputy", "/deputy"},
                               {"from", "/from"},
                               {"until", "/until"},
                               {"named by", "/named_by"}};
  desk.add_subcommand("deputies", "Who decides in whose stead")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/desk-deputies");
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  auto arguments = std::make_shared<DeputyArguments>();
  auto* deputy = desk.add_subcommand("deputy", "Name who decides in somebody's stead");
  deputy->add_option("person", arguments->person, "Whose: a token's name")->required();
  deputy->add_option("deputy", arguments->deputy, "Who does");
  deputy->add_option("--from", arguments->from, "At once from this time on; left out: where nobody answers");
  deputy->add_option("--until", arguments->until, "Until this time");
  deputy->add_flag("--remove", arguments->remove, "Nobody any more");
  deputy->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return name_deputy(client, *arguments); });
  });
}

}  // namespace

base::Result<json::object> fields_from_words(const std::vector<std::string>& words) {
  json::object fields;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    const bool dashed = word.starts_with("--");
    if (dashed) word.erase(0, 2);
    const auto equals = word.find('=');
    auto name = word.substr(0, equals);
    std::replace(name.begin(), name.end(), '-', '_');
    const bool next_is_value = dashed && equals == word.npos && i + 1 < words.size();
    if (name.empty() || (equals == word.npos && !next_is_value)) {
      return base::fail(base::Errc::invalid_argument,
                        "expected --FIELD VALUE or FIELD=VALUE, found \"" + words[i] + "\"");
    }
    fields[name] = equals != word.npos ? word.substr(equals + 1) : words[++i];
  }
  return fields;
}

void add_verbs(CLI::App& command, const std::vector<Verb>& events, Session& session) {
  for (const auto& verb : events) add_verb(command, verb, session);
}

void add_ticket_act_commands(CLI::App& ticket, Session& session) {
  add_verbs(ticket, verbs, session);
  add_do(ticket, session);
  add_notes(ticket, session);
  add_edit(ticket, session);
  add_history(ticket, session);
  add_catalogue_commands(ticket, session);
  add_ticket_excuse_command(ticket, session);
  add_ticket_rate_command(ticket, session);
  add_ticket_reserve_commands(ticket, session);
}

void add_desk_commands(CLI::App& app, Session& session) {
  static const Columns columns{{"person", "/person"}, {"role", "/role"}};
  auto* desk = app.add_subcommand("desk", "Who may do what at the desk");
  desk->require_subcommand(1);
  desk->add_subcommand("roles", "Roles that were granted besides those of tokens")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/desk-roles");
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  add_deputies(*desk, session);
  add_roster_commands(*desk, session);
  add_people_commands(*desk, session);
  add_assignment_commands(*desk, session);
  add_limit_commands(*desk, session);
  auto arguments = std::make_shared<RoleArguments>();
  auto* grant = desk->add_subcommand("grant", "Grant a role to a token's name, or withdraw it");
  grant->add_option("person", arguments->person, "The token's name")->required();
  grant->add_option("role", arguments->role, "change_manager, approver, ...")->required();
  grant->add_flag("--remove", arguments->remove, "Withdraw it");
  grant->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return change_role(client, *arguments); });
  });
}

}  // namespace censo::cli
