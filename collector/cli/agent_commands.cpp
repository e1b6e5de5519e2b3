#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

const Columns agent_columns{{"id", "/id"},
                            {"name", "/name"},
                            {"state", "/state"},
                            {"group", "/group"},
                            {"probe", "/probe"},
                            {"clone suspected", "/clone_suspected_at", Show::age},
                            {"version", "/version"},
                            {"item", "/ci/name"},
                            {"last report", "/last_report_at", Show::age},
                            {"refresh asked", "/refresh_asked_at", Show::age},
                            {"certificate until", "/certificate_expires_at"}};

// Enrolment tokens, or API tokens: the same three commands.
struct TokenKind {
  std::string path;  // "/api/v1/enrolment-tokens"
  Columns columns;
  std::string shown_once;  // what to say beside a new one
  bool enrols = false;
};

struct NewToken {
  std::string name, expires_in, role, group, probe;
  int max_uses = 0;  // 0: not asked for
};

boost::json::object body_of(const NewToken& token) {
  boost::json::object body{{"name", token.name}, {"expires_in", token.expires_in}};
  if (!token.role.empty()) body["role"] = token.role;
  if (!token.group.empty()) body["group"] = token.group;
  if (!token.probe.empty()) body["probe"] = token.probe;
  if (token.max_uses > 0) body["max_uses"] = token.max_uses;
  return body;
}

// For the other machine, whose curl trusts nobody but the key of this collector.
std::string install_line(const std::string& url, const std::string& pin, const std::string& token) {
  return fmt::format("curl -fsS -k --pinnedpubkey 'sha256//{0}' {1}/enrol.sh | sudo sh -s -- {1} {2}", pin,
                     url, token);
}

base::Result<void> make_token(ApiClient& client, const TokenKind& kind, const NewToken& token,
                              const Session& session) {
  const auto made = client.post(kind.path, body_of(token));
  if (!made) return made.error();
  print_object(*made, {{"token", "/token"}, {"name", "/name"}, {"expires", "/expires_at"}}, session.output);
  if (!session.output.field.empty() || session.output.format != Format::table) return {};
  message(kind.shown_once);
  if (!kind.enrols) return {};
  const auto pin = text_at(*made, "/server_pin"), probe_url = text_at(*made, "/server_url"),
             url = probe_url.empty() ? client.url() : probe_url, secret = text_at(*made, "/token");
  message(pin.empty() ? "censo-agent enroll " + url + " " + secret : install_line(url, pin, secret));
  return {};
}

CLI::App* add_new(CLI::App& tokens, Session& session, const TokenKind& kind,
                  const std::shared_ptr<NewToken>& token) {
  auto* command = tokens.add_subcommand("new", "Make a token; it is shown once");
  command->add_option("--name", token->name, "What it is for")->capture_default_str();
  command->add_option("--expires", token->expires_in, "How long it is good for: 1h, 24h, 90d")
      ->capture_default_str();
  command->callback([kind, token, &session] {
    session.run([&](ApiClient& client) { return make_token(client, kind, *token, session); });
  });
  return command;
}

void add_list_and_revoke(CLI::App& tokens, Session& session, const TokenKind& kind) {
  auto settings = std::make_shared<ListSettings>();
  auto* list = tokens.add_subcommand("list", "Tokens, without their secrets");
  list->callback([kind, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(kind.path);
      if (!answer) return answer.error();
      print_list(*answer, kind.columns, session.output);
      return {};
    });
  });
  auto id = std::make_shared<std::string>();
  auto* revoke = tokens.add_subcommand("revoke", "Make a token worthless");
  revoke->add_option("id", *id, "Its id, from the list")->required();
  revoke->callback([kind, id, &session] {
    session.run([&](ApiClient& client) { return client.remove(kind.path + "/" + encoded(*id)); });
  });
}

base::Result<void> refresh_agents(ApiClient& client, const std::vector<std::string>& ids,
                                  const Session& session) {
  for (const auto& id : ids) {
    const auto agent = client.post("/api/v1/agents/" + encoded(id) + "/refresh", boost::json::object{});
    if (!agent) return agent.error();
    print_object(*agent, agent_columns, session.output);
  }
  if (session.output.format == Format::table && session.output.field.empty())
    message(
        "It comes with the agent's next contact; at once by: systemctl reload censo-agent, on the machine.");
  return {};
}

