#include "collector/cli/commands.h"
#include "collector/cli/roster_commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns columns{{"name", "/name"},         {"kind", "/kind"},
                      {"target", "/target"},     {"service", "/service/name"},
                      {"tenant", "/tenant"},     {"category", "/category"},
                      {"priority", "/priority"}, {"limit", "/limit"},
                      {"calendar", "/calendar"}};

void add_set(CLI::App& limit, Session& session) {
  struct Given {
    std::string name, kind = "incident", target, service, tenant, category, limit, calendar;
    std::int64_t priority = 0;
  };
  auto given = std::make_shared<Given>();
  auto* command = limit.add_subcommand("set", "Write a limit");
  command->add_option("name", given->name, "Its name: shop-resolve")->required();
  command->add_option("--kind", given->kind, "Of tickets: incident or request");
  command->add_option("--target", given->target, "resolve")->required();
  command->add_option("--limit", given->limit, "2h, or 3d: working days")->required();
  command->add_option("--calendar", given->calendar, "always or office")->required();
  command->add_option("--service", given->service, "Of tickets of this service");
  command->add_option("--tenant", given->tenant, "Of this customer's tickets");
  command->add_option("--category", given->category, "Of tickets of this category");
  command->add_option("--priority", given->priority, "1 to 5");
  command->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto made = client.put("/api/v1/service-limits/" + encoded(given->name),
                                   json::object{{"kind", given->kind},
                                                {"target", given->target},
                                                {"service", given->service},
                                                {"tenant", given->tenant},
                                                {"category", given->category},
                                                {"priority", given->priority},
                                                {"limit", given->limit},
                                                {"calendar", given->calendar}});
      if (!made) return made.error();
      print_object(*made, columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_limit_commands(CLI::App& desk, Session& session) {
  auto* limit = desk.add_subcommand("limit", "Limits of targets for services and customers");
  limit->require_subcommand(1);
  limit->add_subcommand("list", "By kind and target")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/service-limits");
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
  add_set(*limit, session);
  auto name = std::make_shared<std::string>();
  auto* remove = limit->add_subcommand("remove", "Remove a limit");
  remove->add_option("name", *name, "Its name")->required();
  remove->callback([name, &session] {
    session.run([&](ApiClient& client) { return client.remove("/api/v1/service-limits/" + encoded(*name)); });
  });
}

}  // namespace censo::cli
