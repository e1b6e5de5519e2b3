#include "collector/cli/ticket_show.h"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace censo::cli {
namespace {

namespace json = boost::json;

const Columns asset_columns{{"name", "/name"},
                            {"class", "/class"},
                            {"role", "/role"},
                            {"verdict", "/verdict"},
                            {"why", "/reason"},
                            {"last seen", "/last_seen", Show::age},
                            {"last changed", "/last_changed", Show::age}};
const Columns recent_columns{{"when", "/at", Show::age}, {"item", "/ci/name"},  {"what", "/what"},
                             {"subject", "/subject"},    {"old", "/old"},       {"new", "/new"},
                             {"verdict", "/state"},      {"change", "/change"}, {"where", "/path"}};
const Columns planned_columns{{"number", "/number"}, {"title", "/title"}, {"state", "/state"},
                              {"item", "/ci/name"},  {"from", "/start"},  {"to", "/end"}};
const Columns cause_columns{{"item", "/ci/name"}, {"kind", "/kind"}, {"why", "/reasons"}};
const Columns event_columns{
    {"last", "/last_at", Show::age}, {"item", "/ci/name"}, {"condition", "/condition"},
    {"severity", "/severity"},       {"state", "/state"},  {"times", "/times"}};
const Columns note_columns{{"when", "/at", Show::age},
                           {"who", "/author"},
                           {"kind", "/kind"},
                           {"minutes", "/minutes"},
                           {"text", "/text"}};
const Columns attachment_columns{{"id", "/id"},      {"when", "/at", Show::age}, {"who", "/author"},
                                 {"kind", "/kind"},  {"name", "/name"},          {"type", "/type"},
                                 {"bytes", "/bytes"}};
const Columns modification_columns{{"id", "/id"},
                                   {"item", "/ci/name"},
                                   {"modifies", "/subject"},
                                   {"value", "/value"},
                                   {"verdict", "/verdict"}};
const Columns conflict_columns{{"kind", "/kind"},  {"number", "/number"}, {"title", "/title"},
                               {"from", "/start"}, {"to", "/end"},        {"why", "/reason"}};
const Columns target_columns{{"target", "/target"},
                             {"limit", "/limit"},
                             {"calendar", "/calendar"},
                             {"state", "/state"},
                             {"why", "/reason"},
                             {"due", "/due_at"},
                             {"used", "/elapsed_s", Show::length},
                             {"remaining", "/remaining_s", Show::length},
                             {"on the wall", "/wall_s", Show::length},
                             {"excused", "/excused/reason"}};
const Columns reservation_columns{{"reservation", "/reservation"},
                                  {"item", "/ci/name"},
                                  {"state", "/state"},
                                  {"by", "/person"},
                                  {"at", "/at", Show::age}};
const Columns related_columns{{"is", "/label/en"},
                              {"number", "/ticket/number"},
                              {"title", "/ticket/title"},
                              {"state", "/ticket/state"}};
const Columns allowed_columns{
    {"event", "/event"}, {"leads to", "/to"}, {"needs", "/needs"}, {"takes", "/takes"}};

// A list of what is shown below a ticket's head. `answer` is named as the last part of its address,
// `rows` is the member of the answer with the list.
struct Part {
  std::string_view heading, answer, rows;
  const Columns& columns;
};
const Part attachments{"Attachments (censo ticket download)", "attachments", "items", attachment_columns};
const std::vector<Part> parts_of_a_ticket{
    {"Affected assets", "affected_assets", "items", asset_columns},
    {"What changed just before", "recent_changes", "items", recent_columns},
    {"Changes planned for that time", "recent_changes", "planned", planned_columns},
    {"What monitoring told", "events", "items", event_columns},
    {"Probable causes, the likeliest first", "probable_causes", "items", cause_columns},
    {"Comments and work", "notes", "items", note_columns},
    attachments,
};
const std::vector<Part> parts_of_a_request{
    {"What it holds (censo ticket reserve)", "reservations", "items", reservation_columns},
    {"Affected assets", "affected_assets", "items", asset_columns},
    {"Comments and work", "notes", "items", note_columns},
    attachments,
};
const std::vector<Part> parts_of_a_change{
    {"Planned modifications", "verification", "planned", modification_columns},
    {"Unplanned differences in its time", "verification", "unplanned", recent_columns},
    {"At the same time", "conflicts", "items", conflict_columns},
    {"What monitoring told meanwhile", "events", "items", event_columns},
    {"Scope", "affected_assets", "items", asset_columns},
    {"Comments and work", "notes", "items", note_columns},
    attachments,
};

const std::vector<Part>& parts_of(std::string_view kind) {
  if (kind == "request") return parts_of_a_request;
  return kind == "change" ? parts_of_a_change : parts_of_a_ticket;
}

void print_head(const json::value& ticket) {
  Columns columns{{"number", "/number"},
                  {"title", "/title"},
                  {"state", "/state"},
                  {"since", "/state_since", Show::age},
                  {"requester", "/requester"},
                  {"opened", "/opened_at", Show::age},
                  {"version", "/version"},
                  {"description", "/description"},
                  {"satisfaction", "/survey/score"},
                  {"said", "/survey/comment"}};
  std::vector<std::string> pointers;
  const auto* fields = ticket.at("fields").if_object();
  for (const auto& [name, value] : fields ? *fields : json::object())
    pointers.push_back("/fields/" + std::string(name));
  for (const auto& pointer : pointers)
    columns.push_back({std::string_view(pointer).substr(std::string_view("/fields/").size()), pointer});
  print_object(ticket, columns, {});
}

}  // namespace

