// Mail that came in.
#include "collector/cli/commands.h"
#include "collector/cli/mail_commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns received_columns{{"id", "/id"},           {"when", "/at", Show::age}, {"from", "/address"},
                               {"subject", "/subject"}, {"became", "/outcome"},     {"ticket", "/ticket"},
                               {"why", "/reason"}};

struct ListArguments {
  std::string outcome;
  bool waiting = false;
  ListSettings settings;
};

struct PlaceArguments {
  std::string id, ticket, requester;
};

std::string path_of(const std::string& id) {
  return "/api/v1/mail-in/" + encoded(id);
}

base::Result<void> place(ApiClient& client, const PlaceArguments& arguments, const Session& session) {
  json::object body;
  if (!arguments.ticket.empty()) body["ticket"] = arguments.ticket;
  if (!arguments.requester.empty()) body["requester"] = arguments.requester;
  const auto ticket = client.post(path_of(arguments.id) + "/place", body);
  if (!ticket) return ticket.error();
  print_object(*ticket, {{"number", "/number"}, {"title", "/title"}, {"state", "/state"}}, session.output);
  return {};
}

}  // namespace

void add_mail_in_commands(CLI::App& mail, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = mail.add_subcommand("received", "Mail that came in and what became of it, newest first");
  list->add_option("--outcome", arguments->outcome, "comment, opened, waiting or dropped");
  list->add_flag("--waiting", arguments->waiting, "Only what waits for somebody to decide");
  add_list_options(*list, arguments->settings);
  list->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer =
          fetch_list(client, "/api/v1/mail-in",
                     {{"outcome", arguments->waiting ? "waiting" : arguments->outcome}}, arguments->settings);
      if (!answer) return answer.error();
      print_list(*answer, received_columns, session.output);
      return {};
    });
  });

  auto id = std::make_shared<std::string>();
  auto* read = mail.add_subcommand("read", "Mail that waits, with its text");
  read->add_option("id", *id, "Its id")->required();
  read->callback([id, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(path_of(*id));
      if (!answer) return answer.error();
      print_object(*answer,
                   {{"from", "/address"}, {"subject", "/subject"}, {"files", "/files"}, {"text", "/text"}},
                   session.output);
      return {};
    });
  });
  auto* discard = mail.add_subcommand("discard", "Drop mail that waits");
  discard->add_option("id", *id, "Its id")->required();
  discard->callback(
      [id, &session] { session.run([&](ApiClient& client) { return client.remove(path_of(*id)); }); });

  auto where = std::make_shared<PlaceArguments>();
  auto* command = mail.add_subcommand("place", "Make of mail that waits a comment or an incident");
  command->add_option("id", where->id, "Its id")->required();
  command->add_option("--ticket", where->ticket, "Of this ticket");
  command->add_option("--requester", where->requester, "Of this person");
  command->callback(
      [where, &session] { session.run([&](ApiClient& client) { return place(client, *where, session); }); });
}

}  // namespace censo::cli
