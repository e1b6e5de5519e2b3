#include "collector/cli/commands.h"
#include "collector/cli/roster_commands.h"
#include "collector/cli/ticket_acts.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns people_columns{{"person", "/person"},
                             {"department", "/department"},
                             {"sees department", "/sees_department"},
                             {"VIP", "/vip"},
                             {"tenant", "/tenant"}};
const Columns item_columns{
    {"item", "/item"}, {"what", "/label/en"}, {"agreed by", "/approval"}, {"about", "/description/en"}};
const Columns task_columns{{"task", "/task"}, {"title", "/title"}, {"group", "/group"}, {"after", "/after"}};

struct PersonArguments {
  std::string person, department, tenant;
  bool sees = false, remove = false, no_tenant = false, vip = false, no_vip = false;
};

base::Result<void> write_person(ApiClient& client, const PersonArguments& given, const Session& session) {
  const auto path = "/api/v1/desk-people/" + encoded(given.person);
  if (given.remove) return client.remove(path);
  json::object body;
  if (!given.department.empty()) body["department"] = given.department;
  if (!given.department.empty() || given.sees) body["sees_department"] = given.sees;
  if (given.vip || given.no_vip) body["vip"] = given.vip;
  if (!given.tenant.empty() || given.no_tenant) body["tenant"] = given.tenant;
  const auto made = client.put(path, body);
  if (!made) return made.error();
  print_object(*made, people_columns, session.output);
  return {};
}

struct AskArguments {
  std::string item, title, description;
  std::vector<std::string> fields;
};

base::Result<void> ask(ApiClient& client, const AskArguments& given, const Session& session) {
  const auto fields = fields_from_words(given.fields);
  if (!fields) return fields.error();
  const auto opened = client.post(
      "/api/v1/request-items/" + encoded(given.item) + "/requests",
      json::object{{"title", given.title}, {"description", given.description}, {"fields", *fields}});
  if (!opened) return opened.error();
  print_object(*opened, {{"number", "/number"}, {"title", "/title"}, {"state", "/state"}}, session.output);
  return {};
}

base::Result<void> show_item(ApiClient& client, const std::string& item, const Session& session) {
  const auto answer = client.get("/api/v1/request-items/" + encoded(item));
  if (!answer) return answer.error();
  print_object(*answer, item_columns, session.output);
  if (session.output.format == Format::table && session.output.field.empty())
    print_section("Tasks", answer->at("tasks").as_array(), task_columns);
  return {};
}

}  // namespace

void add_people_commands(CLI::App& desk, Session& session) {
  desk.add_subcommand("people", "Departments and tenants of people, and who sees his department's tickets")
      ->callback([&session] {
        session.run([&](ApiClient& client) -> base::Result<void> {
          const auto answer = client.get("/api/v1/desk-people");
          if (!answer) return answer.error();
          print_list(*answer, people_columns, session.output);
          return {};
        });
      });
  auto given = std::make_shared<PersonArguments>();
  auto* person = desk.add_subcommand("person", "Write a person's department and tenant");
  person->add_option("person", given->person, "A token's name, or a requester's")->required();
  person->add_option("--department", given->department, "sales");
  person->add_flag("--sees-department", given->sees, "Also the tickets that others of it asked for");
  auto* vip = person->add_flag("--vip", given->vip, "May raise the urgency of what he asked for by one");
  person->add_flag("--no-vip", given->no_vip, "Not any more")->excludes(vip);
  auto* tenant = person->add_option("--tenant", given->tenant, "He sees and touches this one's things alone");
  person->add_flag("--no-tenant", given->no_tenant, "He belongs to none, and sees all")->excludes(tenant);
  person->add_flag("--remove", given->remove, "Forget it");
  person->callback([given, &session] {
    session.run([&](ApiClient& client) { return write_person(client, *given, session); });
  });
}

void add_catalogue_commands(CLI::App& ticket, Session& session) {
  ticket.add_subcommand("catalogue", "What can be asked for")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/request-items");
      if (!answer) return answer.error();
      print_list(*answer, item_columns, session.output);
      return {};
    });
  });
  auto item = std::make_shared<std::string>();
  auto* show = ticket.add_subcommand("item", "One item of the catalogue with its tasks");
  show->add_option("item", *item, "new_laptop")->required();
  show->callback([item, &session] {
    session.run([&](ApiClient& client) { return show_item(client, *item, session); });
  });
  auto given = std::make_shared<AskArguments>();
  auto* command = ticket.add_subcommand("ask", "Ask for an item of the catalogue, for yourself");
  command->add_option("item", given->item, "new_laptop")->required();
  command->add_option("--title", given->title, "Left out: what the item is");
  command->add_option("--description", given->description, "What for");
  command->add_option("--set", given->fields, "FIELD=VALUE: manager=mia; may be repeated");
  command->callback(
      [given, &session] { session.run([&](ApiClient& client) { return ask(client, *given, session); }); });
}

}  // namespace censo::cli
