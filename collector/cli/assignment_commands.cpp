#include "collector/cli/commands.h"
#include "collector/cli/roster_commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns member_columns{{"group", "/group"},
                             {"person", "/person"},
                             {"in hand", "/in_hand"},
                             {"away", "/away"},
                             {"skills", "/skills"}};
const Columns rule_columns{{"place", "/place"}, {"rule", "/rule"},         {"kind", "/kind"},
                           {"items", "/query"}, {"category", "/category"}, {"tenant", "/tenant"},
                           {"group", "/group"}, {"picks", "/picks"},       {"skills", "/skills"}};

struct RuleArguments {
  std::string name, kind, category, tenant, query, group;
  std::int64_t place = 100;
  std::vector<std::string> skills;
  bool picks = false;
};

void print_all(Session& session, const std::string& path, const Columns& columns) {
  session.run([&](ApiClient& client) -> base::Result<void> {
    const auto answer = client.get(path);
    if (!answer) return answer.error();
    print_list(*answer, columns, session.output);
    return {};
  });
}

void add_members(CLI::App& desk, Session& session) {
  struct Given {
    std::string group, person;
    bool remove = false;
  };
  auto given = std::make_shared<Given>();
  auto* list = desk.add_subcommand("members", "Members of groups, their skills and what they have in hand");
  list->add_option("group", given->group, "Of this one alone");
  list->callback([given, &session] {
    const auto query = given->group.empty() ? "" : "?group=" + encoded(given->group);
    print_all(session, "/api/v1/desk-group-members" + query, member_columns);
  });
  auto one = std::make_shared<Given>();
  auto* member = desk.add_subcommand("member", "Make somebody a member of a group");
  member->add_option("group", one->group, "As tickets name it")->required();
  member->add_option("person", one->person, "A token's name")->required();
  member->add_flag("--remove", one->remove, "Take him out of it");
  member->callback([one, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto path = "/api/v1/desk-groups/" + encoded(one->group) + "/members/" + encoded(one->person);
      if (one->remove) return client.remove(path);
      const auto made = client.put(path, json::object{});
      if (!made) return made.error();
      return {};
    });
  });
}

void add_skills(CLI::App& desk, Session& session) {
  struct Given {
    std::string person;
    std::vector<std::string> skills;
  };
  auto given = std::make_shared<Given>();
  auto* command = desk.add_subcommand("skills", "Write what somebody knows, instead of what was written");
  command->add_option("person", given->person, "A token's name")->required();
  command->add_option("skills", given->skills, "linux nginx; none: he has none");
  command->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto made = client.put("/api/v1/desk-people/" + encoded(given->person) + "/skills",
                                   json::object{{"skills", json::value_from(given->skills)}});
      if (!made) return made.error();
      print_object(*made, {{"person", "/person"}, {"skills", "/skills"}}, session.output);
      return {};
    });
  });
}

void add_set(CLI::App& assignment, Session& session) {
  auto given = std::make_shared<RuleArguments>();
  auto* command = assignment.add_subcommand("set", "Write a rule");
  command->add_option("rule", given->name, "Its name: web")->required();
  command->add_option("--place", given->place, "The lowest that fits counts");
  command->add_option("--kind", given->kind, "incident or task");
  command->add_option("--category", given->category, "The ticket's");
  command->add_option("--tenant", given->tenant, "The ticket's");
  command->add_option("--items", given->query, "One of the ticket's items fits this query: class:server");
  command->add_option("--group", given->group, "Left out: the support group of the item");
  command->add_option("--skill", given->skills, "What the one who is picked knows");
  command->add_flag("--pick", given->picks, "Pick who has least in hand, not the group alone");
  command->callback([given, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto made = client.put("/api/v1/assignment-rules/" + encoded(given->name),
                                   json::object{{"place", given->place},
                                                {"kind", given->kind},
                                                {"category", given->category},
                                                {"tenant", given->tenant},
                                                {"query", given->query},
                                                {"group", given->group},
                                                {"skills", json::value_from(given->skills)},
                                                {"picks", given->picks || !given->skills.empty()}});
      if (!made) return made.error();
      print_object(*made, rule_columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_assignment_commands(CLI::App& desk, Session& session) {
  add_members(desk, session);
  add_skills(desk, session);
  auto* assignment = desk.add_subcommand("assignment", "Rules: who takes new tickets");
  assignment->require_subcommand(1);
  assignment->add_subcommand("list", "In the order in which they are tried")->callback([&session] {
    print_all(session, "/api/v1/assignment-rules", rule_columns);
  });
  add_set(*assignment, session);
  auto name = std::make_shared<std::string>();
  auto* remove = assignment->add_subcommand("remove", "Remove a rule");
  remove->add_option("rule", *name, "Its name")->required();
  remove->callback([name, &session] {
    session.run(
        [&](ApiClient& client) { return client.remove("/api/v1/assignment-rules/" + encoded(*name)); });
  });
}

}  // namespace censo::cli
