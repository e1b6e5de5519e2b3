#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <utility>

namespace censo::cli {
namespace {

struct RelateArguments {
  std::string from, type, to, note, expires, valid_from, valid_to;
  int confidence = 100;
  bool dry_run = false, not_so = false;
};
using Arguments = std::shared_ptr<RelateArguments>;

Query dry_run_query(const RelateArguments& arguments) {
  return {{"dry_run", arguments.dry_run ? "true" : ""}};
}

Arguments add_common(CLI::App& command) {
  auto arguments = std::make_shared<RelateArguments>();
  command.add_option("from", arguments->from, "Id, name, serial, MAC or IP address")->required();
  command.add_option("type", arguments->type, "Relation type: runs_on, part_of, ... (censo relation list)")
      ->required();
  command.add_option("to", arguments->to, "Id, name, serial, MAC or IP address")->required();
  command.add_flag("--dry-run", arguments->dry_run, "Only say what would change");
  return arguments;
}

void add_text(boost::json::object& body, const char* name, const std::string& text) {
  if (!text.empty()) body[name] = text;
}

void add_relate(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("relate", "Relate two items: censo relate shop part_of web-shop");
  const auto arguments = add_common(*command);
  command->add_option("--note", arguments->note, "Why; kept as evidence");
  command->add_option("--confidence", arguments->confidence, "How sure, in percents")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_option("--expires", arguments->expires, "It ends after this time: 30d");
  command->add_option("--valid-from", arguments->valid_from, "From this moment on: 2026-10-01T00:00Z");
  command->add_option("--valid-to", arguments->valid_to, "Until this moment");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      boost::json::object body{{"type", arguments->type},
                               {"from", arguments->from},
                               {"to", arguments->to},
                               {"confidence", arguments->confidence}};
      add_text(body, "note", arguments->note);
      add_text(body, "expires_in", arguments->expires);
      add_text(body, "valid_from", arguments->valid_from);
      add_text(body, "valid_to", arguments->valid_to);
      const auto answer =
          client.send("POST", "/api/v1/relationships", dry_run_query(*arguments), std::move(body));
      if (!answer) return answer.error();
      print_changes(*answer, session);
      return {};
    });
  });
}

// The id of the first row of `list` ("items", "planned" or "denied") that the arguments name; `of_person`:
// that a person said.
base::Result<std::string> relationship_id(ApiClient& client, const RelateArguments& arguments,
                                          const char* list, bool of_person) {
  const auto to = client.get("/api/v1/cis/" + encoded(arguments.to));
  if (!to) return to.error();
  const auto from = client.get("/api/v1/cis/" + encoded(arguments.from));
  if (!from) return from.error();
  const auto answer = client.get("/api/v1/cis/" + encoded(text_at(*from, "/id")) + "/relationships");
  if (!answer) return answer.error();
  for (const auto& row : answer->at(list).as_array()) {
    const bool same = text_at(row, "/type") == arguments.type &&
                      text_at(row, "/to/id") == text_at(*to, "/id") &&
                      text_at(row, "/from/id") == text_at(*from, "/id");
    if (same && (!of_person || text_at(row, "/origin") == "person")) return text_at(row, "/id");
  }
  return base::fail(base::Errc::not_found, text_at(*from, "/name") + " has no relationship " +
                                               arguments.type + " to " + text_at(*to, "/name") +
                                               (of_person ? " that a person said" : ""));
}

base::Result<void> change(ApiClient& client, const RelateArguments& arguments, const Session& session,
                          const std::pair<std::string, std::string>& method_and_path,
                          const boost::json::value& body) {
  const auto answer =
      client.send(method_and_path.first, method_and_path.second, dry_run_query(arguments), body);
  if (!answer) return answer.error();
  print_changes(*answer, session);
  return {};
}

void add_unrelate(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("unrelate", "End a relationship that a person said");
  const auto arguments = add_common(*command);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      auto id = relationship_id(client, *arguments, "items", true);
      if (!id) id = relationship_id(client, *arguments, "planned", true);
      if (!id) return id.error();
      return change(client, *arguments, session, {"DELETE", "/api/v1/relationships/" + *id}, nullptr);
    });
  });
}

void add_lock(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("lock", "Keep a relationship whatever reports say");
  const auto arguments = add_common(*command);
  command->add_flag("--not-so", arguments->not_so, "It is not so: hide it, and follow no report of it");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto id = relationship_id(client, *arguments, "items", false);
      if (!id) return id.error();
      return change(client, *arguments, session, {"PUT", "/api/v1/relationships/" + *id + "/lock"},
                    boost::json::object{{"so", !arguments->not_so}});
    });
  });
}

void add_unlock(CLI::App& app, Session& session) {
  auto* command = app.add_subcommand("unlock", "Let reports decide about a relationship again");
  const auto arguments = add_common(*command);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      auto id = relationship_id(client, *arguments, "denied", false);
      if (!id) id = relationship_id(client, *arguments, "items", false);
      if (!id) return id.error();
      return change(client, *arguments, session, {"DELETE", "/api/v1/relationships/" + *id + "/lock"},
                    nullptr);
    });
  });
}

}  // namespace

void add_relationship_commands(CLI::App& app, Session& session) {
  add_relate(app, session);
  add_unrelate(app, session);
  add_lock(app, session);
  add_unlock(app, session);
}

}  // namespace censo::cli
