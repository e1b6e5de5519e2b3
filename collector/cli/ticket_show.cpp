#include "collector/cli/ticket_show.h"

#include <fmt/core.h>
#include <boost/json.hpp>

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
const Columns note_columns{{"when", "/at", Show::age},
                           {"who", "/author"},
                           {"kind", "/kind"},
                           {"minutes", "/minutes"},
                           {"text", "/text"}};
const Columns modification_columns{{"id", "/id"},
                                   {"item", "/ci/name"},
                                   {"modifies", "/subject"},
                                   {"value", "/value"},
                                   {"verdict", "/verdict"}};
const Columns conflict_columns{
    {"number", "/number"}, {"title", "/title"}, {"from", "/start"}, {"to", "/end"}, {"why", "/reason"}};
const Columns allowed_columns{
    {"event", "/event"}, {"leads to", "/to"}, {"needs", "/needs"}, {"takes", "/takes"}};

// The parts of a ticket that have an address of their own, in the order in which they are shown. `rows` is
// the member with the list.
struct Part {
  std::string_view name, path, heading, rows;
  const Columns& columns;
};
const std::vector<Part> parts_of_a_ticket{
    {"affected_assets", "/affected-assets", "Affected assets", "items", asset_columns},
    {"recent_changes", "/recent-changes", "What changed just before", "items", recent_columns},
    {"planned_changes", "/recent-changes", "Changes planned for that time", "planned", planned_columns},
    {"probable_causes", "/probable-causes", "Probable causes, the likeliest first", "items", cause_columns},
    {"notes", "/notes", "Comments and work", "items", note_columns},
};
const std::vector<Part> parts_of_a_change{
    {"verification", "/verification", "Planned modifications", "planned", modification_columns},
    {"unplanned", "/verification", "Unplanned differences in its time", "unplanned", recent_columns},
    {"conflicts", "/conflicts", "At the same time", "items", conflict_columns},
    {"affected_assets", "/affected-assets", "Scope", "items", asset_columns},
    {"notes", "/notes", "Comments and work", "items", note_columns},
};

// What stands in the fields, but for the texts of many lines.
void print_fields(const json::value& ticket) {
  const auto* fields = ticket.at("fields").if_object();
  if (fields == nullptr) return;
  for (const auto& [name, value] : *fields) {
    const auto text = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    fmt::print("{:<20}  {}\n", std::string_view(name), printable(text));
  }
}

void print_head(const json::value& ticket) {
  print_object(ticket,
               {{"number", "/number"},
                {"title", "/title"},
                {"state", "/state"},
                {"since", "/state_since", Show::age},
                {"requester", "/requester"},
                {"opened", "/opened_at", Show::age},
                {"version", "/version"},
                {"description", "/description"}},
               {});
  print_fields(ticket);
}

}  // namespace

const Columns ticket_columns{{"number", "/number"},       {"title", "/title"},
                             {"state", "/state"},         {"priority", "/fields/priority"},
                             {"group", "/fields/group"},  {"assignee", "/fields/assignee"},
                             {"requester", "/requester"}, {"opened", "/opened_at", Show::age}};

std::string ticket_path(const std::string& number) {
  return "/api/v1/tickets/" + encoded(number);
}

base::Result<void> show_ticket(ApiClient& client, const std::string& number, const Session& session) {
  auto ticket = client.get(ticket_path(number));
  if (!ticket) return ticket.error();
  auto& object = ticket->as_object();
  const bool is_change = text_at(*ticket, "/kind") == "change";
  const auto& parts = is_change ? parts_of_a_change : parts_of_a_ticket;
  for (const auto& part : parts) {
    auto answer = client.get(ticket_path(number) + std::string(part.path));
    if (!answer) return answer.error();
    object[part.name] = std::move(*answer);
  }
  if (session.output.format != Format::table || !session.output.field.empty()) {
    print_object(*ticket, ticket_columns, session.output);
    return {};
  }
  print_head(*ticket);
  for (const auto& part : parts) {
    const auto& answer = object.at(part.name);
    const auto& rows = answer.at(part.rows).as_array();
    print_section(fmt::format("{} ({})", part.heading, rows.size()), rows, part.columns);
    if (text_at(answer, "/truncated") == "true") message("there are more; the list was cut");
  }
  print_section("Allowed to you now (censo ticket do " + number + " EVENT)", object.at("allowed").as_array(),
                allowed_columns);
  return {};
}

}  // namespace censo::cli