const Columns ticket_columns{{"number", "/number"},       {"title", "/title"},
                             {"state", "/state"},         {"priority", "/fields/priority"},
                             {"group", "/fields/group"},  {"assignee", "/fields/assignee"},
                             {"requester", "/requester"}, {"opened", "/opened_at", Show::age},
                             {"due", "/due_at"}};

std::string ticket_path(const std::string& number) {
  return "/api/v1/tickets/" + encoded(number);
}

base::Result<void> show_ticket(ApiClient& client, const std::string& number, const Session& session) {
  auto ticket = client.get(ticket_path(number));
  if (!ticket) return ticket.error();
  auto& object = ticket->as_object();
  const bool is_change = text_at(*ticket, "/kind") == "change";
  const auto& parts = parts_of(text_at(*ticket, "/kind"));
  for (const auto& part : parts) {
    if (object.contains(part.answer)) continue;
    std::string name(part.answer);
    std::ranges::replace(name, '_', '-');
    const bool of_the_ticket = name != "events";  // else of all, by ticket
    auto answer =
        of_the_ticket
            ? client.get(ticket_path(number) + "/" + name)
            : client.get("/api/v1/events", {{is_change ? "change" : "ticket", text_at(*ticket, "/number")}});
    // What tells of other people's tickets is the desk's.
    const bool hidden = !answer && answer.error().code == base::Errc::permission_denied;
    if (!answer && !hidden) return answer.error();
    object[part.answer] = hidden ? json::value(nullptr) : std::move(*answer);
  }
  if (session.output.format != Format::table || !session.output.field.empty()) {
    print_object(*ticket, ticket_columns, session.output);
    return {};
  }
  print_head(*ticket);
  if (const auto& targets = object.at("targets").as_array(); !targets.empty())
    print_section("Service levels", targets, target_columns);
  if (const auto& related = object.at("related").as_array(); !related.empty())
    print_section("Other tickets", related, related_columns);
  for (const auto& part : parts) {
    const auto& answer = object.at(part.answer);
    if (answer.is_null()) continue;
    const auto& rows = answer.at(part.rows).as_array();
    const auto total = text_at(answer, "/total");
    print_section(fmt::format("{} ({})", part.heading, total.empty() ? std::to_string(rows.size()) : total),
                  rows, part.columns);
    if (text_at(answer, "/truncated") == "true") message("there are more; the list was cut");
  }
  print_section("Allowed to you now (censo ticket do " + number + " EVENT)", object.at("allowed").as_array(),
                allowed_columns);
  return {};
}

}  // namespace censo::cli
