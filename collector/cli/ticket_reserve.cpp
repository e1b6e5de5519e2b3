#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {
namespace {

const Columns columns{{"reservation", "/reservation"},
                      {"item", "/ci/name"},
                      {"class", "/ci/class"},
                      {"state", "/state"},
                      {"by", "/person"},
                      {"at", "/at", Show::age}};

struct Given {
  std::string number, name, ci;
  std::string path() const { return "/api/v1/tickets/" + encoded(number) + "/reservations"; }
};

base::Result<void> print(const base::Result<boost::json::value>& answer, const Session& session) {
  if (!answer) return answer.error();
  print_list(*answer, columns, session.output);
  return {};
}

}  // namespace

void add_ticket_reserve_commands(CLI::App& ticket, Session& session) {
  auto given = std::make_shared<Given>();
  auto* list = ticket.add_subcommand("reservations", "What a request holds");
  list->add_option("number", given->number, "REQ-17")->required();
  list->callback([given, &session] {
    session.run([&](ApiClient& client) { return print(client.get(given->path()), session); });
  });
  auto* reserve = ticket.add_subcommand("reserve", "Reserve an item in stock, or a licence, for a request");
  reserve->add_option("number", given->number, "REQ-17")->required();
  reserve->add_option("name", given->name, "What it is to the request: laptop")->required();
  reserve->add_option("ci", given->ci, "Id, name or identifier of the item")->required();
  reserve->callback([given, &session] {
    session.run([&](ApiClient& client) {
      return print(
          client.put(given->path() + "/" + encoded(given->name), boost::json::object{{"ci", given->ci}}),
          session);
    });
  });
  auto* release = ticket.add_subcommand("release", "Give back what a request holds");
  release->add_option("number", given->number, "REQ-17")->required();
  release->add_option("name", given->name, "laptop")->required();
  release->callback([given, &session] {
    session.run([&](ApiClient& client) { return client.remove(given->path() + "/" + encoded(given->name)); });
  });
}

}  // namespace censo::cli
