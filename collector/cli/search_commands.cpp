#include "collector/cli/commands.h"

#include "base/text.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <list>

namespace censo::cli {
namespace {

constexpr const char* search_help = R"(Items and tickets by name or any identifier, or items by a query:
  censo search 00:1b:21:aa:bb:cc
  censo search 'class:server os~"Debian 12" seen<7d software:openssl<3.0.15'
A query that begins with "-" stands behind "--". The fields: docs/search.md.)";

struct SearchArguments {
  std::vector<std::string> words;
  std::string facets, fields, at;
  bool count = false, all = false;
  ListSettings list;
};

// Columns refer to texts: those of the fields are kept here.
struct SearchColumns {
  std::list<std::string> texts;
  Columns columns;
};

SearchColumns columns_of(const SearchArguments& arguments, bool plain) {
  SearchColumns made;
  made.columns = {{"kind", "/kind"}, {"id", "/id"}, {"name", "/name"}, {"class", "/class"}};
  made.columns.push_back(plain ? Column{"match", "/match"} : Column{"stage", "/stage"});
  for (const auto piece : base::split(arguments.fields, ',')) {
    if (base::trim(piece).empty()) continue;
    const std::string& title = made.texts.emplace_back(base::trim(piece));
    made.columns.push_back({title, made.texts.emplace_back("/attributes/" + title)});
  }
  return made;
}

Query query_of(const SearchArguments& arguments, const std::string& text) {
  Query query{{"q", text}};
  if (!arguments.facets.empty()) query.emplace_back("facets", arguments.facets);
  if (!arguments.fields.empty()) query.emplace_back("fields", arguments.fields);
  if (!arguments.at.empty()) query.emplace_back("at", arguments.at);
  if (arguments.count) query.emplace_back("count", "true");
  return query;
}

const boost::json::array& rows_in(const boost::json::value& answer, std::string_view member) {
  static const boost::json::array nothing;
  const auto* object = answer.if_object();
  const auto* rows = object == nullptr ? nullptr : object->if_contains(member);
  return rows != nullptr && rows->is_array() ? rows->get_array() : nothing;
}

void print_summary(const boost::json::value& answer) {
  if (const auto count = text_at(answer, "/count"); !count.empty()) message(count + " found");
  for (const auto& facet : rows_in(answer, "facets")) {
    print_section(text_at(facet, "/field"), rows_in(facet, "values"),
                  {{"value", "/value"}, {"items", "/count"}});
  }
}

// One page with its counts and groups.
base::Result<void> search_once(ApiClient& client, Query query, const SearchArguments& arguments,
                               const OutputSettings& output) {
  const bool plain = query.size() == 1;
  query.emplace_back("limit", std::to_string(std::min<std::size_t>(arguments.list.limit, 1'000)));
  if (!arguments.list.after.empty()) query.emplace_back("after", arguments.list.after);
  const auto answer = client.get("/api/v1/search", query);
  if (!answer) return answer.error();
  const auto shown = columns_of(arguments, plain);
  print_list(*answer, shown.columns, output);
  if (output.format == Format::table && output.field.empty()) print_summary(*answer);
  return {};
}

// Every page, printed as it comes: JSON as one array, a row a line.
base::Result<void> export_all(ApiClient& client, const Query& query, const SearchArguments& arguments,
                              OutputSettings output) {
  const auto shown = columns_of(arguments, query.size() == 1);
  const bool json = output.format == Format::json && output.field.empty();
  std::string after = arguments.list.after;
  bool first = true;
  do {
    Query page = query;
    page.emplace_back("limit", "1000");
    page.emplace_back("after", after);
    const auto answer = client.get("/api/v1/search", page);
    if (!answer) return answer.error();
    after = text_at(*answer, "/next");
    const boost::json::object rows{{"items", rows_in(*answer, "items")}};
    if (json) {
      for (const auto& row : rows.at("items").as_array()) {
        fmt::print("{}{}", first ? "[\n" : ",\n", boost::json::serialize(row));
        first = false;
      }
    } else {
      print_list(rows, shown.columns, output);
      output.no_headers = true;
    }
  } while (!after.empty());
  if (json) fmt::print("{}]\n", first ? "[" : "\n");
  return {};
}

base::Result<void> search(ApiClient& client, const std::string& text, const SearchArguments& arguments,
                          const Session& session) {
  const Query query = query_of(arguments, text);
  if (arguments.all) return export_all(client, query, arguments, session.output);
  if (arguments.count || !arguments.facets.empty())
    return search_once(client, query, arguments, session.output);
  const auto answer = fetch_list(client, "/api/v1/search", query, arguments.list);
  if (!answer) return answer.error();
  const auto shown = columns_of(arguments, query.size() == 1);
  print_list(*answer, shown.columns, session.output);
  return {};
}

void add_search_options(CLI::App& command, SearchArguments& arguments) {
  command.add_option("--facets", arguments.facets, "Count by these: class, stage or attributes, with commas");
  command.add_option("--fields", arguments.fields, "Attributes to show, with commas");
  command.add_option("--at", arguments.at, "As of this moment: 2026-10-01 or 2026-10-01T12:00Z");
  command.add_flag("--count", arguments.count, "Say how many there are");
  command.add_flag("--all", arguments.all, "Every row, page by page: for -o csv and -o json");
  add_list_options(command, arguments.list);
}

void add_save(CLI::App& parent, Session& session) {
  auto name = std::make_shared<std::string>(), query = std::make_shared<std::string>();
  auto* command = parent.add_subcommand("save", "Give a search a name");
  command->add_option("name", *name, "Letters, digits, \"-\", \"_\" and \".\"")->required();
  command->add_option("query", *query, "What to look for")->required();
  command->callback([name, query, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto saved =
          client.put("/api/v1/searches/" + encoded(*name), boost::json::object{{"query", *query}});
      if (!saved) return saved.error();
      message("saved: censo search run " + *name);
      return {};
    });
  });
}

void add_run(CLI::App& parent, Session& session) {
  auto name = std::make_shared<std::string>();
  auto arguments = std::make_shared<SearchArguments>();
  auto* command = parent.add_subcommand("run", "Run a saved search");
  command->add_option("name", *name, "The saved search")->required();
  add_search_options(*command, *arguments);
  command->callback([name, arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto saved = client.get("/api/v1/searches/" + encoded(*name));
      if (!saved) return saved.error();
      return search(client, text_at(*saved, "/query"), *arguments, session);
    });
  });
}

