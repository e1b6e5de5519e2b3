#include "cmdb/search.h"

#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;

// Configuration items come first, then tickets; the cursor says in which of them it stands.
constexpr std::string_view in_cis = "ci-";
constexpr std::string_view in_tickets = "ticket-";

json::object to_json(const cmdb::SearchMatch& found) {
  json::object object{{"kind", "ci"}};
  for (auto& member : json_ci(found.id, found.class_name, found.name)) object.insert(std::move(member));
  object["match"] = found.match;
  return object;
}

json::object to_json(const desk::Ticket& ticket) {
  return {{"kind", "ticket"},
          {"id", ticket.number},
          {"class", ticket.kind},
          {"name", ticket.title},
          {"match", ticket.number + " " + ticket.title}};
}

struct Found {
  json::array items;
  std::string next;
};

base::Result<void> add_cis(store::Transaction& tx, std::string_view text, const cmdb::PageRequest& page,
                           Found& found) {
  const auto cis = cmdb::search_cis(tx, text, page);
  if (!cis) return cis.error();
  for (const auto& row : cis->rows) found.items.push_back(to_json(row));
  if (!cis->next.empty()) found.next = std::string(in_cis) + cis->next;
  return {};
}

base::Result<void> add_tickets(store::Transaction& tx, std::string_view text, const cmdb::PageRequest& page,
                               Found& found) {
  const auto tickets = desk::search_tickets(tx, text, page);
  if (!tickets) return tickets.error();
  for (const auto& row : tickets->rows) found.items.push_back(to_json(row));
  if (!tickets->next.empty()) found.next = std::string(in_tickets) + tickets->next;
  return {};
}

// The page's cursor within configuration items or within tickets.
struct Place {
  bool tickets = false;
  std::string after;
};

base::Result<Place> place_of(std::string_view cursor) {
  if (cursor.empty()) return Place{};
  if (cursor.starts_with(in_cis)) return Place{false, std::string(cursor.substr(in_cis.size()))};
  if (cursor.starts_with(in_tickets)) return Place{true, std::string(cursor.substr(in_tickets.size()))};
  return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");
}

base::Result<Response> find(store::Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto place = place_of(page->after);
  if (!place) return place.error();
  const auto text = request.query_or("text", "");

  Found found;
  if (!place->tickets) {
    if (const auto added = add_cis(tx, text, {page->limit, place->after}, found); !added)
      return added.error();
  }
  const auto room = page->limit - found.items.size();
  if (found.next.empty() && room == 0) found.next = in_tickets;
  if (found.next.empty()) {
    const auto after = place->tickets ? place->after : std::string();
    if (const auto added = add_tickets(tx, text, {room, after}, found); !added) return added.error();
  }
  json::object answer{{"items", std::move(found.items)}};
  if (!found.next.empty()) answer["next"] = found.next;
  return Response::ok(json::serialize(answer));
}

}  // namespace

Routes search(const Services&) {
  return {{"GET",
           "/api/v1/search",
           Role::viewer,
           Access::read,
           "Configuration items and tickets by any text",
           {"text", "limit", "after"},
           find}};
}

}  // namespace censo::collector::api
