#include "collector/cli/commands.h"
#include "collector/cli/ticket_acts.h"
#include "collector/cli/ticket_show.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const std::vector<Verb> verbs{
    {"submit", "Ask for its assessment; a standard one is scheduled", {"freeze_override"}},
    {"authorise", "Ask for approval", {"conflicts_accepted", "freeze_override"}},
    {"approve", "Agree to it", {"reason", "freeze_override"}},
    {"object", "Vote against it", {"reason"}},
    {"reject", "Refuse it", {"reason"}},
    {"rework", "Make a draft of a rejected one", {}},
    {"replan",
     "Other dates or another plan for a scheduled one",
     {"reason", "start", "end", "plan", "backout", "test", "outage"}},
    {"implement", "Begin", {"override_reason", "freeze_override"}},
    {"complete", "It is done", {"result", "actual_start", "actual_end"}},
    {"close", "For good, once it is verified or explained", {"explanation", "follow_up"}},
    {"cancel", "It will not be done", {"reason"}},
};
const std::vector<std::string_view> fields{"type",    "template",       "justification", "plan",
                                           "backout", "backout_tested", "test",          "start",
                                           "end",     "outage",         "group",         "assignee"};

// "[CI:]SUBJECT[=VALUE]"
json::object modification_of(const std::string& text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto colon = text.rfind(':', equals);
  json::object body{{"subject", text.substr(colon == text.npos ? 0 : colon + 1,
                                            equals - (colon == text.npos ? 0 : colon + 1))}};
  if (colon != text.npos) body["ci"] = text.substr(0, colon);
  if (equals < text.size()) body["value"] = text.substr(equals + 1);
  return body;
}

base::Result<void> plan(ApiClient& client, const std::string& number,
                        const std::vector<std::string>& modifications) {
  for (const auto& text : modifications) {
    const auto made = client.post(ticket_path(number) + "/modifications", modification_of(text));
    if (!made) return made.error();
  }
  return {};
}

struct NewArguments {
  std::string title, description;
  std::vector<std::string> cis, modifications;
  std::vector<std::pair<std::string, std::string>> options;  // field, value
};

base::Result<void> open_change(ApiClient& client, const NewArguments& arguments, const Session& session) {
  json::array scope;
  for (const auto& ci : arguments.cis) scope.emplace_back(ci);
  json::object given;
  for (const auto& [name, value] : arguments.options)
    if (!value.empty()) given[name] = value;
  const auto opened = client.post("/api/v1/tickets", json::object{{"kind", "change"},
                                                                  {"title", arguments.title},
                                                                  {"description", arguments.description},
                                                                  {"affected", std::move(scope)},
                                                                  {"fields", std::move(given)}});
  if (!opened) return opened.error();
  const auto number = text_at(*opened, "/number");
  if (const auto planned = plan(client, number, arguments.modifications); !planned) {
    message("the draft " + number + " is there, without all of its modifications");
    return planned;
  }
  print_object(*opened, ticket_columns, session.output);
  return {};
}

void add_new(CLI::App& change, Session& session) {
  auto arguments = std::make_shared<NewArguments>();
  arguments->options.reserve(fields.size());
  auto* command = change.add_subcommand("new", "Draft a change");
  command->add_option("--title", arguments->title, "What is done, in one line")->required();
  command->add_option("--description", arguments->description, "More about it");
  command->add_option("--ci", arguments->cis, "Item of its scope; may be repeated");
  command->add_option("--modify", arguments->modifications,
                      "[CI:]SUBJECT[=VALUE]: an attribute, component class and key, relation type or group");
  for (const auto field : fields) {
    auto& option = arguments->options.emplace_back(std::string(field), "");
    std::string dashed(field);
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    command->add_option("--" + dashed, option.second, "The field " + std::string(field));
  }
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return open_change(client, *arguments, session); });
  });
}

struct ModifyArguments {
  std::string number, remove;
  std::vector<std::string> modifications;
};

void add_modify(CLI::App& change, Session& session) {
  auto arguments = std::make_shared<ModifyArguments>();
  auto* command = change.add_subcommand("modify", "Plan what a change modifies, or take it back");
  command->add_option("number", arguments->number, "CHG-3")->required();
  command->add_option("modifications", arguments->modifications, "[CI:]SUBJECT[=VALUE]");
  command->add_option("--remove", arguments->remove, "Id of a modification to take back");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      if (!arguments->remove.empty()) {
        const auto gone =
            client.remove(ticket_path(arguments->number) + "/modifications/" + encoded(arguments->remove));
        if (!gone) return gone;
      }
      return plan(client, arguments->number, arguments->modifications);
    });
  });
}

void add_list(CLI::App& change, Session& session) {
  auto state = std::make_shared<std::string>();
  auto settings = std::make_shared<ListSettings>();
  auto* list = change.add_subcommand("list", "Changes, newest first");
  list->add_option("--state", *state, "Only in this state; open: not closed or cancelled");
  add_list_options(*list, *settings);
  list->callback([state, settings, &session] {
    static const Columns columns{{"number", "/number"},    {"title", "/title"},
                                 {"type", "/fields/type"}, {"state", "/state"},
                                 {"risk", "/fields/risk"}, {"start", "/fields/start"},
                                 {"end", "/fields/end"},   {"implementer", "/fields/assignee"}};
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer =
          fetch_list(client, "/api/v1/tickets", {{"kind", "change"}, {"state", *state}}, *settings);
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
}

struct CalendarArguments {
  std::string from, to;
  bool ics = false;
};

void add_calendar(CLI::App& change, Session& session) {
  auto arguments = std::make_shared<CalendarArguments>();
  auto* calendar = change.add_subcommand("calendar", "Changes, freezes and maintenance by time");
  calendar->add_option("--from", arguments->from, "From this time on (ISO 8601); left out: a month ago");
  calendar->add_option("--to", arguments->to, "Until this time; left out: half a year from now");
  calendar->add_flag("--ics", arguments->ics, "As iCalendar, for calendar programs");
  calendar->callback([arguments, &session] {
    static const Columns columns{{"from", "/start"},
                                 {"to", "/end"},
                                 {"kind", "/kind"},
                                 {"name", "/name"},
                                 {"title", "/title"},
                                 {"state", "/state"},
                                 {"implementer", "/implementer"}};
    session.run([&](ApiClient& client) -> base::Result<void> {
      const Query query{{"from", arguments->from}, {"to", arguments->to}};
      if (arguments->ics) {
        const auto feed = client.get_bytes("/api/v1/change-calendar.ics", query);
        if (!feed) return feed.error();
        fmt::print("{}", *feed);
        return {};
      }
      const auto answer = client.get("/api/v1/change-calendar", query);
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_change_commands(CLI::App& app, Session& session) {
  auto* change = app.add_subcommand("change", "Changes: plan, approve, carry out, verify");
  change->require_subcommand(1);
  add_new(*change, session);
  add_modify(*change, session);
  add_list(*change, session);
  add_calendar(*change, session);
  add_window_commands(*change, session);
  add_verbs(*change, verbs, session);
  auto number = std::make_shared<std::string>();
  auto* show = change->add_subcommand("show", "One change with its plan and what became of it");
  show->add_option("number", *number, "CHG-3")->required();
  show->callback([number, &session] {
    session.run([&](ApiClient& client) { return show_ticket(client, *number, session); });
  });
}

}  // namespace censo::cli
