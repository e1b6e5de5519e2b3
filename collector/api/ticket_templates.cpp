#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket_template.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::TicketTemplate& one) {
  json::object fields;
  for (const auto& [name, value] : one.fields) fields[name] = value;
  return {{"name", one.name},
          {"kind", one.kind},
          {"title", one.title},
          {"description", one.description},
          {"fields", std::move(fields)},
          {"person", one.person},
          {"at", json_time(one.at)}};
}

base::Result<Response> list(const Desk&, Transaction& tx, const Request&) {
  return Response::ok(
      json_items(desk::ticket_templates(tx), [](const desk::TicketTemplate& one) { return to_json(one); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"kind", "title", "description", "fields"});
  desk::TicketTemplate wanted;
  wanted.name = request.parameter("name");
  wanted.kind = body.text_or("kind", 64, "incident");
  wanted.title = body.text("title", 800);
  wanted.description = body.text_or("description", 32 * 1024, "");
  wanted.fields = fields_of(body);
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = desk::put_template(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_template(act.operation(), request.parameter("name"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

// What new tickets begin with: POST /api/v1/tickets names one as "template".
Routes ticket_templates(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/ticket-templates/{name}";
  return {
      {"GET",
       "/api/v1/ticket-templates",
       Role::viewer,
       Access::read,
       "What new tickets begin with",
       {},
       at(list)},
      {"PUT", one, Role::technician, Access::write, "Write a template of tickets", {}, at(put)},
      {"DELETE", one, Role::technician, Access::write, "Remove a template of tickets", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
