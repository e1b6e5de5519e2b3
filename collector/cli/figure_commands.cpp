// `censo figures` and `censo review audit`.
#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns figure_columns{{"figure", "/figure"},
                             {"items", "/items"},
                             {"of", "/of"},
                             {"%", "/percent"},
                             {"half", "/p50_s", Show::length},
                             {"90 %", "/p90_s", Show::length},
                             {"95 %", "/p95_s", Show::length},
                             {"mean", "/mean"},
                             {"at least %", "/least_percent"},
                             {"at most %", "/most_percent"}};
const Columns ticket_columns{
    {"ticket", "/ticket"},     {"title", "/title"},       {"state", "/state"},
    {"priority", "/priority"}, {"group", "/group"},       {"assignee", "/assignee"},
    {"hops", "/hops"},         {"reopened", "/reopened"}, {"time", "/length_s", Show::length},
    {"target", "/target"},     {"cause", "/cause"},       {"opened", "/opened_at", Show::age}};
const Columns change_columns{{"ticket", "/ticket"},    {"title", "/title"},
                             {"state", "/state"},      {"result", "/result"},
                             {"ended", "/actual_end"}, {"explanation", "/explanation"}};
const Columns detected_columns{{"id", "/id"},           {"item", "/ci/name"},
                               {"subject", "/subject"}, {"old", "/old"},
                               {"new", "/new"},         {"state", "/state"},
                               {"verdict", "/verdict"}, {"change", "/ticket"},
                               {"by", "/decided_by"},   {"time", "/length_s", Show::length},
                               {"at", "/at", Show::age}};
const Columns decision_columns{{"id", "/id"},           {"item", "/ci/name"},  {"other", "/other/name"},
                               {"by", "/by"},           {"rule", "/rule"},     {"score", "/score"},
                               {"verdict", "/verdict"}, {"reason", "/reason"}, {"at", "/at", Show::age}};

struct FigureArguments {
  std::string area, figure, since, until, kind, group, priority;
  ListSettings list;

  Query query() const {
    Query query;
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty()) query.emplace_back(name, value);
    };
    add("since", since), add("until", until);
    add("kind", kind), add("group", group), add("priority", priority);
    return query;
  }
};

const Columns& columns_of(const FigureArguments& given, const json::value& answer) {
  if (given.area == "desk") return ticket_columns;
  if (given.area == "identity") return decision_columns;
  const auto& rows = answer.at("items").as_array();
  const bool detected = !rows.empty() && rows.front().as_object().contains("subject");
  return detected ? detected_columns : change_columns;
}

base::Result<void> show(ApiClient& client, const FigureArguments& given, const Session& session) {
  const auto path = "/api/v1/figures/" + given.area;
  if (given.figure.empty()) {
    const auto answer = client.get(path, given.query());
    if (!answer) return answer.error();
    print_list(*answer, figure_columns, session.output);
    return {};
  }
  const auto answer = fetch_list(client, path + "/" + encoded(given.figure), given.query(), given.list);
  if (!answer) return answer.error();
  print_list(*answer, columns_of(given, *answer), session.output);
  return {};
}

void add_time_options(CLI::App& command, std::string& since, std::string& until) {
  command.add_option("--since", since, "2026-10-01T00:00Z; left out: 30 days before the end");
  command.add_option("--until", until, "Left out: now");
}

void add_area(CLI::App& figures, const std::string& area, const std::string& help, Session& session) {
  auto given = std::make_shared<FigureArguments>();
  given->area = area;
  auto* command = figures.add_subcommand(area, help);
  command->add_option("figure", given->figure, "Show the list behind this figure");
  add_time_options(*command, given->since, given->until);
  if (area == "desk") {
    command->add_option("--kind", given->kind, "incident or request");
    command->add_option("--group", given->group, "Of the tickets now");
    command->add_option("--priority", given->priority, "1 to 5");
  }
  add_list_options(*command, given->list);
  command->callback(
      [given, &session] { session.run([&](ApiClient& client) { return show(client, *given, session); }); });
}

}  // namespace

void add_figure_commands(CLI::App& app, Session& session) {
  auto* figures = app.add_subcommand("figures", "How desk, changes and identification work, in figures");
  figures->require_subcommand(1);
  add_area(*figures, "desk", "First contacts, times, hops, reopened tickets, backlog, breaches", session);
  add_area(*figures, "changes", "Results, verification, what was detected, times to a verdict", session);
  add_area(*figures, "identity", "What made links, reviews, un-merges, precision of a sample", session);
}

void add_audit_commands(CLI::App& review, Session& session) {
  struct Arguments {
    std::string since, until, id, verdict, reason;
    std::int64_t size = 50;
  };
  auto* audit = review.add_subcommand("audit", "Links drawn by lot: are they right?");
  audit->require_subcommand(1);
  auto given = std::make_shared<Arguments>();
  auto* draw = audit->add_subcommand("draw", "Draw links that rules and scores made");
  draw->add_option("--size", given->size, "At most so many");
  add_time_options(*draw, given->since, given->until);
  draw->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      std::string path = "/api/v1/identification-audit";
      if (!given->since.empty()) path += "?since=" + encoded(given->since);
      if (!given->until.empty())
        path += (given->since.empty() ? "?until=" : "&until=") + encoded(given->until);
      const auto answer = client.post(path, json::object{{"size", given->size}});
      if (!answer) return answer.error();
      print_object(*answer, {{"drawn", "/drawn"}}, session.output);
      message("look at them: censo figures identity to_audit");
      return {};
    });
  });
  auto* judge = audit->add_subcommand("judge", "Say whether a drawn link is right");
  judge->add_option("id", given->id, "Of the link")->required();
  judge->add_option("verdict", given->verdict, "right or wrong")
      ->required()
      ->check(CLI::IsMember({"right", "wrong"}));
  judge->add_option("--reason", given->reason, "What is wrong");
  judge->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.put("/api/v1/identification-audit/" + encoded(given->id),
                                     json::object{{"verdict", given->verdict}, {"reason", given->reason}});
      if (!answer) return answer.error();
      print_object(*answer, decision_columns, session.output);
      return {};
    });
  });
}

}  // namespace censo::cli
