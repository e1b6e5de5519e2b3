#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <vector>

namespace censo::cli {
namespace {

constexpr int differs = 8;  // the exit status of docs/cli.md

const Columns history_columns{{"at", "/at"},   {"what", "/what"},   {"subject", "/subject"}, {"old", "/old"},
                              {"new", "/new"}, {"times", "/times"}, {"origin", "/origin"}};
const Columns baseline_columns{{"name", "/name"},        {"at", "/at"},         {"of", "/of"},
                               {"items", "/items"},      {"by", "/created_by"}, {"id", "/id"},
                               {"about", "/description"}};

std::string ci_path(const std::string& ci) {
  return "/api/v1/cis/" + encoded(ci);
}

struct HistoryArguments {
  std::string ci, class_name, attribute, subject, what, origin, since, until, at;
  ListSettings list;

  Query query() const {
    Query given;
    for (const auto& [name, value] : Query{{"class", class_name},
                                           {"attribute", attribute},
                                           {"subject", subject},
                                           {"what", what},
                                           {"origin", origin},
                                           {"since", since},
                                           {"until", until},
                                           {"at", at}}) {
      if (!value.empty()) given.emplace_back(name, value);
    }
    return given;
  }
};

void add_filters(CLI::App& command, HistoryArguments& arguments) {
  command.add_option("--attribute", arguments.attribute, "Changes of this attribute");
  command.add_option("--subject", arguments.subject, "With this text in the subject: a package, a relation");
  command.add_option("--what", arguments.what,
                     "created, attribute, component, component_added, relationship, stage, conflict, ...");
  command.add_option("--origin", arguments.origin, "Said by: agent, scanner, person, or \"agent <id>\"");
  command.add_option("--since", arguments.since,
                     "From this moment on: 2026-10-01T12:00Z, or 7d for the last week");
  command.add_option("--until", arguments.until, "Up to this moment, written in the same way");
  add_list_options(command, arguments.list);
}

void add_ci_history(CLI::App& ci, Session& session) {
  auto arguments = std::make_shared<HistoryArguments>();
  auto* command = ci.add_subcommand("history", "What changed on an item, newest first");
  command->add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
  command->add_option("--at", arguments->at, "As it was known at this moment: 2026-10-01T12:00Z");
  add_filters(*command, *arguments);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer =
          fetch_list(client, ci_path(arguments->ci) + "/history", arguments->query(), arguments->list);
      if (!answer) return answer.error();
      print_list(*answer, history_columns, session.output);
      return {};
    });
  });
}

struct RowsArguments {
  std::string ci, class_name, at;
};

// One list below an item, as a table of its own.
void add_rows(CLI::App& ci, Session& session, const char* name, const char* about, const Columns& columns) {
  auto arguments = std::make_shared<RowsArguments>();
  auto* command = ci.add_subcommand(name, about);
  const std::string path = std::string("/") + name;
  command->add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
  if (path == "/components") command->add_option("--class", arguments->class_name, "Of this class");
  if (path != "/attributes") command->add_option("--at", arguments->at, "As it was: 2026-10-01T12:00Z");
  command->callback([arguments, path, columns, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      Query query;
      if (!arguments->class_name.empty()) query.emplace_back("class", arguments->class_name);
      if (!arguments->at.empty()) query.emplace_back("at", arguments->at);
      const auto answer = client.get(ci_path(arguments->ci) + path, query);
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      if (const auto lacking = text_at(*answer, "/without_past"); !lacking.empty()) {
        message("these classes have no past: " + lacking);
      }
      return {};
    });
  });
}

void add_history(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<HistoryArguments>();
  auto* command = app.add_subcommand("history", "What changed anywhere, newest first");
  command->add_option("--class", arguments->class_name, "On items of this class or a subclass");
  add_filters(*command, *arguments);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/history", arguments->query(), arguments->list);
      if (!answer) return answer.error();
      Columns columns = history_columns;
      columns.insert(columns.begin() + 1, Column{"item", "/ci/name"});
      print_list(*answer, columns, session.output);
      return {};
    });
  });
}

struct NewBaseline {
  std::string name, at, class_name, text, query, description;
  std::vector<std::string> cis;
};

// The items that a search finds at the baseline's moment become the items of the set.
base::Result<void> add_found(ApiClient& client, NewBaseline& wanted) {
  constexpr std::size_t most = 3'000;  // that the collector takes at once
  Query query{{"q", wanted.query}};
  if (!wanted.at.empty()) query.emplace_back("at", wanted.at);
  const auto found = fetch_list(client, "/api/v1/search", query, {most, ""});
  if (!found) return found.error();
  if (!text_at(*found, "/next").empty())
    return base::fail(base::Errc::invalid_argument,
                      "the search finds more than 3,000 items: use --class or --text");
  for (const auto& item : found->at("items").as_array()) {
    if (text_at(item, "/kind") != "ticket") wanted.cis.push_back(text_at(item, "/id"));
  }
  if (wanted.cis.empty()) return base::fail(base::Errc::not_found, "the search finds no item");
  return {};
}

