#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>

namespace censo::cli {
namespace {

const Columns ci_columns{{"id", "/id"},       {"name", "/name"},       {"class", "/class"},
                         {"stage", "/stage"}, {"origins", "/origins"}, {"seen", "/last_seen", Show::age}};

struct ListArguments {
  std::string query, class_name, text, stage, at;
  ListSettings list;
};

std::string ci_path(const std::string& ci) {
  return "/api/v1/cis/" + encoded(ci);
}

// Items of a list below a CI; an absent list is an empty one.
base::Result<boost::json::array> items_below(ApiClient& client, const std::string& path,
                                             const Query& query = {}) {
  auto answer = client.get(path, query);
  if (!answer) return answer.error();
  const auto* object = answer->if_object();
  const auto* items = object == nullptr ? nullptr : object->if_contains("items");
  if (items == nullptr || !items->is_array())
    return base::fail(base::Errc::malformed, "expected a list", path);
  return items->get_array();
}

// Who locked the attribute; "" when sources decide.
std::string locked_by(const boost::json::value& ci, std::string_view attribute) {
  const auto* locks = ci.as_object().if_contains("locks");
  if (locks == nullptr || !locks->is_array()) return {};
  for (const auto& lock : locks->get_array())
    if (text_at(lock, "/attribute") == attribute) return text_at(lock, "/person");
  return {};
}

// A reference is shown by the name of the item that it leads to.
boost::json::array attribute_rows(const boost::json::value& ci) {
  boost::json::array rows;
  const auto* attributes = ci.as_object().if_contains("attributes");
  if (attributes == nullptr || !attributes->is_object()) return rows;
  for (const auto& attribute : attributes->get_object()) {
    const std::string name(attribute.key());
    const auto referenced = text_at(ci, "/references/" + name + "/name");
    rows.push_back({{"attribute", name},
                    {"value", referenced.empty() ? attribute.value() : boost::json::value(referenced)},
                    {"locked by", locked_by(ci, name)}});
  }
  return rows;
}

// How many rows of each class the CI has; the rows themselves come with --components.
boost::json::array count_by_class(const boost::json::array& components) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& component : components) ++counts[text_at(component, "/class")];
  boost::json::array rows;
  for (const auto& [name, count] : counts) rows.push_back({{"class", name}, {"rows", count}});
  return rows;
}

boost::json::array component_rows(const boost::json::array& components) {
  boost::json::array rows;
  for (const auto& component : components) {
    std::string text;
    for (const auto& attribute : component.at("attributes").as_object()) {
      const boost::json::object one{{"value", attribute.value()}};
      text += fmt::format("{}{}={}", text.empty() ? "" : "  ", std::string(attribute.key()),
                          text_at(one, "/value"));
    }
    rows.push_back({{"class", text_at(component, "/class")}, {"attributes", text}});
  }
  return rows;
}

boost::json::array list_at(const boost::json::value& answer, std::string_view name) {
  const auto* list = answer.is_object() ? answer.as_object().if_contains(name) : nullptr;
  return list && list->is_array() ? list->as_array() : boost::json::array();
}

struct ShowArguments {
  std::string ci, components, at;
};

// Only what is given.
Query moment(const std::string& at) {
  return at.empty() ? Query{} : Query{{"at", at}};
}

void add_moment(CLI::App& command, std::string& at) {
  command.add_option("--at", at, "As it was at this moment: 2026-10-01T12:00Z; default: now");
}

// The ports only where cables are among them.
void print_relationships(const boost::json::array& relationships) {
  Columns columns{{"from", "/from/name"}, {"relation", "/type"}, {"to", "/to/name"}, {"class", "/to/class"}};
  const bool cabled = std::any_of(relationships.begin(), relationships.end(), [](const auto& relationship) {
    return !text_at(relationship, "/evidence/local_port").empty();
  });
  if (cabled) {
    columns.push_back({"port", "/evidence/local_port"});
    columns.push_back({"other port", "/evidence/remote_port"});
  }
  columns.insert(columns.end(),
                 {{"origin", "/origin"}, {"locked by", "/locked_by"}, {"seen", "/last_seen", Show::age}});
  print_section("Relationships", relationships, columns);
}