void add_saved(CLI::App& parent, Session& session) {
  auto list = std::make_shared<ListSettings>();
  auto* listing = parent.add_subcommand("list", "Saved searches");
  add_list_options(*listing, *list);
  listing->callback([list, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/searches", {}, *list);
      if (!answer) return answer.error();
      print_list(*answer,
                 {{"name", "/name"},
                  {"owner", "/owner"},
                  {"changed", "/changed_at", Show::age},
                  {"query", "/query"}},
                 session.output);
      return {};
    });
  });
  auto name = std::make_shared<std::string>();
  auto* remove = parent.add_subcommand("rm", "Forget a saved search");
  remove->add_option("name", *name, "The saved search")->required();
  remove->callback([name, &session] {
    session.run([&](ApiClient& client) { return client.remove("/api/v1/searches/" + encoded(*name)); });
  });
}

}  // namespace

void add_search_commands(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<SearchArguments>();
  auto* command = app.add_subcommand("search", search_help);
  command->add_option("query", arguments->words, "A text or a query; several words are one query");
  add_search_options(*command, *arguments);
  add_save(*command, session);
  add_run(*command, session);
  add_saved(*command, session);
  command->require_subcommand(0, 1);
  command->callback([arguments, command, &session] {
    if (!command->get_subcommands().empty()) return;
    session.run([&](ApiClient& client) -> base::Result<void> {
      const std::string text = base::join(arguments->words, " ");
      if (base::trim(text).empty())
        return base::fail(base::Errc::invalid_argument, "expected what to look for");
      return search(client, text, *arguments, session);
    });
  });
}

}  // namespace censo::cli
