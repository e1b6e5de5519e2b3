// `censo ci why|explain|merge|unmerge`, `censo review`, `censo junk`, `censo report`.
#include "collector/cli/commands.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns evidence_columns{{"identifier", "/identifier"}, {"value", "/value"},
                               {"verdict", "/verdict"},       {"other", "/other_value"},
                               {"carriers", "/carriers"},     {"weight", "/weight"}};
const Columns review_columns{{"id", "/id"},           {"kind", "/kind"},    {"state", "/state"},
                             {"score", "/score"},     {"item", "/ci/name"}, {"may be", "/other/name"},
                             {"at", "/at", Show::age}};
const Columns unidentified_columns{{"id", "/id"},       {"origin", "/origin"},          {"class", "/class"},
                                   {"name", "/name"},   {"problem", "/problem"},        {"times", "/times"},
                                   {"state", "/state"}, {"last", "/last_at", Show::age}};
const Columns junk_columns{{"kind", "/kind"},     {"value", "/value"}, {"verdict", "/verdict"},
                           {"origin", "/origin"}, {"by", "/by"},       {"reason", "/reason"}};

std::string ci_path(const std::string& ci) {
  return "/api/v1/cis/" + encoded(ci);
}

json::array list_at(const json::value& object, std::string_view name) {
  const auto* list = object.as_object().if_contains(name);
  return list != nullptr && list->is_array() ? list->get_array() : json::array();
}

bool is_table(const Session& session) {
  return session.output.format == Format::table && session.output.field.empty();
}

void print_explanation(const json::value& explanation) {
  for (const auto& candidate : list_at(explanation, "candidates")) {
    print_section(fmt::format("{} ({}): {} points", text_at(candidate, "/name"), text_at(candidate, "/id"),
                              text_at(candidate, "/score")),
                  list_at(candidate, "evidence"), evidence_columns);
  }
}

base::Result<void> why(ApiClient& client, const std::string& ci, const Session& session) {
  const auto answer = client.get(ci_path(ci) + "/identification");
  if (!answer) return answer.error();
  if (!is_table(session)) {
    print_object(*answer, {{"id", "/id"}, {"name", "/name"}}, session.output);
    return {};
  }
  print_object(*answer, {{"name", "/name"}, {"id", "/id"}, {"class", "/class"}, {"merged items", "/merged"}},
               {});
  print_section("Decisions", list_at(*answer, "decisions"),
                {{"at", "/at", Show::age},
                 {"outcome", "/outcome"},
                 {"rule", "/rule"},
                 {"why", "/text"},
                 {"origin", "/origin"}});
  for (const auto& decision : list_at(*answer, "decisions")) print_explanation(decision);
  print_section("Merges", list_at(*answer, "merges"),
                {{"at", "/at", Show::age},
                 {"item", "/ci"},
                 {"into", "/into"},
                 {"by", "/by"},
                 {"reason", "/reason"},
                 {"undone", "/undone_at", Show::age}});
  print_section("To be decided (censo review decide)", list_at(*answer, "reviews"), review_columns);
  return {};
}

void add_why(CLI::App& ci, Session& session) {
  auto name = std::make_shared<std::string>();
  auto* command =
      ci.add_subcommand("why", "Why it is the item it is: decisions with evidence, merges, reviews");
  command->add_option("ci", *name, "Id, name, serial, MAC or IP address")->required();
  command->callback(
      [name, &session] { session.run([&](ApiClient& client) { return why(client, *name, session); }); });
}

void add_explain(CLI::App& ci, Session& session) {
  auto name = std::make_shared<std::string>(), attribute = std::make_shared<std::string>();
  auto* command =
      ci.add_subcommand("explain", "Why this value is shown: what every source says, and the rule");
  command->add_option("ci", *name, "Id, name, serial, MAC or IP address")->required();
  command->add_option("attribute", *attribute, "As in `censo ci show`; or name, class")->required();
  command->callback([name, attribute, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get(ci_path(*name) + "/attributes/" + encoded(*attribute));
      if (!answer) return answer.error();
      if (is_table(session)) message("rule: " + text_at(*answer, "/rule"));
      print_list(*answer,
                 {{"value", "/value"},
                  {"source", "/source"},
                  {"rank", "/rank"},
                  {"said", "/said_at", Show::age},
                  {"stale", "/stale"},
                  {"why", "/why"}},
                 session.output);
      return {};
    });
  });
}

struct MergeArguments {
  std::string ci, into, reason;
};

