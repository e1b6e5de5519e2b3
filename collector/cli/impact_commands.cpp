#include "collector/cli/commands.h"
#include "collector/cli/impact_tree.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

constexpr std::int64_t page_size = 10'000;  // the most that the collector gives at once
constexpr const char* ci_help = "Id, name, serial, MAC or IP address";

struct ImpactArguments {
  std::vector<std::string> cis, also, excluded;
  bool upstream = false;
  std::string at;
  std::int64_t depth = 0, group = 20;
};

boost::json::object question_of(const ImpactArguments& arguments) {
  boost::json::array failed, excluded;
  for (const auto& ci : arguments.cis) failed.emplace_back(ci);
  for (const auto& ci : arguments.also) failed.emplace_back(ci);
  for (const auto& ci : arguments.excluded) excluded.emplace_back(ci);
  boost::json::object question{{"failed", std::move(failed)},
                               {"excluded", std::move(excluded)},
                               {"direction", arguments.upstream ? "upstream" : "downstream"},
                               {"limit", page_size}};
  if (!arguments.at.empty()) question["at"] = arguments.at;
  if (arguments.depth > 0) question["depth"] = arguments.depth;
  return question;
}

// Every page as one answer.
base::Result<boost::json::value> ask_all(ApiClient& client, boost::json::object question) {
  base::Result<boost::json::value> whole = client.post("/api/v1/impact", question);
  if (!whole) return whole;
  std::string next = text_at(*whole, "/next");
  while (!next.empty()) {
    question["after"] = next;
    auto page = client.post("/api/v1/impact", question);
    if (!page) return page;
    auto& items = whole->at("items").as_array();
    for (auto& item : page->at("items").as_array()) items.push_back(std::move(item));
    next = text_at(*page, "/next");
  }
  whole->as_object().erase("next");
  return whole;
}

base::Result<void> show_impact(ApiClient& client, const ImpactArguments& arguments, const Session& session) {
  auto question = question_of(arguments);
  const bool as_tree = session.output.format == Format::table && session.output.field.empty();
  if (as_tree) {
    question["paths"] = "false";
    question["group"] = arguments.group;
  }
  const auto answer = ask_all(client, std::move(question));
  if (!answer) return answer.error();
  if (as_tree) {
    fmt::print("{}", impact_tree(*answer));
    return {};
  }
  print_list(*answer,
             {{"depth", "/depth"},
              {"name", "/name"},
              {"class", "/class"},
              {"verdict", "/verdict"},
              {"why", "/reason"},
              {"through", "/through/name"},
              {"id", "/id"}},
             session.output);
  return {};
}

void add_impact(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ImpactArguments>();
  auto* command =
      app.add_subcommand("impact", "What goes down or is degraded when these items fail, and why");
  command->add_option("ci", arguments->cis, ci_help)->required();
  command->add_option("--what-if", arguments->also, "Suppose that this one fails too; may be repeated");
  command->add_option("--except", arguments->excluded, "Suppose that this one stays sound; may be repeated");
  command->add_flag("--upstream", arguments->upstream,
                    "The other direction: what these need, and whose failure alone takes them down");
  command->add_option("--at", arguments->at, "As it was at this time: 2026-10-01T12:00Z");
  command->add_option("--depth", arguments->depth, "At most so many steps")->check(CLI::Range(1, 100));
  command
      ->add_option("--group", arguments->group, "More similar neighbours than this are one line of the tree")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return show_impact(client, *arguments, session); });
  });
}

struct RuleArguments {
  std::string ci, relation;
  std::int64_t min_up = 1;
};

std::string redundancy_path(const RuleArguments& rule) {
  const std::string all = "/api/v1/cis/" + encoded(rule.ci) + "/redundancy";
  return rule.relation.empty() ? all : all + "/" + encoded(rule.relation);
}

void add_rule_set(CLI::App& redundancy, Session& session) {
  auto rule = std::make_shared<RuleArguments>();
  auto* command = redundancy.add_subcommand("set", "So many of what it needs by a relation must be up");
  command->add_option("ci", rule->ci, ci_help)->required();
  command->add_option("relation", rule->relation, "Relation type: uplink_of, ...")->required();
  command->add_option("min_up", rule->min_up, "How many must be up; with fewer it is down")
      ->required()
      ->check(CLI::Range(0, 1'000'000));
  command->callback([rule, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.put(redundancy_path(*rule), boost::json::object{{"min_up", rule->min_up}});
      if (!answer) return answer.error();
      print_object(*answer,
                   {{"relation", "/relation"},
                    {"min up", "/min_up"},
                    {"has", "/suppliers"},
                    {"set by", "/set_by"},
                    {"since", "/since"}},
                   session.output);
      if (const auto warning = text_at(*answer, "/warning"); !warning.empty()) message("note: " + warning);
      return {};
    });
  });
}

void add_rule_list(CLI::App& redundancy, Session& session) {
  auto rule = std::make_shared<RuleArguments>();
  auto* command = redundancy.add_subcommand("list", "What it needs, and how many of these must be up");
  command->add_option("ci", rule->ci, ci_help)->required();
  command->callback([rule, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(redundancy_path(*rule));
      if (!answer) return answer.error();
      print_list(*answer,
                 {{"relation", "/relation"},
                  {"has", "/suppliers"},
                  {"min up", "/min_up"},
                  {"from", "/from"},
                  {"set by", "/set_by"},
                  {"since", "/since", Show::age}},
                 session.output);
      return {};
    });
  });
}

void add_rule_remove(CLI::App& redundancy, Session& session) {
  auto rule = std::make_shared<RuleArguments>();
  auto* command = redundancy.add_subcommand("remove", "Take a rule away: it needs them all again");
  command->add_option("ci", rule->ci, ci_help)->required();
  command->add_option("relation", rule->relation, "Relation type: uplink_of, ...")->required();
  command->callback([rule, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      auto removed = client.remove(redundancy_path(*rule));
      if (removed) message("removed");
      return removed;
    });
  });
}

void add_single_points(CLI::App& app, Session& session) {
  auto cis = std::make_shared<std::vector<std::string>>();
  auto class_name = std::make_shared<std::string>();
  auto at = std::make_shared<std::string>();
  auto* command = app.add_subcommand("single-points", "Which single items take these down if they fail");
  command->add_option("ci", *cis, ci_help);
  command->add_option("--class", *class_name, "Of everything of this class or a subclass");
  command->add_option("--at", *at, "As it was at this time: 2026-10-01T12:00Z");
  command->callback([cis, class_name, at, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      std::string all;
      for (const auto& ci : *cis) all += (all.empty() ? "" : ",") + ci;
      const auto answer =
          client.get("/api/v1/impact/single-points", {{"ci", all}, {"class", *class_name}, {"at", *at}});
      if (!answer) return answer.error();
      print_list(*answer,
                 {{"name", "/name"},
                  {"class", "/class"},
                  {"takes down", "/takes_down"},
                  {"such as", "/names"},
                  {"id", "/id"}},
                 session.output);
      if (text_at(*answer, "/truncated") == "true") message("a limit was reached: there may be more");
      return {};
    });
  });
}

}  // namespace

void add_impact_commands(CLI::App& app, Session& session) {
  add_impact(app, session);
  auto* redundancy = app.add_subcommand(
      "redundancy", "How many of what an item needs must be up: k of n, two feeds, clusters");
  redundancy->require_subcommand(1);
  add_rule_set(*redundancy, session);
  add_rule_list(*redundancy, session);
  add_rule_remove(*redundancy, session);
  add_single_points(app, session);
}

}  // namespace censo::cli
