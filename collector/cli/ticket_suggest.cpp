// What the desk knows already about something that is being reported.
#include "collector/cli/ticket_acts.h"
#include "collector/cli/ticket_show.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns columns{{"number", "/number"},   {"title", "/title"},
                      {"state", "/state"},     {"opened", "/opened_at", Show::age},
                      {"because", "/reasons"}, {"what helps", "/help"}};

base::Result<json::value> ask(ApiClient& client, const std::string& title,
                              const std::vector<std::string>& cis) {
  std::string items;
  for (const auto& ci : cis) items += (items.empty() ? "" : ",") + ci;
  std::string path = "/api/v1/ticket-suggestions?title=" + encoded(title);
  if (!items.empty()) path += "&ci=" + encoded(items);
  return client.get(path);
}

void print(const json::value& answer) {
  const auto section = [&](std::string_view heading, const char* member) {
    const auto& rows = answer.at(member).as_array();
    if (!rows.empty()) print_section(heading, rows, columns);
  };
  section("Known errors", "known_errors");
  section("Tickets like it", "items");
}

struct SuggestArguments {
  std::string title;
  std::vector<std::string> cis;
};

}  // namespace

void suggest_before_opening(ApiClient& client, const std::string& title,
                            const std::vector<std::string>& cis) {
  const auto answer = ask(client, title, cis);
  if (answer) print(*answer);  // else opening it tells what is wrong
}

void add_ticket_suggest_command(CLI::App& ticket, Session& session) {
  auto arguments = std::make_shared<SuggestArguments>();
  auto* command =
      ticket.add_subcommand("suggest", "Known errors and tickets like one that you are about to open");
  command->add_option("title", arguments->title, "What is wrong, in one line");
  command->add_option("--ci", arguments->cis, "Affected item; may be repeated");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      if (arguments->title.empty() && arguments->cis.empty())
        return base::fail(base::Errc::invalid_argument, "expected a title, or --ci");
      const auto answer = ask(client, arguments->title, arguments->cis);
      if (!answer) return answer.error();
      if (session.output.format != Format::table) {
        print_list(*answer, columns, session.output);
        return {};
      }
      print(*answer);
      if (answer->at("known_errors").as_array().empty() && answer->at("items").as_array().empty())
        message("nothing like it is known");
      return {};
    });
  });
}

}  // namespace censo::cli
