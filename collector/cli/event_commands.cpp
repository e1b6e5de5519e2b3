#include "collector/cli/commands.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns event_columns{{"id", "/id"},
                            {"last", "/last_at", Show::age},
                            {"item", "/ci/name"},
                            {"named", "/item"},
                            {"condition", "/condition"},
                            {"severity", "/severity"},
                            {"state", "/state"},
                            {"times", "/times"},
                            {"handling", "/handling"},
                            {"ticket", "/ticket"},
                            {"change", "/change"}};
const Columns sender_columns{{"name", "/name"},
                             {"messages", "/messages"},
                             {"conditions", "/conditions"},
                             {"over the limit", "/over_limit"},
                             {"late", "/late"},
                             {"last", "/last_at", Show::age}};
const Columns rule_columns{{"rule", "/rule"},         {"senders", "/senders"},
                           {"sources", "/sources"},   {"conditions", "/conditions"},
                           {"classes", "/classes"},   {"severities", "/severities"},
                           {"ticket", "/ticket"},     {"group", "/group"},
                           {"category", "/category"}, {"at its end", "/clear"}};
const Columns source_columns{{"way", "/way"},
                             {"address", "/address"},
                             {"messages", "/messages"},
                             {"events", "/events"},
                             {"passed over", "/passed"},
                             {"refused", "/refused"},
                             {"over the limit", "/over_limit"},
                             {"reason", "/reason"},
                             {"last", "/last_at", Show::age}};
const Columns listener_columns{{"collector", "/collector"},
                               {"traps", "/traps"},
                               {"syslog", "/syslog"},
                               {"syslog over TLS", "/syslog_tls"},
                               {"since", "/started_at", Show::age},
                               {"lost", "/lost"},
                               {"last lost", "/lost_at", Show::age},
                               {"because", "/loss"}};
const Columns receipt_columns{{"id", "/id"},
                              {"state", "/state"},
                              {"handling", "/handling"},
                              {"ticket", "/ticket"},
                              {"times", "/times"}};

struct ListArguments {
  std::string state, handling, ci, ticket, change;
  ListSettings settings;
};

void add_list(CLI::App& event, Session& session) {
  auto arguments = std::make_shared<ListArguments>();
  auto* list = event.add_subcommand("list", "What monitoring systems told, newest first");
  list->add_option("--state", arguments->state, "firing or ended");
  list->add_option("--handling", arguments->handling, "incident, silenced, unknown or noted");
  list->add_option("--ci", arguments->ci, "Of this item");
  list->add_option("--ticket", arguments->ticket, "Of this incident");
  list->add_option("--change", arguments->change, "Silenced by this change");
  add_list_options(*list, arguments->settings);
  list->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/events",
                                     {{"state", arguments->state},
                                      {"handling", arguments->handling},
                                      {"ci", arguments->ci},
                                      {"ticket", arguments->ticket},
                                      {"change", arguments->change}},
                                     arguments->settings);
      if (!answer) return answer.error();
      print_list(*answer, event_columns, session.output);
      return {};
    });
  });
}

base::Result<void> print_event(const base::Result<json::value>& answer, const Session& session) {
  if (!answer) return answer.error();
  Columns columns = event_columns;
  for (const Column& more :
       {Column{"sender", "/sender"}, Column{"source", "/source"}, Column{"summary", "/summary"},
        Column{"rule", "/rule"}, Column{"reason", "/reason"}, Column{"first", "/first_at", Show::age},
        Column{"ended", "/ended_at", Show::age}, Column{"details", "/details"}})
    columns.push_back(more);
  print_object(*answer, columns, session.output);
  return {};
}

void add_show(CLI::App& event, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* show = event.add_subcommand("show", "One event");
  show->add_option("id", *id, "Its id")->required();
  show->callback([id, &session] {
    session.run([&](ApiClient& client) {
      return print_event(client.get("/api/v1/events/" + encoded(*id)), session);
    });
  });
}

void add_place(CLI::App& event, Session& session) {
  auto id = std::make_shared<std::string>(), ci = std::make_shared<std::string>();
  auto* place = event.add_subcommand("place", "Say which item an event of an unknown one means");
  place->add_option("id", *id, "Of the event")->required();
  place->add_option("ci", *ci, "Id, name or identifier of the item")->required();
  place->callback([id, ci, &session] {
    session.run([&](ApiClient& client) {
      return print_event(client.post("/api/v1/events/" + encoded(*id) + "/ci", json::object{{"ci", *ci}}),
                         session);
    });
  });
}

