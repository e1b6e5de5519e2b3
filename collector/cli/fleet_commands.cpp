// What is asked of all items at once: software, and how good the data are.
#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

struct SoftwareArguments {
  std::string name, below;
  bool list = false;
  ListSettings settings;
};

base::Result<void> show_software(ApiClient& client, const SoftwareArguments& arguments,
                                 const Session& session) {
  if (arguments.name.empty() != arguments.list) {
    return base::fail(base::Errc::invalid_argument,
                      "expected the name of a package, or --list for all of them");
  }
  Query query;
  if (!arguments.name.empty()) query.emplace_back("name", arguments.name);
  if (!arguments.below.empty()) query.emplace_back("below", arguments.below);
  const auto answer = fetch_list(client, "/api/v1/software", query, arguments.settings);
  if (!answer) return answer.error();
  print_list(*answer,
             {{"name", "/name"}, {"version", "/version"}, {"manager", "/manager"}, {"hosts", "/hosts"}},
             session.output);
  return {};
}

base::Result<void> show_figures(ApiClient& client, const Session& session) {
  const auto answer = client.get("/api/v1/data-health");
  if (!answer) return answer.error();
  print_list(
      *answer,
      {{"figure", "/figure"}, {"kind", "/kind"}, {"items", "/items"}, {"of", "/of"}, {"query", "/query"}},
      session.output);
  return {};
}

base::Result<void> show_figure(ApiClient& client, const std::string& figure, const ListSettings& list,
                               const Session& session) {
  const auto answer = fetch_list(client, "/api/v1/data-health/" + encoded(figure), {}, list);
  if (!answer) return answer.error();
  const auto& rows = answer->at("items").as_array();
  const bool findings = !rows.empty() && rows.front().as_object().contains("subject");
  const Columns items{{"id", "/id"}, {"name", "/name"}, {"class", "/class"}, {"stage", "/stage"}};
  const Columns subjects{
      {"subject", "/subject"},    {"item", "/cis/0/name"},           {"id", "/cis/0/id"},
      {"other", "/cis/1/name"},   {"other id", "/cis/1/id"},         {"says", "/values/0/value"},
      {"by", "/values/0/origin"}, {"other says", "/values/1/value"}, {"other by", "/values/1/origin"}};
  print_list(*answer, findings ? subjects : items, session.output);
  return {};
}

}  // namespace

void add_fleet_commands(CLI::App& app, Session& session) {
  auto software = std::make_shared<SoftwareArguments>();
  auto* command = app.add_subcommand("software", "Versions of a package and on how many hosts each is");
  command->add_option("name", software->name, "The package; \"openssl*\" for all that begin so");
  command->add_option("--below", software->below,
                      "Only versions older than this one, as the package manager orders them");
  command->add_flag("--list", software->list, "All packages");
  add_list_options(*command, software->settings);
  command->callback([software, &session] {
    session.run([&](ApiClient& client) { return show_software(client, *software, session); });
  });

  auto figure = std::make_shared<std::string>();
  auto list = std::make_shared<ListSettings>();
  auto* health = app.add_subcommand(
      "health", "How good the data are: what is missing, stale, twice there or contradictory");
  health->add_option("figure", *figure, "Show the list behind this figure");
  add_list_options(*health, *list);
  health->callback([figure, list, &session] {
    session.run([&](ApiClient& client) {
      return figure->empty() ? show_figures(client, session) : show_figure(client, *figure, *list, session);
    });
  });
}

}  // namespace censo::cli