base::Result<void> show_tables(ApiClient& client, const boost::json::value& ci,
                               const ShowArguments& arguments) {
  const std::string path = ci_path(text_at(ci, "/id"));
  print_object(ci,
               {{"name", "/name"},
                {"id", "/id"},
                {"class", "/class"},
                {"stage", "/stage"},
                {"origins", "/origins"},
                {"first seen", "/first_seen", Show::age},
                {"last seen", "/last_seen", Show::age}},
               {});
  print_section("Attributes", attribute_rows(ci),
                {{"attribute", "/attribute"}, {"value", "/value"}, {"locked by", "/locked by"}});
  const auto relations = client.get(path + "/relationships", moment(arguments.at));
  if (!relations) return relations.error();
  print_relationships(list_at(*relations, "items"));
  print_section("Planned", list_at(*relations, "planned"),
                {{"from", "/from/name"},
                 {"relation", "/type"},
                 {"to", "/to/name"},
                 {"begins", "/valid_from"},
                 {"until", "/valid_to"},
                 {"said by", "/locked_by"}});
  const bool all = arguments.components.empty() || arguments.components == "all";
  Query query = moment(arguments.at);
  if (!all) query.emplace_back("class", arguments.components);
  const auto components = items_below(client, path + "/components", query);
  if (!components) return components.error();
  if (arguments.components.empty())
    print_section("Components (rows: --components CLASS)", count_by_class(*components),
                  {{"class", "/class"}, {"rows", "/rows"}});
  else
    print_section("Components", component_rows(*components),
                  {{"class", "/class"}, {"attributes", "/attributes"}});
  return {};
}

base::Result<void> show_ci(ApiClient& client, const ShowArguments& arguments, const Session& session) {
  const auto ci = client.get(ci_path(arguments.ci), moment(arguments.at));
  if (!ci) return ci.error();
  if (session.output.format == Format::table && session.output.field.empty())
    return show_tables(client, *ci, arguments);
  print_object(*ci, ci_columns, session.output);
  return {};
}

void add_list(CLI::App& ci, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* command = ci.add_subcommand("list", "Configuration items by name");
  command->add_option("-q,--query", arguments->query, "That this query finds: 'class:server os~Debian'");
  command->add_option("--class", arguments->class_name,
                      "Of this class or a subclass: server, network_device, ...");
  command->add_option("--text", arguments->text, "With this text in name or identifier");
  command->add_option("--stage", arguments->stage, "In this life-cycle stage; default: all but retired");
  add_moment(*command, arguments->at);
  add_list_options(*command, arguments->list);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      Query query{{"class", arguments->class_name}, {"text", arguments->text}, {"stage", arguments->stage}};
      if (!arguments->at.empty()) query.emplace_back("at", arguments->at);
      if (!arguments->query.empty()) query.emplace_back("q", arguments->query);
      const auto answer = fetch_list(client, "/api/v1/cis", query, arguments->list);
      if (!answer) return answer.error();
      print_list(*answer, ci_columns, session.output);
      return {};
    });
  });
}

void add_show(CLI::App& ci, Session& session) {
  auto arguments = std::make_shared<ShowArguments>();
  auto* command = ci.add_subcommand("show", "One item with its relationships and components");
  command->add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
  command->add_option("--components", arguments->components, "List the components of this class, or all");
  add_moment(*command, arguments->at);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return show_ci(client, *arguments, session); });
  });
}

void add_impact(CLI::App& ci, Session& session) {
  auto name = std::make_shared<std::string>();
  auto at = std::make_shared<std::string>();
  auto up = std::make_shared<bool>(false);
  auto* command = ci.add_subcommand("impact", "What is harmed when an item fails (--up: what it needs)");
  command->add_option("ci", *name, "Id, name, serial, MAC or IP address")->required();
  command->add_flag("--up", *up, "The other direction: what the item depends on");
  add_moment(*command, *at);
  command->callback([name, at, up, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      Query query = moment(*at);
      query.emplace_back("direction", *up ? "upstream" : "downstream");
      const auto answer = client.get(ci_path(*name) + "/impact", query);
      if (!answer) return answer.error();
      print_list(*answer,
                 {{"depth", "/depth"},
                  {"name", "/name"},
                  {"class", "/class"},
                  {"relation", "/relation"},
                  {"through", "/through/name"},
                  {"verdict", "/verdict"},
                  {"id", "/id"}},
                 session.output);
      return {};
    });
  });
}

}  // namespace

void add_ci_commands(CLI::App& app, Session& session) {
  auto* ci = app.add_subcommand("ci", "Configuration items: computers, devices, services");
  ci->require_subcommand(1);
  add_list(*ci, session);
  add_show(*ci, session);
  add_ci_history_commands(*ci, session);
  add_impact(*ci, session);
  add_ci_link_commands(*ci, session);
  add_ci_identification_commands(*ci, session);
  add_ci_edit_commands(*ci, session);
}

}  // namespace censo::cli
