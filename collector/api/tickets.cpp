#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/tenant.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/affected_assets.h"
#include "desk/assignment.h"
#include "desk/change.h"
#include "desk/request_item.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_template.h"
#include "desk/transition.h"

#include <boost/json.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::size_t assets_shown = 200, most_assets = 10'000;  // of one answer

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

// The ticket as it is now, for the caller.
std::string answer_of(const Desk& desk, Transaction& tx, const Request& request, const desk::Ticket& ticket) {
  const DeskAct act(desk, tx, request);
  return json::serialize(whole_ticket(act.operation(), ticket));
}

base::Result<void> read_due(const Request& request, desk::TicketFilter& filter) {
  const auto breached = request.query_or("breached", "false"), sort = request.query_or("sort", "newest");
  if (breached != "true" && breached != "false")
    return base::fail(Errc::invalid_argument, "expected true or false", "breached");
  if (sort != "due" && sort != "newest")
    return base::fail(Errc::invalid_argument, "expected due or newest", "sort");
  filter.breached = breached == "true";
  filter.by_due = sort == "due";
  const auto text = request.query_or("due_before", "");
  if (text.empty()) return {};
  const auto time = base::parse_iso8601(text);
  if (!time) return base::fail(Errc::invalid_argument, time.error().message, "due_before");
  filter.due_before = *time;
  return {};
}

base::Result<desk::TicketFilter> filter_of(const Desk& desk, Transaction& tx, const Request& request) {
  desk::TicketFilter filter{request.query_or("state", ""), request.query_or("kind", "")};
  if (!filter.state.empty() && filter.state != "open" && !desk.kinds.has_state(filter.state))
    return base::fail(Errc::invalid_argument, "no state \"" + filter.state.substr(0, 64) + "\"", "state");
  if (!filter.kind.empty() && !desk.kinds.find(filter.kind))
    return base::fail(Errc::invalid_argument, "no kind of ticket \"" + filter.kind.substr(0, 64) + "\"",
                      "kind");
  const auto priority = base::parse_integer(request.query_or("priority", "0"));
  if (!priority || *priority < 0 || *priority > 5)
    return base::fail(Errc::invalid_argument, "expected a priority from 1 to 5", "priority");
  filter.priority = *priority;
  filter.assignee = request.query_or("assignee", "");
  filter.group = request.query_or("group", "");
  filter.requester = request.query_or("requester", "");
  filter.watcher = request.query_or("watcher", "");
  filter.tenant = request.query_or("tenant", "");
  if (const auto due = read_due(request, filter); !due) return due.error();
  if (const auto ci = request.query_or("ci", ""); !ci.empty()) {
    const auto item = cmdb::resolve_ci(tx, ci);
    if (!item) return item.error();
    filter.ci = item->id;
  }
  return filter;
}

// The names alone: a list of many has no room for more.
json::array events_of(const desk::Operation& operation, const desk::Ticket& ticket) {
  json::array events;
  for (const auto& one : desk::allowed_transitions(operation, ticket))
    events.emplace_back(one.transition->event);
  return events;
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto filter = filter_of(desk, tx, request);
  if (!filter) return filter.error();
  const DeskAct act(desk, tx, request);
  const auto tickets = desk::list_tickets(tx, *filter, *page, desk::sight_of(act.operation()));
  if (!tickets) return tickets.error();
  return Response::ok(json_page(*tickets, [&](const auto& ticket) {
    auto object = told_ticket(act.operation(), ticket);
    object["allowed"] = events_of(act.operation(), ticket);
    return object;
  }));
}

// Each once, however often and in whatever form it is named.
base::Result<std::vector<cmdb::CiId>> resolve_all(Transaction& tx, const std::vector<std::string>& names,
                                                  const std::string& tenant) {
  std::vector<cmdb::CiId> ids;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto item = cmdb::resolve_ci_of(tx, tenant, names[i]);
    if (!item) {
      const auto* reason = item.error().code == Errc::conflict ? "CI_AMBIGUOUS" : "CI_NOT_FOUND";
      return base::fail(Errc::invalid_argument, item.error().message, "/affected/" + std::to_string(i),
                        reason);
    }
    if (std::find(ids.begin(), ids.end(), item->id) == ids.end()) ids.push_back(item->id);
  }
  return ids;
}

// None is an incident with nothing in it.
base::Result<desk::TicketTemplate> template_of(Transaction& tx, const std::string& name) {
  if (!name.empty()) return desk::find_template(tx, name);
  desk::TicketTemplate none;
  none.kind = "incident";
  return none;
}

