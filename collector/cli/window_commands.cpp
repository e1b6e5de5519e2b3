// Freezes and maintenance windows.
#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns columns{{"name", "/name"},       {"kind", "/kind"},         {"title", "/title"},
                      {"query", "/query"},     {"search", "/search"},     {"repeats", "/repeats"},
                      {"next", "/next_start"}, {"until", "/next_end"},    {"zone", "/zone"},
                      {"by", "/overriders"},   {"events", "/conditions"}, {"differences", "/subjects"}};

struct WindowArguments {
  std::string name, kind, title, zone, starts, ends, repeats, query, search;
  std::vector<std::string> overriders, conditions, subjects;
};

std::string path_of(const std::string& name) {
  return "/api/v1/desk-windows/" + encoded(name);
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

base::Result<void> set(ApiClient& client, const WindowArguments& given, const Session& session) {
  const auto made = client.put(path_of(given.name), json::object{{"kind", given.kind},
                                                                 {"title", given.title},
                                                                 {"zone", given.zone},
                                                                 {"starts", given.starts},
                                                                 {"ends", given.ends},
                                                                 {"repeats", given.repeats},
                                                                 {"query", given.query},
                                                                 {"search", given.search},
                                                                 {"overriders", array_of(given.overriders)},
                                                                 {"conditions", array_of(given.conditions)},
                                                                 {"subjects", array_of(given.subjects)}});
  if (!made) return made.error();
  print_object(*made, columns, session.output);
  return {};
}

// A freeze and maintenance differ in what may be said of them besides.
void add_set(CLI::App& window, const std::string& kind, const std::string& help, Session& session) {
  auto given = std::make_shared<WindowArguments>();
  given->kind = kind;
  auto* command = window.add_subcommand(kind, help);
  command->add_option("name", given->name, "year_end")->required();
  command->add_option("--title", given->title, "What people read")->required();
  command->add_option("--zone", given->zone, "Europe/Madrid")->required();
  command->add_option("--starts", given->starts, "2026-12-19T08:00, on the wall of that zone")->required();
  command->add_option("--ends", given->ends, "Of the first time, if it repeats")->required();
  command->add_option("--repeats", given->repeats, "FREQ=WEEKLY;BYDAY=SU or FREQ=MONTHLY;BYDAY=3SA");
  command->add_option("--query", given->query, "Its items: \"class:server tags:shop\"; left out: all");
  command->add_option("--search", given->search, "Its items: those of a saved search");
  if (kind == "freeze") {
    command->add_option("--overrider", given->overriders,
                        "Role that may override it; may be repeated; left out: change_manager");
  } else {
    command->add_option("--condition", given->conditions,
                        "Events that it silences: \"DiskFull*\"; may be repeated; left out: all");
    command->add_option("--subject", given->subjects,
                        "Differences that it expects: software; may be repeated; left out: all");
  }
  command->callback(
      [given, &session] { session.run([&](ApiClient& client) { return set(client, *given, session); }); });
}

}  // namespace

void add_window_commands(CLI::App& change, Session& session) {
  auto* window = change.add_subcommand("window", "Freezes and maintenance windows");
  window->require_subcommand(1);
  add_set(*window, "freeze", "Changes are not wanted in this time", session);
  add_set(*window, "maintenance", "Work is expected in this time: events are silenced", session);
  window->add_subcommand("list", "All of them, and when they come next")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/desk-windows");
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  auto name = std::make_shared<std::string>();
  auto* remove = window->add_subcommand("remove", "Remove one");
  remove->add_option("name", *name, "Its name")->required();
  remove->callback(
      [name, &session] { session.run([&](ApiClient& client) { return client.remove(path_of(*name)); }); });
}

}  // namespace censo::cli