void add_new_baseline(CLI::App& baseline, Session& session) {
  auto arguments = std::make_shared<NewBaseline>();
  auto* command = baseline.add_subcommand("new", "Name this moment, or the items given as they are");
  command->add_option("name", arguments->name, "As in: \"before upgrade\"")->required();
  command->add_option("ci", arguments->cis, "Items of a set; none: a baseline of everything");
  command->add_option("--at", arguments->at, "A moment of the past: 2026-10-01T12:00Z");
  command->add_option("--class", arguments->class_name, "All items of this class or a subclass");
  command->add_option("--text", arguments->text, "All items with this text in name or values");
  command->add_option("--query", arguments->query,
                      "All items that this search finds: class:server os~\"Debian 12\"");
  command->add_option("--description", arguments->description, "What it is for");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      if (!arguments->query.empty()) {
        if (const auto added = add_found(client, *arguments); !added) return added.error();
      }
      boost::json::object body{{"name", arguments->name}, {"description", arguments->description}};
      if (!arguments->at.empty()) body["at"] = arguments->at;
      if (!arguments->class_name.empty()) body["class"] = arguments->class_name;
      if (!arguments->text.empty()) body["text"] = arguments->text;
      if (!arguments->cis.empty()) body["items"] = boost::json::value_from(arguments->cis);
      const auto answer = client.post("/api/v1/baselines", body);
      if (!answer) return answer.error();
      print_object(*answer, baseline_columns, session.output);
      return {};
    });
  });
}

void add_baseline(CLI::App& app, Session& session) {
  auto* baseline = app.add_subcommand("baseline", "Named moments and sets of items, to compare with");
  baseline->require_subcommand(1);
  add_new_baseline(*baseline, session);
  auto list = std::make_shared<ListSettings>();
  auto* all = baseline->add_subcommand("list", "Newest first");
  add_list_options(*all, *list);
  all->callback([list, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/baselines", {}, *list);
      if (!answer) return answer.error();
      print_list(*answer, baseline_columns, session.output);
      return {};
    });
  });
  auto name = std::make_shared<std::string>();
  auto* show = baseline->add_subcommand("show", "One baseline with the items of its set");
  show->add_option("name", *name, "Name or id")->required();
  show->callback([name, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const std::string path = "/api/v1/baselines/" + encoded(*name);
      const auto answer = client.get(path);
      if (!answer) return answer.error();
      print_object(*answer, baseline_columns, session.output);
      const auto items = client.get(path + "/items");
      if (!items) return items.error();
      if (session.output.format != Format::table || !session.output.field.empty()) return {};
      print_section("Items", items->at("items").as_array(),
                    {{"name", "/name"}, {"class", "/class"}, {"id", "/id"}});
      return {};
    });
  });
  auto* remove = baseline->add_subcommand("rm", "Forget a baseline");
  remove->add_option("name", *name, "Name or id")->required();
  remove->callback([name, &session] {
    session.run([&](ApiClient& client) { return client.remove("/api/v1/baselines/" + encoded(*name)); });
  });
}

struct DiffArguments {
  std::string ci, service, from, to = "now";
  ListSettings list{1'000'000, ""};
};

void add_diff(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<DiffArguments>();
  auto* command =
      app.add_subcommand("diff", "What differs between two moments; exit status 8: something does");
  command->add_option("ci", arguments->ci, "Of this item alone");
  command->add_option("--service", arguments->service, "Of this item, what it needs and what needs it");
  command->add_option("--from", arguments->from, "2026-10-01T12:00Z, 7d (ago), or a baseline")->required();
  command->add_option("--to", arguments->to, "The same; default: now");
  add_list_options(*command, arguments->list);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      Query query{{"from", arguments->from}, {"to", arguments->to}};
      if (!arguments->ci.empty()) query.emplace_back("ci", arguments->ci);
      if (!arguments->service.empty()) query.emplace_back("service", arguments->service);
      const auto answer = fetch_list(client, "/api/v1/diff", query, arguments->list);
      if (!answer) return answer.error();
      print_list(*answer,
                 {{"item", "/ci/name"},
                  {"what", "/what"},
                  {"subject", "/subject"},
                  {"old", "/old"},
                  {"new", "/new"}},
                 session.output);
      if (!answer->at("items").as_array().empty()) session.exit_status = differs;
      return {};
    });
  });
}

}  // namespace

void add_ci_history_commands(CLI::App& ci, Session& session) {
  add_ci_history(ci, session);
  add_rows(ci, session, "attributes", "Since when each value of an item stands, and who confirmed it last",
           {{"attribute", "/attribute"},
            {"value", "/value"},
            {"since", "/since"},
            {"confirmed", "/confirmed_at", Show::age},
            {"origins", "/origins"}});
  add_rows(ci, session, "components", "What an item consists of",
           {{"class", "/class"},
            {"section", "/section"},
            {"name", "/attributes/name"},
            {"version", "/attributes/version"},
            {"attributes", "/attributes"}});
  add_rows(ci, session, "relationships", "What an item is related to",
           {{"from", "/from/name"},
            {"relation", "/type"},
            {"to", "/to/name"},
            {"origin", "/origin"},
            {"first seen", "/first_seen"},
            {"seen", "/last_seen", Show::age}});
}

void add_history_commands(CLI::App& app, Session& session) {
  add_history(app, session);
  add_baseline(app, session);
  add_diff(app, session);
}

}  // namespace censo::cli