base::Result<Response> open(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"kind", "title", "description", "requester", "affected", "fields", "template"});
  desk::NewTicket ticket;
  const auto model = template_of(tx, body.text_or("template", 64, ""));
  if (!model) return model.error();
  ticket.kind = body.text_or("kind", 64, model->kind);
  ticket.title = model->title.empty() ? body.text("title", 800) : body.text_or("title", 800, model->title);
  ticket.description = body.text_or("description", 32 * 1024, model->description);
  ticket.requester = body.text_or("requester", 200, request.caller.name);
  const auto names = body.text_list("affected", 100, 200);
  ticket.fields = fields_of(body);
  if (const auto fault = body.fault()) return *fault;
  if (ticket.kind == model->kind) ticket.fields.insert(model->fields.begin(), model->fields.end());

  if (const auto complete = desk::complete_request(ticket); !complete) return complete.error();
  const auto affected = resolve_all(tx, names, request.caller.tenant);
  if (!affected) return affected.error();
  ticket.affected = *affected;
  const DeskAct act(desk, tx, request);
  desk::give_defaults(act.operation(), ticket);
  const auto opened = desk::open_and_assign(act.operation(), ticket);
  if (!opened) return opened.error();
  auto response = Response::created(answer_of(desk, tx, request, *opened));
  response.headers.emplace_back("Location", "/api/v1/tickets/" + opened->number);
  return response;
}

base::Result<Response> show(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  return Response::ok(answer_of(desk, tx, request, *ticket));
}

base::Result<Response> edit(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"title", "description", "fields", "clear", "version"});
  desk::TicketEdit wanted;
  if (body.has("title")) wanted.title = body.text("title", 800);
  if (body.has("description")) wanted.description = body.text_or("description", 32 * 1024, "");
  wanted.fields = fields_of(body);
  for (const auto& name : body.text_list("clear", 50, 64)) wanted.fields[name] = "";
  if (!body.has("version")) body.refuse("version", "missing field", "MISSING_FIELD");
  wanted.version = body.integer_or("version", 1, std::numeric_limits<std::int64_t>::max(), 1);
  if (const auto fault = body.fault()) return *fault;
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  const auto edited = desk::edit_ticket(act.operation(), *ticket, wanted);
  if (!edited) return edited.error();
  return Response::ok(answer_of(desk, tx, request, *edited));
}

base::Result<Response> affected_assets(const Desk& desk, Transaction& tx, const Request& request) {
  const auto limit = request.query_or("limit", std::to_string(assets_shown));
  const auto most = base::parse_unsigned(limit);
  if (!most || *most < 1 || *most > most_assets)
    return base::fail(Errc::invalid_argument,
                      "expected a number from 1 to " + std::to_string(most_assets) + ", found \"" +
                          base::sanitize_utf8(limit, 20) + "\"",
                      "limit");
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const auto affected = desk::affected_assets(tx, {desk.services.graph, desk.services.catalog}, *ticket,
                                              {{}, static_cast<std::size_t>(*most), request.caller.tenant});
  json::array items;
  for (const auto& asset : affected.assets) items.push_back(to_json(asset));
  return Response::ok(json::serialize(json::object{
      {"items", std::move(items)}, {"total", affected.total}, {"truncated", affected.truncated}}));
}

// The scope of a change is part of its plan.
base::Result<void> plan_if_change(const desk::Operation& operation, const desk::Ticket& ticket,
                                  std::string_view event, const std::string& name) {
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind || !kind->changes_items) return {};
  return desk::change_plan(operation, ticket, event, name);
}

base::Result<Response> link(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"role"});
  const auto word = body.text("role", 20);
  if (const auto fault = body.fault()) return *fault;
  const auto role = desk::parse_link_role(word);
  if (!role) return role.error();
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const DeskAct act(desk, tx, request);
  if (const auto planned = plan_if_change(act.operation(), *ticket, "link", item->name); !planned)
    return planned.error();
  const auto linked = desk::link_ci(tx, *ticket, item->id, *role, act.operation().act);
  if (!linked) return linked.error();
  return show(desk, tx, request);
}

base::Result<Response> unlink(const Desk& desk, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  const DeskAct act(desk, tx, request);
  if (const auto planned = plan_if_change(act.operation(), *ticket, "unlink", item->name); !planned)
    return planned.error();
  const auto unlinked = desk::unlink_ci(tx, *ticket, item->id, act.operation().act);
  if (!unlinked) return unlinked.error();
  return Response::no_content();
}

}  // namespace

Routes tickets(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  return {
      {"GET",
       "/api/v1/tickets",
       Role::viewer,
       Access::read,
       "Tickets, newest first or by due time",
       {"state", "kind", "priority", "assignee", "group", "requester", "watcher", "tenant", "ci", "breached",
        "due_before", "sort", "limit", "after"},
       at(list)},
      {"POST", "/api/v1/tickets", Role::technician, Access::write, "Open a ticket", {}, at(open)},
      {"GET",
       "/api/v1/tickets/{number}",
       Role::viewer,
       Access::read,
       "One ticket with its links and what is allowed now",
       {},
       at(show)},
      {"PATCH",
       "/api/v1/tickets/{number}",
       Role::technician,
       Access::write,
       "Edit title, description and fields",
       {},
       at(edit)},
      {"GET",
       "/api/v1/tickets/{number}/affected-assets",
       Role::viewer,
       Access::read,
       "What the ticket names and what that harms",
       {"limit"},
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
