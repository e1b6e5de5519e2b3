// The cables of an item and whom it exchanges routes with, one line each.
#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

// Beside each cable who saw it and how, and the ages of the newest and the oldest word of it.
void add_summary(boost::json::value& link) {
  std::string seen;
  std::string first, last;
  for (const auto& evidence : link.at("evidence").as_array()) {
    const std::string protocol = text_at(evidence, "/protocol");
    seen += (seen.empty() ? "" : "; ") + text_at(evidence, "/seen_by/name") + " by " +
            (protocol.empty() ? text_at(evidence, "/origin") : protocol);
    const std::string begun = text_at(evidence, "/first_seen"), now = text_at(evidence, "/last_seen");
    if (first.empty() || begun < first) first = begun;
    if (now > last) last = now;
  }
  auto& object = link.as_object();
  object["seen_by"] = seen;
  object["first_seen"] = first;
  object["last_seen"] = last;
}

base::Result<void> show_links(ApiClient& client, const std::string& name, const Session& session) {
  auto answer = client.get("/api/v1/cis/" + encoded(name) + "/links");
  if (!answer) return answer.error();
  for (auto& link : answer->at("items").as_array()) add_summary(link);
  print_list(*answer,
             {{"port", "/local_port"},
              {"to", "/other/name"},
              {"class", "/other/class"},
              {"other port", "/remote_port"},
              {"shared by up to", "/addresses_at_port"},
              {"seen by", "/seen_by"},
              {"since", "/first_seen", Show::age},
              {"seen", "/last_seen", Show::age}},
             session.output);
  return {};
}

// Who is no item is shown by his address alone.
base::Result<void> show_peers(ApiClient& client, const std::string& name, const Session& session) {
  const auto answer = client.get("/api/v1/cis/" + encoded(name) + "/routing-peers");
  if (!answer) return answer.error();
  print_list(*answer,
             {{"protocol", "/protocol"},
              {"address", "/address"},
              {"port", "/port"},
              {"AS", "/remote_as"},
              {"router id", "/router_id"},
              {"state", "/state"},
              {"item", "/other/name"},
              {"class", "/other/class"},
              {"since", "/first_seen", Show::age},
              {"seen", "/last_seen", Show::age}},
             session.output);
  return {};
}

}  // namespace

void add_ci_link_commands(CLI::App& ci, Session& session) {
  auto name = std::make_shared<std::string>();
  auto* command = ci.add_subcommand("links", "Its cables: the ports of both ends, and who saw each when");
  command->add_option("ci", *name, "Id, name, serial, MAC or IP address")->required();
  command->callback([name, &session] {
    session.run([&](ApiClient& client) { return show_links(client, *name, session); });
  });

  auto* peers =
      ci.add_subcommand("peers", "Whom it exchanges routes with (BGP, OSPF), and which items these are");
  peers->add_option("ci", *name, "Id, name, serial, MAC or IP address")->required();
  peers->callback([name, &session] {
    session.run([&](ApiClient& client) { return show_peers(client, *name, session); });
  });
}

}  // namespace censo::cli
