// Probes: scanners at remote sites, for which the collector's own network is too far away.
#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

const Columns list_columns{{"name", "/name"},  {"state", "/state"},     {"heard of", "/seen_at", Show::age},
                           {"at", "/address"}, {"agents", "/agents"},   {"waiting", "/waiting"},
                           {"lost", "/lost"},  {"refused", "/refused"}, {"version", "/version"}};
const Columns show_columns{{"name", "/name"},
                           {"state", "/state"},
                           {"called by agents", "/names"},
                           {"invited", "/invited_at", Show::age},
                           {"invited by", "/invited_by"},
                           {"enrolled", "/enrolled_at", Show::age},
                           {"heard of", "/seen_at", Show::age},
                           {"at", "/address"},
                           {"version", "/version"},
                           {"entries waiting there", "/waiting"},
                           {"bytes waiting there", "/waiting_bytes"},
                           {"lost there", "/lost"},
                           {"refused", "/refused"},
                           {"last refusal", "/refusal"},
                           {"jobs", "/jobs"}};

struct Invitation {
  std::string name, expires_in = "24h";
  std::vector<std::string> names;
};

base::Result<void> invite(ApiClient& client, const Invitation& wanted, const Session& session) {
  boost::json::array names;
  for (const auto& name : wanted.names) names.emplace_back(name);
  const auto made = client.post("/api/v1/probes", boost::json::object{{"name", wanted.name},
                                                                      {"names", std::move(names)},
                                                                      {"expires_in", wanted.expires_in}});
  if (!made) return made.error();
  print_object(*made, {{"token", "/token"}, {"name", "/name"}, {"expires", "/token_expires_at"}},
               session.output);
  if (!session.output.field.empty() || session.output.format != Format::table) return {};
  message("Shown once. On the probe's machine, with the package censo-collector:");
  message(fmt::format("sudo censo-collector probe enrol {} {} && sudo systemctl enable --now censo-probe",
                      client.url(), text_at(*made, "/token")));
  return {};
}

base::Result<void> show(ApiClient& client, const std::string& name, const Session& session) {
  const auto probe = client.get("/api/v1/probes/" + encoded(name));
  if (!probe) return probe.error();
  print_object(*probe, show_columns, session.output);
  if (session.output.format == Format::table && session.output.field.empty())
    print_section("Agents behind it", probe->at("agents_behind").as_array(),
                  {{"id", "/id"}, {"name", "/name"}, {"state", "/state"}});
  return {};
}

}  // namespace

void add_probe_commands(CLI::App& app, Session& session) {
  auto* probe =
      app.add_subcommand("probe", "Probes, which scan remote sites and take the reports of agents there");
  probe->require_subcommand(1);

  auto wanted = std::make_shared<Invitation>();
  auto* invitation = probe->add_subcommand("invite", "A line that sets a probe up; its token is shown once");
  invitation->add_option("name", wanted->name, "Lower-case letters, digits, '-' and '.'")->required();
  invitation->add_option("--called", wanted->names,
                         "A host name or address by which agents there call it; without, it takes no agents");
  invitation->add_option("--expires", wanted->expires_in, "How long the token is good for")
      ->capture_default_str();
  invitation->callback([wanted, &session] {
    session.run([&](ApiClient& client) { return invite(client, *wanted, session); });
  });

  probe->add_subcommand("list", "Probes; silent: not heard of for five minutes")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/probes");
      if (!answer) return answer.error();
      print_list(*answer, list_columns, session.output);
      return {};
    });
  });

  auto name = std::make_shared<std::string>();
  auto* shown = probe->add_subcommand("show", "One probe with its jobs and the agents behind it");
  shown->add_option("name", *name, "Its name")->required();
  shown->callback(
      [name, &session] { session.run([&](ApiClient& client) { return show(client, *name, session); }); });
  auto* revoke =
      probe->add_subcommand("revoke", "Refuse a probe from now on, and what agents behind it report");
  revoke->add_option("name", *name, "Its name")->required();
  revoke->callback([name, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto done = client.post("/api/v1/probes/" + encoded(*name) + "/revoke", boost::json::object{});
      if (!done) return done.error();
      return {};
    });
  });
}

}  // namespace censo::cli