base::Result<void> post_merge(ApiClient& client, const MergeArguments& arguments, const Session& session) {
  const bool joins = !arguments.into.empty();
  json::object body{{"reason", arguments.reason}};
  if (joins) body["into"] = arguments.into;
  const auto answer = client.post(ci_path(arguments.ci) + (joins ? "/merge" : "/unmerge"), body);
  if (!answer) return answer.error();
  print_object(*answer, {{"id", "/id"}, {"name", "/name"}, {"class", "/class"}, {"merged items", "/merged"}},
               session.output);
  return {};
}

void add_merge(CLI::App& ci, Session& session) {
  for (const bool joins : {true, false}) {
    auto arguments = std::make_shared<MergeArguments>();
    auto* command =
        joins ? ci.add_subcommand("merge", "Show an item as another one; unmerge gives both back")
              : ci.add_subcommand("unmerge", "Give a merged item back (by its own id: censo ci why)");
    command->add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
    if (joins) command->add_option("--into", arguments->into, "The item that stays")->required();
    command->add_option("--reason", arguments->reason, "Kept with it")->required(joins);
    command->callback([arguments, &session] {
      session.run([&](ApiClient& client) { return post_merge(client, *arguments, session); });
    });
  }
}

base::Result<void> show_review(ApiClient& client, const std::string& id, const Session& session) {
  const auto answer = client.get("/api/v1/reviews/" + encoded(id));
  if (!answer) return answer.error();
  if (!is_table(session)) {
    print_object(*answer, review_columns, session.output);
    return {};
  }
  print_object(*answer,
               {{"question", "/question"},
                {"item", "/ci/name"},
                {"its id", "/ci/id"},
                {"may be", "/other/name"},
                {"id of that", "/other/id"},
                {"state", "/state"},
                {"why", "/explanation/text"},
                {"reason", "/reason"}},
               {});
  print_explanation(answer->at("explanation"));
  message("decide: censo review decide " + id + " same|different|later --reason TEXT");
  return {};
}

void add_list_of(CLI::App& parent, Session& session, const char* word, const std::string& path) {
  auto state = std::make_shared<std::string>();
  auto list = std::make_shared<ListSettings>();
  const bool reviews = path.ends_with("reviews");
  auto* command = parent.add_subcommand(
      word, reviews ? "Pairs of items that may be one" : "Reports that no item could be found for");
  command->add_option(
      "--state", *state,
      reviews ? "open, later, waiting, same, different, dropped, all" : "open, assigned, discarded, all");
  add_list_options(*command, *list);
  command->callback([state, list, path, reviews, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, path, {{"state", *state}}, *list);
      if (!answer) return answer.error();
      print_list(*answer, reviews ? review_columns : unidentified_columns, session.output);
      return {};
    });
  });
}

struct DecideArguments {
  std::string id, decision, reason, ci;
};

void add_decide(CLI::App& review, Session& session) {
  auto arguments = std::make_shared<DecideArguments>();
  auto* command = review.add_subcommand("decide", "Decide a review");
  command->add_option("id", arguments->id, "Of the review")->required();
  command->add_option("decision", arguments->decision, "same, different or later")
      ->required()
      ->check(CLI::IsMember({"same", "different", "later"}));
  command->add_option("--reason", arguments->reason, "Kept with the decision");
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer =
          client.post("/api/v1/reviews/" + encoded(arguments->id) + "/decision",
                      json::object{{"decision", arguments->decision}, {"reason", arguments->reason}});
      if (!answer) return answer.error();
      print_object(*answer, review_columns, session.output);
      return {};
    });
  });
}

void add_unidentified(CLI::App& review, Session& session) {
  add_list_of(review, session, "unidentified", "/api/v1/unidentified-reports");
  for (const bool assigns : {true, false}) {
    auto arguments = std::make_shared<DecideArguments>();
    auto* command = assigns ? review.add_subcommand("assign", "Say which item an unidentified report is of")
                            : review.add_subcommand("discard", "An unidentified report is of nothing");
    command->add_option("id", arguments->id, "Of the report")->required();
    if (assigns) command->add_option("ci", arguments->ci, "Id, name, serial, MAC or IP address")->required();
    command->add_option("--reason", arguments->reason, "Kept with it");
    command->callback([arguments, assigns, &session] {
      session.run([&](ApiClient& client) -> base::Result<void> {
        json::object body{{"reason", arguments->reason}};
        if (assigns) body["ci"] = arguments->ci;
        const auto answer = client.post(
            "/api/v1/unidentified-reports/" + encoded(arguments->id) + (assigns ? "/assign" : "/discard"),
            body);
        if (!answer) return answer.error();
        print_object(*answer, unidentified_columns, session.output);
        return {};
      });
    });
  }
}

