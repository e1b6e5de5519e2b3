#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/deputy.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::object to_json(const desk::Deputy& one) {
  return {{"person", one.person},          {"deputy", one.deputy},     {"from", json_time(one.from)},
          {"until", json_time(one.until)}, {"named_by", one.named_by}, {"at", json_time(one.at)}};
}

base::Result<Response> list(const Desk&, Transaction& tx, const Request&) {
  return Response::ok(json_items(desk::deputies(tx), [](const desk::Deputy& one) { return to_json(one); }));
}

base::TimeMs read_time(JsonBody& body, std::string_view field) {
  const auto text = body.text_or(field, 40, "");
  if (text.empty()) return 0;
  const auto time = base::parse_iso8601(text);
  if (!time) body.refuse(field, time.error().message);
  return time ? *time : 0;
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"deputy", "from", "until"});
  desk::Deputy wanted;
  wanted.person = request.parameter("person");
  wanted.deputy = body.text("deputy", 200);
  wanted.from = read_time(body, "from");
  wanted.until = read_time(body, "until");
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = desk::name_deputy(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made)));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_deputy(act.operation(), request.parameter("person"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

Routes desk_deputies(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/desk-deputies/{person}";
  return {
      {"GET",
       "/api/v1/desk-deputies",
       Role::viewer,
       Access::read,
       "Who decides in whose stead",
       {},
       at(list)},
      {"PUT", one, Role::viewer, Access::write, "Name a deputy", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Have no deputy any more", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
