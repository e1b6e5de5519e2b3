#include "collector/cli/commands.h"
#include "collector/cli/ticket_show.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <utility>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns detected_columns{{"id", "/id"},     {"when", "/at", Show::age}, {"item", "/ci/name"},
                               {"what", "/what"}, {"subject", "/subject"},    {"old", "/old"},
                               {"new", "/new"},   {"state", "/state"},        {"verdict", "/verdict"},
                               {"rule", "/rule"}, {"change", "/change"}};
const Columns group_columns{{"group", "/group"},
                            {"item", "/ci/name"},
                            {"class", "/ci/class"},
                            {"first", "/first_at", Show::age},
                            {"last", "/last_at", Show::age},
                            {"changes", "/changes"},
                            {"the first", "/subject"}};

struct ListArguments {
  std::string state, ci, change, group, since, until;
  ListSettings settings;
};

void add_list(CLI::App& detected, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = detected.add_subcommand("list", "Differences that reports told, newest first");
  list->add_option("--state", arguments->state,
                   "new, noise, expected, matched, unauthorised, accepted or reverted");
  list->add_option("--ci", arguments->ci, "Of this item");
  list->add_option("--change", arguments->change, "Matched with this change, or accepted as it");
  list->add_option("--group", arguments->group, "Of this group of unauthorised ones");
  list->add_option("--since", arguments->since, "2026-10-01T12:00Z");
  list->add_option("--until", arguments->until, "2026-10-01T12:00Z");
  add_list_options(*list, arguments->settings);
  list->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/detected-changes",
                                     {{"state", arguments->state},
                                      {"ci", arguments->ci},
                                      {"change", arguments->change},
                                      {"group", arguments->group},
                                      {"since", arguments->since},
                                      {"until", arguments->until}},
                                     arguments->settings);
      if (!answer) return answer.error();
      print_list(*answer, detected_columns, session.output);
      return {};
    });
  });
}

void add_groups(CLI::App& detected, Session& session) {
  auto settings = std::make_shared<ListSettings>();
  auto* groups = detected.add_subcommand("unauthorised", "Unauthorised changes, grouped by item and time");
  add_list_options(*groups, *settings);
  groups->callback([settings, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/unauthorised-changes", {}, *settings);
      if (!answer) return answer.error();
      print_list(*answer, group_columns, session.output);
      return {};
    });
  });
}

void add_show(CLI::App& detected, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* show = detected.add_subcommand("show", "One detected change");
  show->add_option("id", *id, "Its id")->required();
  show->callback([id, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/detected-changes/" + encoded(*id));
      if (!answer) return answer.error();
      Columns columns = detected_columns;
      for (const Column& more :
           {Column{"not before", "/not_before"}, Column{"told by", "/origin"},
            Column{"decided by", "/decided_by"}, Column{"reason", "/reason"}, Column{"group", "/group"}})
        columns.push_back(more);
      print_object(*answer, columns, session.output);
      return {};
    });
  });
}

struct VerdictArguments {
  std::string id, reason, change, until;
  bool group = false, whole_class = false, same_value = false;
};

base::Result<void> send(ApiClient& client, const VerdictArguments& arguments, const std::string& verdict,
                        json::object body, const Session& session) {
  body["reason"] = arguments.reason;
  const auto answer =
      client.post("/api/v1/detected-changes/" + encoded(arguments.id) + "/" + verdict, std::move(body));
  if (!answer) return answer.error();
  print_object(*answer, verdict == "accept" ? ticket_columns : detected_columns, session.output);
  return {};
}

CLI::App* add_verdict(CLI::App& detected, const std::string& name, const std::string& help,
                      const std::shared_ptr<VerdictArguments>& arguments) {
  auto* command = detected.add_subcommand(name, help);
  command->add_option("id", arguments->id, "Its id")->required();
  command->add_option("--reason", arguments->reason, "Why")->required();
  return command;
}

void add_verdicts(CLI::App& detected, Session& session) {
  auto arguments = std::make_shared<VerdictArguments>();
  auto* accept = add_verdict(detected, "accept", "Make a retrospective change of it", arguments);
  accept->add_flag("--group", arguments->group, "Of its whole group");
  accept->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      return send(client, *arguments, "accept", {{"group", arguments->group}}, session);
    });
  });
  auto* match = add_verdict(detected, "match", "Say which change made it", arguments);
  match->add_option("--change", arguments->change, "CHG-3")->required();
  match->callback([arguments, &session] {
    session.run([&](ApiClient& client) {
      return send(client, *arguments, "match", {{"change", arguments->change}}, session);
    });
  });
  for (const std::string state : {"noise", "expected"}) {
    auto* dismiss =
        add_verdict(detected, state, "Say that it is " + state + ", perhaps from now on", arguments);
    dismiss->add_option("--until", arguments->until, "The same difference is so by itself until then");
    dismiss->add_flag("--whole-class", arguments->whole_class, "On every item of its class");
    dismiss->add_flag("--same-value", arguments->same_value, "Only with the same new value");
    dismiss->callback([arguments, state, &session] {
      json::object body{
          {"state", state}, {"whole_class", arguments->whole_class}, {"any_value", !arguments->same_value}};
      if (!arguments->until.empty()) body["until"] = arguments->until;
      session.run([&](ApiClient& client) { return send(client, *arguments, "dismiss", body, session); });
    });
  }
}

}  // namespace

void add_detected_commands(CLI::App& app, Session& session) {
  auto* detected = app.add_subcommand("detected", "Changes that reports told, and who had agreed to them");
  detected->require_subcommand(1);
  add_list(*detected, session);
  add_groups(*detected, session);
  add_show(*detected, session);
  add_verdicts(*detected, session);
}

}  // namespace censo::cli