base::Result<void> show_agent(ApiClient& client, const std::string& id, const Session& session) {
  const auto agent = client.get("/api/v1/agents/" + encoded(id));
  if (!agent) return agent.error();
  print_object(*agent, agent_columns, session.output);
  if (session.output.format != Format::table || !session.output.field.empty()) return {};
  const auto section = [&](std::string_view heading, std::string_view name, const Columns& columns) {
    const auto* rows = agent->as_object().if_contains(name);
    if (rows != nullptr && rows->is_array()) print_section(heading, rows->get_array(), columns);
  };
  section("Problems of its last report", "problems",
          {{"source", "/source"}, {"code", "/code"}, {"message", "/message"}, {"where", "/where"}});
  section("Events", "events",
          {{"last", "/last_at", Show::age}, {"times", "/times"}, {"what", "/what"}, {"detail", "/detail"}});
  section("Items that it reports (more than one: its state was copied)", "items",
          {{"id", "/id"}, {"class", "/class"}, {"name", "/name"}});
  return {};
}

}  // namespace

void add_agent_commands(CLI::App& app, Session& session) {
  auto* agent = app.add_subcommand("agent", "Agents, and the tokens that enrol them");
  agent->require_subcommand(1);

  auto settings = std::make_shared<ListSettings>();
  auto probe = std::make_shared<std::string>();
  auto* list = agent->add_subcommand("list", "Enrolled agents");
  list->add_option("--probe", *probe, "Those that report through this one");
  add_list_options(*list, *settings);
  list->callback([settings, probe, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/agents", {{"probe", *probe}}, *settings);
      if (!answer) return answer.error();
      print_list(*answer, agent_columns, session.output);
      return {};
    });
  });

  auto id = std::make_shared<std::string>();
  auto* show =
      agent->add_subcommand("show", "One agent with the problems of its last report, its events and items");
  show->add_option("id", *id, "Agent id")->required();
  show->callback(
      [id, &session] { session.run([&](ApiClient& client) { return show_agent(client, *id, session); }); });
  auto* revoke = agent->add_subcommand("revoke", "Refuse an agent's certificate from now on");
  revoke->add_option("id", *id, "Agent id")->required();
  revoke->callback([id, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto done = client.post("/api/v1/agents/" + encoded(*id) + "/revoke", boost::json::object{});
      if (!done) return done.error();
      return {};
    });
  });

  auto ids = std::make_shared<std::vector<std::string>>();
  auto* refresh = agent->add_subcommand("refresh", "Ask for a report of everything with the next contact");
  refresh->add_option("id", *ids, "Agent ids")->required();
  refresh->callback([ids, &session] {
    session.run([&](ApiClient& client) { return refresh_agents(client, *ids, session); });
  });

  add_agent_settings_commands(*agent, session);

  const TokenKind kind{
      "/api/v1/enrolment-tokens",
      {{"id", "/id"}, {"name", "/name"}, {"expires", "/expires_at"}, {"uses", "/uses"}, {"of", "/max_uses"}},
      "Shown once. On a machine with the agent: censo-agent enroll URL TOKEN. On one without, or as it says:",
      true};
  auto* tokens = agent->add_subcommand("token", "Enrolment tokens");
  tokens->require_subcommand(1);
  auto token = std::make_shared<NewToken>(NewToken{"agents", "24h", "", "default", "", 1});
  auto* made = add_new(*tokens, session, kind, token);
  made->add_option("--group", token->group, "The group that they join")->capture_default_str();
  made->add_option("--probe", token->probe, "The probe through which they enrol and report");
  made->add_option("--max-uses", token->max_uses, "How many machines may use it")->capture_default_str();
  add_list_and_revoke(*tokens, session, kind);
}

void add_token_commands(CLI::App& app, Session& session) {
  const TokenKind kind{
      "/api/v1/api-tokens",
      {{"id", "/id"}, {"name", "/name"}, {"role", "/role"}, {"expires", "/expires_at"}},
      "Shown once. Keep it in a file that only you can read, for `censo login --token-file`."};
  auto* tokens = app.add_subcommand("token", "API tokens of people and programs");
  tokens->require_subcommand(1);
  auto token = std::make_shared<NewToken>(NewToken{"", "90d", "viewer", "", "", 0});
  auto* made = add_new(*tokens, session, kind, token);
  made->get_option("--name")->required();
  made->add_option("--role", token->role, "viewer, technician, admin, event_sender or calendar_reader")
      ->check(CLI::IsMember({"viewer", "technician", "admin", "event_sender", "calendar_reader"}))
      ->capture_default_str();
  add_list_and_revoke(*tokens, session, kind);
}

}  // namespace censo::cli
