#include "collector/cli/commands.h"

#include "base/text.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns group_columns{{"group", "/name"},
                            {"agents", "/agents"},
                            {"interval", "/settings/interval"},
                            {"exclude", "/settings/exclude"},
                            {"users", "/settings/include_users"},
                            {"tags", "/settings/tags"},
                            {"set", "/updated_at", Show::age},
                            {"by", "/updated_by"}};

struct Arguments {
  std::string group = "default";
  std::vector<std::string> settings;
};

std::string path_of(const std::string& group) {
  return "/api/v1/agent-groups/" + encoded(group);
}

json::array list_of(std::string_view text) {
  json::array list;
  for (const auto part : base::split(text, ',')) {
    if (const auto word = base::trim(part); !word.empty()) list.emplace_back(word);
  }
  return list;
}

// What the collector does not know it refuses itself, with the names that it knows.
base::Result<json::value> value_of(std::string_view name, std::string_view text) {
  if (name == "exclude" || name == "tags") return json::value(list_of(text));
  if (name != "include_users") return json::value(text);
  if (text == "yes" || text == "true") return json::value(true);
  if (text == "no" || text == "false") return json::value(false);
  return base::fail(base::Errc::invalid_argument,
                    "include_users: expected yes or no, found " + std::string(text));
}

base::Result<void> apply(json::object& settings, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return base::fail(base::Errc::invalid_argument,
                      "expected NAME=VALUE, or NAME= to unset it; found " + text);
  const std::string name = text.substr(0, equals), given = text.substr(equals + 1);
  if (given.empty()) {
    settings.erase(name);
    return {};
  }
  auto value = value_of(name, given);
  if (!value) return value.error();
  settings[name] = std::move(*value);
  return {};
}

// A group that there is not yet has no settings.
base::Result<json::object> settings_of(ApiClient& client, const std::string& group) {
  const auto answer = client.get(path_of(group));
  if (answer) return answer->at("settings").as_object();
  if (answer.error().code == base::Errc::not_found) return json::object();
  return answer.error();
}

base::Result<void> set(ApiClient& client, const Arguments& arguments, const Session& session) {
  auto settings = settings_of(client, arguments.group);
  if (!settings) return settings.error();
  for (const auto& text : arguments.settings) {
    if (const auto applied = apply(*settings, text); !applied) return applied.error();
  }
  const auto answer = client.put(path_of(arguments.group), *settings);
  if (!answer) return answer.error();
  print_object(*answer, group_columns, session.output);
  return {};
}

using Action = base::Result<void> (*)(ApiClient&, const Arguments&, const Session&);

std::shared_ptr<Arguments> add(CLI::App& command, Session& session, Action action) {
  auto arguments = std::make_shared<Arguments>();
  command.callback([arguments, action, &session] {
    session.run([&](ApiClient& client) { return action(client, *arguments, session); });
  });
  return arguments;
}

}  // namespace

void add_agent_settings_commands(CLI::App& agent, Session& session) {
  auto* settings =
      agent.add_subcommand("settings", "What agents of a group do, fetched with their next report");
  settings->require_subcommand(1);
  add(*settings->add_subcommand("list", "Groups and their settings"), session,
      [](ApiClient& client, const Arguments&, const Session& in) -> base::Result<void> {
        const auto answer = client.get("/api/v1/agent-groups");
        if (!answer) return answer.error();
        print_list(*answer, group_columns, in.output);
        return {};
      });

  auto* show = settings->add_subcommand("show", "One group's settings");
  const auto shown = add(*show, session,
                         [](ApiClient& client, const Arguments& of, const Session& in) -> base::Result<void> {
                           const auto answer = client.get(path_of(of.group));
                           if (!answer) return answer.error();
                           print_object(*answer, group_columns, in.output);
                           return {};
                         });
  show->add_option("group", shown->group, "Its name")->capture_default_str();

  auto* changed =
      settings->add_subcommand("set", "Change some settings of a group, which is made if it is new");
  const auto to = add(*changed, session, set);
  changed->add_option("group", to->group, "Its name")->required();
  changed->add_option("settings", to->settings,
                      "interval=15m exclude=processes,sockets include_users=no tags=dmz,web; NAME= unsets");

  auto* removed = settings->add_subcommand("rm", "Delete a group; its agents go to the group default");
  const auto gone = add(*removed, session, [](ApiClient& client, const Arguments& of, const Session&) {
    return client.remove(path_of(of.group));
  });
  removed->add_option("group", gone->group, "Its name")->required();

  auto* moved = agent.add_subcommand("move", "Put an agent into a group");
  const auto where =
      add(*moved, session, [](ApiClient& client, const Arguments& of, const Session&) -> base::Result<void> {
        const auto done = client.put("/api/v1/agents/" + encoded(of.settings.at(0)) + "/group",
                                     json::object{{"group", of.group}});
        if (!done) return done.error();
        return {};
      });
  where->settings.resize(1);
  moved->add_option("id", where->settings[0], "Agent id")->required();
  moved->add_option("group", where->group, "The group's name")->required();
}

}  // namespace censo::cli