void add_junk_list(CLI::App& junk, Session& session) {
  auto kind = std::make_shared<std::string>(), origin = std::make_shared<std::string>();
  auto* command = junk.add_subcommand("list", "Values that name nothing");
  command->add_option("--kind", *kind, "serial, uuid, mac, address, maker or name");
  command->add_option("--origin", *origin, "built_in, person or learnt");
  command->callback([kind, origin, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/junk-identifiers", {{"kind", *kind}, {"origin", *origin}});
      if (!answer) return answer.error();
      print_list(*answer, junk_columns, session.output);
      return {};
    });
  });
}

void add_junk_change(CLI::App& junk, Session& session) {
  struct Arguments {
    std::string kind, value, reason;
  };
  for (const bool adds : {true, false}) {
    auto arguments = std::make_shared<Arguments>();
    auto* command = adds ? junk.add_subcommand("add", "From now on this value names nothing")
                         : junk.add_subcommand("remove", "Take a value out of the list");
    command->add_option("kind", arguments->kind, "serial, uuid, mac or maker")->required();
    command->add_option("value", arguments->value, "In any usual form")->required();
    command->add_option("--reason", arguments->reason, "Kept with it");
    command->callback([arguments, adds, &session] {
      session.run([&](ApiClient& client) -> base::Result<void> {
        if (!adds) {
          const auto path =
              "/api/v1/junk-identifiers/" + encoded(arguments->kind) + "/" + encoded(arguments->value);
          const auto done = client.send("DELETE", path, {{"reason", arguments->reason}});
          if (!done) return done.error();
          return {};
        }
        const auto answer =
            client.post("/api/v1/junk-identifiers", json::object{{"kind", arguments->kind},
                                                                 {"value", arguments->value},
                                                                 {"reason", arguments->reason}});
        if (!answer) return answer.error();
        print_object(*answer, junk_columns, session.output);
        return {};
      });
    });
  }
}

constexpr std::size_t largest_report = 2 * 1024 * 1024;

base::Result<void> send_report(ApiClient& client, const std::string& file, bool dry_run,
                               const Session& session) {
  auto text = read_given_file(file, largest_report);
  if (!text) return text.error();
  const Query query{{"dry_run", dry_run ? "true" : ""}};
  const auto answer = client.post_text("/api/v1/imports", query, std::move(*text), "application/json");
  if (!answer) return answer.error();
  print_object(*answer,
               {{"outcome", "/outcome"},
                {"decision", "/decision"},
                {"item", "/ci/name"},
                {"id", "/ci/id"},
                {"why", "/explanation/text"},
                {"conflict", "/conflict"}},
               session.output);
  if (!is_table(session)) return {};
  print_section("Items created", list_at(*answer, "created"),
                {{"id", "/id"}, {"class", "/class"}, {"name", "/name"}});
  print_section(
      "Changes", list_at(*answer, "changes"),
      {{"item", "/ci"}, {"what", "/what"}, {"subject", "/subject"}, {"old", "/old"}, {"new", "/new"}});
  print_section("To be decided", list_at(*answer, "reviews"), review_columns);
  if (dry_run) message("nothing was written");
  return {};
}

}  // namespace

void add_ci_identification_commands(CLI::App& ci, Session& session) {
  add_why(ci, session);
  add_explain(ci, session);
  add_merge(ci, session);
}

void add_identification_commands(CLI::App& app, Session& session) {
  auto* review =
      app.add_subcommand("review", "What people have to decide: items that may be one, reports of nothing");
  review->require_subcommand(1);
  add_list_of(*review, session, "list", "/api/v1/reviews");
  auto id = std::make_shared<std::string>();
  auto* show = review->add_subcommand("show", "One review with its evidence");
  show->add_option("id", *id, "Of the review")->required();
  show->callback(
      [id, &session] { session.run([&](ApiClient& client) { return show_review(client, *id, session); }); });
  add_decide(*review, session);
  add_unidentified(*review, session);
  add_audit_commands(*review, session);
  auto* junk = app.add_subcommand("junk", "Identifiers that name nothing");
  junk->require_subcommand(1);
  add_junk_list(*junk, session);
  add_junk_change(*junk, session);
  auto file = std::make_shared<std::string>();
  auto dry_run = std::make_shared<bool>(false);
  auto* report = app.add_subcommand("report", "Send a report of an import, or see what any report would do");
  report->add_option("file", *file, "The report as JSON, at most 2 MiB")->required();
  report->add_flag("--dry-run", *dry_run, "Only say what would change");
  report->callback([file, dry_run, &session] {
    session.run([&](ApiClient& client) { return send_report(client, *file, *dry_run, session); });
  });
}

}  // namespace censo::cli
