#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket.h"

#include <boost/json.hpp>

#include <algorithm>
#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

// What the handlers below share.
struct Desk {
  const Services& services;
  desk::TicketKinds kinds;
};

desk::Act act_of(const Desk& desk, const Request& request) {
  return {request.caller.name, "api", desk.services.clock};
}

json::object to_json(const desk::Ticket& ticket) {
  return {{"id", base::to_text(ticket.id)},
          {"number", ticket.number},
          {"kind", ticket.kind},
          {"title", ticket.title},
          {"description", ticket.description},
          {"state", ticket.state},
          {"requester", ticket.requester},
          {"opened_at", json_time(ticket.opened_at)},
          {"updated_at", json_time(ticket.updated_at)},
          {"version", ticket.version}};
}

json::object to_json(const desk::AffectedAsset& asset) {
  auto object = json_ci(asset.id, asset.class_name, asset.name);
  object["role"] = desk::name_of(asset.role);
  object["depth"] = asset.depth;
  if (asset.role == desk::LinkRole::impacted) object["verdict"] = cmdb::name_of(asset.verdict);
  object["reason"] = asset.reason;
  object["last_seen"] = json_time(asset.last_seen);
  object["last_changed"] = json_time(asset.last_changed);
  return object;
}

// The ticket as it is now, with its links.
std::string whole_ticket(Transaction& tx, const desk::Ticket& ticket) {
  auto object = to_json(ticket);
  json::array links;
  for (const auto& link : desk::links_of(tx, ticket.id)) {
    links.push_back(
        {{"ci", json_ci(link.ci, link.class_name, link.name)}, {"role", desk::name_of(link.role)}});
  }
  object["links"] = std::move(links);
  return json::serialize(object);
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const desk::TicketFilter filter{request.query_or("state", ""), request.query_or("kind", "")};
  if (!filter.state.empty() && !desk.kinds.has_state(filter.state)) {
    return base::fail(Errc::invalid_argument, "no state \"" + filter.state.substr(0, 64) + "\"", "state");
  }
  if (!filter.kind.empty() && !desk.kinds.find(filter.kind)) {
    return base::fail(Errc::invalid_argument, "no kind of ticket \"" + filter.kind.substr(0, 64) + "\"",
                      "kind");
  }
  const auto tickets = desk::list_tickets(tx, filter, *page);
  if (!tickets) return tickets.error();
  return Response::ok(json_page(*tickets, [](const auto& ticket) { return to_json(ticket); }));
}

// Each once, however often and in whatever form it is named.
base::Result<std::vector<cmdb::CiId>> resolve_all(Transaction& tx, const std::vector<std::string>& names) {
  std::vector<cmdb::CiId> ids;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto item = cmdb::resolve_ci(tx, names[i]);
    if (!item) {
      const auto* reason = item.error().code == Errc::conflict ? "CI_AMBIGUOUS" : "CI_NOT_FOUND";
      return base::fail(Errc::invalid_argument, item.error().message, "/affected/" + std::to_string(i),
                        reason);
    }
    if (std::find(ids.begin(), ids.end(), item->id) == ids.end()) ids.push_back(item->id);
  }
  return ids;
}

base::Result<Response> open(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"kind", "title", "description", "requester", "affected"});
  desk::NewTicket ticket;
  ticket.kind = body.text_or("kind", 64, "incident");
  ticket.title = body.text("title", 800);
  ticket.description = body.text_or("description", 32 * 1024, "");
  ticket.requester = body.text_or("requester", 200, request.caller.name);
  const auto names = body.text_list("affected", 100, 200);
  if (const auto fault = body.fault()) return *fault;

  const auto affected = resolve_all(tx, names);
  if (!affected) return affected.error();
  ticket.affected = *affected;
  const auto opened = desk::open_ticket(tx, desk.kinds, ticket, act_of(desk, request));
  if (!opened) return opened.error();
  auto response = Response::created(whole_ticket(tx, *opened));
  response.headers.emplace_back("Location", "/api/v1/tickets/" + opened->number);
  return response;
}

base::Result<Response> show(const Desk&, Transaction& tx, const Request& request) {
  const auto ticket = desk::find_ticket(tx, request.parameter("number"));
  if (!ticket) return ticket.error();
  return Response::ok(whole_ticket(tx, *ticket));
}

base::Result<Response> affected_assets(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = desk::find_ticket(tx, request.parameter("number"));
  if (!ticket) return ticket.error();
  const auto affected = desk::affected_assets(tx, {desk.services.graph, desk.services.catalog}, *ticket);
  json::array items;
  for (const auto& asset : affected.assets) items.push_back(to_json(asset));
  return Response::ok(
      json::serialize(json::object{{"items", std::move(items)}, {"truncated", affected.truncated}}));
}

base::Result<Response> link(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"role"});
  const auto word = body.text("role", 20);
  if (const auto fault = body.fault()) return *fault;
  const auto role = desk::parse_link_role(word);
  if (!role) return role.error();
  const auto ticket = desk::find_ticket(tx, request.parameter("number"));
  if (!ticket) return ticket.error();
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto linked = desk::link_ci(tx, *ticket, item->id, *role, act_of(desk, request));
  if (!linked) return linked.error();
  return show(desk, tx, request);
}

base::Result<Response> unlink(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = desk::find_ticket(tx, request.parameter("number"));
  if (!ticket) return ticket.error();
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const auto unlinked = desk::unlink_ci(tx, *ticket, item->id, act_of(desk, request));
  if (!unlinked) return unlinked.error();
  return Response::no_content();
}

}  // namespace

Routes tickets(const Services& services) {
  // Shared by the handlers, which live as long as the last of them.
  const auto desk =
      std::make_shared<const Desk>(Desk{services, desk::TicketKinds::load(cmdb::built_in_schemas()).value()});
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  return {
      {"GET",
       "/api/v1/tickets",
       Role::viewer,
       Access::read,
       "Tickets, newest first",
       {"state", "kind", "limit", "after"},
       at(list)},
      {"POST", "/api/v1/tickets", Role::technician, Access::write, "Open a ticket", {}, at(open)},
      {"GET",
       "/api/v1/tickets/{number}",
       Role::viewer,
       Access::read,
       "One ticket with its links",
       {},
       at(show)},
      {"GET",
       "/api/v1/tickets/{number}/affected-assets",
       Role::viewer,
       Access::read,
       "What the ticket names and what that harms",
       {},
       at(affected_assets)},
      {"PUT",
       "/api/v1/tickets/{number}/cis/{id}",
       Role::technician,
       Access::write,
       "Link an item in a role",
       {},
       at(link)},
      {"DELETE",
       "/api/v1/tickets/{number}/cis/{id}",
       Role::technician,
       Access::write,
       "Take a link away",
       {},
       at(unlink)},
  };
}

}  // namespace censo::collector::api
