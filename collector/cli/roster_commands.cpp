#include "collector/cli/roster_commands.h"

#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns roster_columns{{"group", "/group"},
                             {"called after min", "/unassigned_min"},
                             {"next after min", "/acknowledge_min"},
                             {"by", "/person"}};
const Columns shift_columns{{"place", "/place"},   {"person", "/person"}, {"shift", "/shift"},
                            {"starts", "/starts"}, {"ends", "/ends"},     {"repeats", "/repeats"},
                            {"zone", "/zone"}};

struct RosterArguments {
  std::string group, shift, at;
  std::int64_t unassigned = 15, acknowledge = 10;
  std::string person, zone, starts, ends, repeats;
  std::int64_t place = 1;

  std::string path() const { return "/api/v1/rosters/" + encoded(group); }
};
using Given = std::shared_ptr<RosterArguments>;

void print_roster(const json::value& roster, const Session& session) {
  print_object(roster, roster_columns, session.output);
  if (session.output.format == Format::table && session.output.field.empty())
    print_section("Shifts", roster.at("shifts").as_array(), shift_columns);
}

// The answer is a roster.
using Ask = base::Result<json::value> (*)(ApiClient&, const RosterArguments&);
void answer_with_roster(CLI::App* command, const Given& given, Session& session, Ask ask) {
  command->callback([given, &session, ask] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto roster = ask(client, *given);
      if (!roster) return roster.error();
      print_roster(*roster, session);
      return {};
    });
  });
}

void add_set(CLI::App& roster, Session& session) {
  auto given = std::make_shared<RosterArguments>();
  auto* command = roster.add_subcommand("set", "Have who is on call in a group called");
  command->add_option("group", given->group, "As tickets name it")->required();
  command->add_option("--unassigned", given->unassigned, "Minutes that a ticket waits for somebody");
  command->add_option("--acknowledge", given->acknowledge, "Minutes until the next one is called");
  answer_with_roster(command, given, session, [](ApiClient& client, const RosterArguments& of) {
    return client.put(of.path(),
                      json::object{{"unassigned_min", of.unassigned}, {"acknowledge_min", of.acknowledge}});
  });
}

void add_shift(CLI::App& roster, Session& session) {
  auto given = std::make_shared<RosterArguments>();
  auto* command = roster.add_subcommand("shift", "Write a shift of a roster");
  command->add_option("group", given->group, "The roster's")->required();
  command->add_option("shift", given->shift, "Its name: night")->required();
  command->add_option("--person", given->person, "Who is on call")->required();
  command->add_option("--place", given->place, "The lowest at a time is called first");
  command->add_option("--zone", given->zone, "Europe/Madrid")->required();
  command->add_option("--starts", given->starts, "2026-12-01T20:00, on the wall of that zone")->required();
  command->add_option("--ends", given->ends, "Of the first time, if it repeats")->required();
  command->add_option("--repeats", given->repeats, "FREQ=WEEKLY;BYDAY=MO,TU");
  answer_with_roster(command, given, session, [](ApiClient& client, const RosterArguments& of) {
    return client.put(of.path() + "/shifts/" + encoded(of.shift), json::object{{"person", of.person},
                                                                               {"place", of.place},
                                                                               {"zone", of.zone},
                                                                               {"starts", of.starts},
                                                                               {"ends", of.ends},
                                                                               {"repeats", of.repeats}});
  });
}

void add_remove(CLI::App& roster, Session& session) {
  auto given = std::make_shared<RosterArguments>();
  auto* command = roster.add_subcommand("remove", "Remove a shift, or a whole roster");
  command->add_option("group", given->group, "The roster's")->required();
  command->add_option("shift", given->shift, "Left out: all of it");
  command->callback([given, &session] {
    session.run([&](ApiClient& client) {
      return client.remove(given->path() + (given->shift.empty() ? "" : "/shifts/" + encoded(given->shift)));
    });
  });
}

}  // namespace

void add_roster_commands(CLI::App& desk, Session& session) {
  auto* roster = desk.add_subcommand("roster", "Who is called for tickets that nobody takes");
  roster->require_subcommand(1);
  roster->add_subcommand("list", "Groups that have one")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/rosters");
      if (!answer) return answer.error();
      print_list(*answer, roster_columns, session.output);
      return {};
    });
  });
  auto given = std::make_shared<RosterArguments>();
  auto* show = roster->add_subcommand("show", "One roster with its shifts");
  show->add_option("group", given->group, "The roster's")->required();
  answer_with_roster(show, given, session,
                     [](ApiClient& client, const RosterArguments& of) { return client.get(of.path()); });
  add_set(*roster, session);
  add_shift(*roster, session);
  add_remove(*roster, session);

  auto asked = std::make_shared<RosterArguments>();
  auto* on_call = desk.add_subcommand("on-call", "Who is on call in a group, the first one first");
  on_call->add_option("group", asked->group, "The roster's")->required();
  on_call->add_option("--at", asked->at, "2026-12-01T22:00Z; left out: now");
  on_call->callback([asked, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(asked->path() + "/on-call", {{"at", asked->at}});
      if (!answer) return answer.error();
      print_list(*answer, shift_columns, session.output);
      return {};
    });
  });
}

}  // namespace censo::cli
