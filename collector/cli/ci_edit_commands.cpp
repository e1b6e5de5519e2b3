#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <utility>

namespace censo::cli {
namespace {

const Columns purge_columns{{"at", "/at", Show::age}, {"id", "/id"},         {"name", "/name"},
                            {"class", "/class"},      {"person", "/person"}, {"reason", "/reason"}};

std::string ci_path(const std::string& ci) {
  return "/api/v1/cis/" + encoded(ci);
}

Query dry_run_query(bool dry_run) {
  return {{"dry_run", dry_run ? "true" : ""}};
}

// "location=Madrid" and so on; "name=" and "class=" are those of the item.
base::Result<void> add_settings(boost::json::object& body, const std::vector<std::string>& settings) {
  boost::json::object attributes;
  for (const auto& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == setting.size())
      return base::fail(base::Errc::invalid_argument, "expected ATTRIBUTE=VALUE, found \"" + setting +
                                                          "\"; take a value back with release");
    const auto name = setting.substr(0, equals), value = setting.substr(equals + 1);
    if (name == "name" || name == "class")
      body[name] = value;
    else
      attributes[name] = value;
  }
  if (!attributes.empty()) body["attributes"] = std::move(attributes);
  return {};
}

struct EditArguments {
  std::string ci, class_name, name, stage, status, reason;
  std::vector<std::string> settings;
  bool dry_run = false, yes = false;
};
using Arguments = std::shared_ptr<EditArguments>;

Arguments add_common(CLI::App& command, bool with_ci) {
  auto arguments = std::make_shared<EditArguments>();
  if (with_ci) command.add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
  command.add_flag("--dry-run", arguments->dry_run, "Only say what would change");
  return arguments;
}

base::Result<void> patch(ApiClient& client, const EditArguments& arguments, boost::json::object body,
                         const Session& session) {
  const auto answer =
      client.send("PATCH", ci_path(arguments.ci), dry_run_query(arguments.dry_run), std::move(body));
  if (!answer) return answer.error();
  print_changes(*answer, session);
  return {};
}

void add_new(CLI::App& ci, Session& session) {
  auto* command = ci.add_subcommand("new", "Make an item by hand");
  const auto arguments = add_common(*command, false);
  command->add_option("--class", arguments->class_name, "Its class: server, business_service, ...")
      ->required();
  command->add_option("--name", arguments->name, "What people call it")->required();
  command->add_option("--stage", arguments->stage, "Life-cycle stage; default: operate");
  command->add_option("--status", arguments->status, "A status of that stage");
  command->add_option("values", arguments->settings, "ATTRIBUTE=VALUE, any number");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      boost::json::object body{{"class", arguments->class_name}, {"name", arguments->name}};
      if (auto added = add_settings(body, arguments->settings); !added) return added;
      if (!arguments->stage.empty()) body["stage"] = arguments->stage;
      if (!arguments->status.empty()) body["status"] = arguments->status;
      const auto answer =
          client.send("POST", "/api/v1/cis", dry_run_query(arguments->dry_run), std::move(body));
      if (!answer) return answer.error();
      print_object(*answer, {{"id", "/id"}, {"name", "/name"}, {"class", "/class"}, {"stage", "/stage"}},
                   session.output);
      if (arguments->dry_run) message("a dry run: nothing was changed");
      return {};
    });
  });
}

void add_set(CLI::App& ci, Session& session) {
  auto* command = ci.add_subcommand("set", "Set values; they win over all reports until they are released");
  const auto arguments = add_common(*command, true);
  command->add_option("values", arguments->settings, "ATTRIBUTE=VALUE, also name=... and class=...")
      ->required();
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      boost::json::object body;
      if (auto added = add_settings(body, arguments->settings); !added) return added;
      return patch(client, *arguments, std::move(body), session);
    });
  });
}

void add_release(CLI::App& ci, Session& session) {
  auto* command = ci.add_subcommand("release", "Take set values back: what sources report is shown again");
  const auto arguments = add_common(*command, true);
  command->add_option("attributes", arguments->settings, "Attributes, also name and class")->required();
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      return patch(client, *arguments, {{"release", boost::json::value_from(arguments->settings)}}, session);
    });
  });
}

void add_stage(CLI::App& ci, Session& session) {
  auto* command = ci.add_subcommand("stage", "Put an item into a stage of its life cycle");
  const auto arguments = add_common(*command, true);
  command->add_option("stage", arguments->stage, "plan, deploy, operate, stock or retired")->required();
  command->add_option("--status", arguments->status, "A status of that stage, such as in_repair");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      boost::json::object body{{"stage", arguments->stage}};
      if (!arguments->status.empty()) body["status"] = arguments->status;
      return patch(client, *arguments, std::move(body), session);
    });
  });
}

void add_retire(CLI::App& ci, Session& session) {
  auto* command = ci.add_subcommand("retire", "End an item's life; it and its history stay");
  const auto arguments = add_common(*command, true);
  command->add_option("--status", arguments->status, "retired, disposed, lost or stolen");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      boost::json::object body{{"stage", "retired"}};
      if (!arguments->status.empty()) body["status"] = arguments->status;
      return patch(client, *arguments, std::move(body), session);
    });
  });
}

void add_purge(CLI::App& ci, Session& session) {
  auto* command = ci.add_subcommand("purge", "Take an item and its history away for good (admin)");
  const auto arguments = add_common(*command, true);
  command->add_flag("--yes", arguments->yes, "Needed: it cannot be taken back");
  command->add_option("--reason", arguments->reason, "Why; kept in the purge log");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      if (!arguments->yes && !arguments->dry_run)
        return base::fail(base::Errc::invalid_argument,
                          "a purge cannot be taken back: say --yes, or look first with --dry-run; "
                          "censo ci retire keeps the history");
      Query query = dry_run_query(arguments->dry_run);
      query.emplace_back("purge", "true");
      query.emplace_back("reason", arguments->reason);
      const auto answer = client.send("DELETE", ci_path(arguments->ci), query);
      if (!answer) return answer.error();
      print_list(boost::json::object{{"items", answer->at("purged")}},
                 {{"id", "/id"}, {"name", "/name"}, {"class", "/class"}}, session.output);
      if (arguments->dry_run) message("a dry run: nothing was changed");
      return {};
    });
  });
}

void add_purges(CLI::App& ci, Session& session) {
  auto list = std::make_shared<ListSettings>();
  auto* command = ci.add_subcommand("purges", "Items that were purged, newest first (admin)");
  add_list_options(*command, *list);
  command->callback([list, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/purges", {}, *list);
      if (!answer) return answer.error();
      print_list(*answer, purge_columns, session.output);
      return {};
    });
  });
}

}  // namespace

void print_changes(const boost::json::value& answer, const Session& session) {
  print_list(boost::json::object{{"items", answer.at("changes")}},
             {{"what", "/what"}, {"subject", "/subject"}, {"old", "/old"}, {"new", "/new"}, {"item", "/ci"}},
             session.output);
  if (text_at(answer, "/dry_run") == "true") message("a dry run: nothing was changed");
}

void add_ci_edit_commands(CLI::App& ci, Session& session) {
  add_new(ci, session);
  add_set(ci, session);
  add_release(ci, session);
  add_stage(ci, session);
  add_retire(ci, session);
  add_purge(ci, session);
  add_purges(ci, session);
}

}  // namespace censo::cli