void add_send(CLI::App& event, Session& session) {
  auto body = std::make_shared<json::object>();
  auto* send =
      event.add_subcommand("send", "Tell that something began or ended, as a monitoring system does");
  const auto add = [&](const char* option, const char* field, const char* help) {
    return send->add_option_function<std::string>(
        option, [body, field](const std::string& value) { (*body)[field] = value; }, help);
  };
  add("--item", "item", "Id, name, address or any identifier")->required();
  add("--condition", "condition", "Such as \"DiskFull /var\"")->required();
  add("--severity", "severity", "critical, error, warning or info, or a word that means one of them");
  add("--summary", "summary", "In one line");
  add("--details", "details", "All that is known");
  add("--source", "source", "The system that saw it");
  send->add_flag_callback(
      "--ended", [body] { (*body)["state"] = "resolved"; }, "It has ended");
  send->callback([body, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      auto answer = client.post("/api/v1/events", *body);
      if (!answer) return answer.error();
      if (text_at(*answer, "/over_limit") != "0") message("not taken: too many within a minute");
      if (text_at(*answer, "/late") != "0") message("nothing of the kind is firing");
      answer->as_object()["items"] = answer->at("events");
      print_list(*answer, receipt_columns, session.output);
      return {};
    });
  });
}

struct SourceArguments {
  std::string way;
  bool refused = false;
};

void add_sources(CLI::App& event, Session& session) {
  auto arguments = std::make_shared<SourceArguments>();
  auto* sources = event.add_subcommand("sources", "From where traps and syslog came, and what was refused");
  sources->add_option("--way", arguments->way, "snmp or syslog");
  sources->add_flag("--refused", arguments->refused, "Only those of whom something was refused");
  sources->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/event-sources?way=" + encoded(arguments->way) +
                                     "&refused=" + (arguments->refused ? "true" : "false"));
      if (!answer) return answer.error();
      print_list(*answer, source_columns, session.output);
      return {};
    });
  });
}

void add_listeners(CLI::App& event, Session& session) {
  auto* listeners =
      event.add_subcommand("listeners", "Where traps and syslog are taken, and by which credentials");
  listeners->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/event-listeners");
      if (!answer) return answer.error();
      print_list(*answer, listener_columns, session.output);
      if (const auto vouch = text_at(*answer, "/trap_credentials"); session.output.format == Format::table)
        message(vouch.empty() ? "no credential vouches for traps: censo event trust NAME"
                              : "vouched for by " + vouch);
      return {};
    });
  });
}

// What vouches for traps now, as an answer with "trap_credentials" tells.
base::Result<void> print_trust(const base::Result<json::value>& answer, const Session& session) {
  if (!answer) return answer.error();
  json::array items;
  for (const auto& name : answer->at("trap_credentials").as_array())
    items.push_back(json::object{{"credential", name}});
  const bool as_table = session.output.format == Format::table && session.output.field.empty();
  if (items.empty() && as_table)
    message("no credential vouches for traps, so none is taken: censo event trust NAME");
  else
    print_list(json::object{{"items", std::move(items)}}, {{"credential", "/credential"}}, session.output);
  return {};
}

struct TrustArguments {
  std::vector<std::string> names;
  bool none = false;
};

void add_trust(CLI::App& event, Session& session) {
  auto arguments = std::make_shared<TrustArguments>();
  auto* trust = event.add_subcommand("trust", "Which SNMP credentials vouch for traps; or say which do");
  auto* names = trust->add_option("credential", arguments->names,
                                  "Names of `censo scan credential`: these and no others from now on");
  trust->add_flag("--none", arguments->none, "None any more: no trap is taken")->excludes(names);
  trust->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      if (arguments->names.empty() && !arguments->none)
        return print_trust(client.get("/api/v1/event-listeners"), session);
      json::array list;
      for (const auto& name : arguments->names) list.emplace_back(name);
      return print_trust(
          client.put("/api/v1/trap-credentials", json::object{{"credentials", std::move(list)}}), session);
    });
  });
}

void add_plain_list(CLI::App& event, Session& session, const std::string& name, const std::string& help,
                    const Columns& columns) {
  auto* list = event.add_subcommand(name, help);
  list->callback([name, &columns, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/event-" + name);
      if (!answer) return answer.error();
      print_list(*answer, columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_event_commands(CLI::App& app, Session& session) {
  auto* event = app.add_subcommand("event", "What monitoring systems tell, and what became of it");
  event->require_subcommand(1);
  add_list(*event, session);
  add_show(*event, session);
  add_place(*event, session);
  add_send(*event, session);
  add_listeners(*event, session);
  add_trust(*event, session);
  add_sources(*event, session);
  add_plain_list(*event, session, "senders", "Who sends, and how much", sender_columns);
  add_plain_list(*event, session, "rules", "What becomes of events, the first that fits", rule_columns);
}

}  // namespace censo::cli
