#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/desk_window.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

constexpr base::TimeMs year_ms = base::TimeMs{366} * 24 * 60 * 60 * 1'000;

json::array texts_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

// With the time that it is under way, or comes next within a year.
json::object to_json(const desk::DeskWindow& window, base::TimeMs now) {
  json::object object{{"name", window.name},
                      {"kind", window.kind},
                      {"title", window.title},
                      {"zone", window.zone},
                      {"starts", window.starts},
                      {"ends", window.ends},
                      {"repeats", window.repeats},
                      {"query", window.query},
                      {"search", window.search},
                      {"overriders", texts_json(window.overriders)},
                      {"conditions", texts_json(window.conditions)},
                      {"subjects", texts_json(window.subjects)},
                      {"person", window.person},
                      {"at", json_time(window.at)}};
  const auto times = desk::occurrences(window, {now, now + year_ms});
  object["next_start"] = json_time(times.empty() ? 0 : times.front().start);
  object["next_end"] = json_time(times.empty() ? 0 : times.front().end);
  return object;
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request&) {
  const auto now = desk.services.clock.now();
  return Response::ok(json_items(desk::desk_windows(tx),
                                 [&](const desk::DeskWindow& window) { return to_json(window, now); }));
}

base::Result<Response> put(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"kind", "title", "zone", "starts", "ends", "repeats", "query", "search",
                          "overriders", "conditions", "subjects"});
  desk::DeskWindow wanted;
  wanted.name = request.parameter("name");
  wanted.kind = body.text("kind", 40);
  wanted.title = body.text("title", 800);
  wanted.zone = body.text("zone", 64);
  wanted.starts = body.text("starts", 40);
  wanted.ends = body.text("ends", 40);
  wanted.repeats = body.text_or("repeats", 200, "");
  wanted.query = body.text_or("query", 2'000, "");
  wanted.search = body.text_or("search", 64, "");
  wanted.overriders = body.text_list("overriders", 20, 64);
  wanted.conditions = body.text_list("conditions", 50, 200);
  wanted.subjects = body.text_list("subjects", 50, 500);
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto made = desk::put_desk_window(act.operation(), wanted);
  if (!made) return made.error();
  return Response::ok(json::serialize(to_json(*made, desk.services.clock.now())));
}

base::Result<Response> remove(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  const auto gone = desk::remove_desk_window(act.operation(), request.parameter("name"));
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

Routes desk_windows(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view one = "/api/v1/desk-windows/{name}";
  return {
      {"GET", "/api/v1/desk-windows", Role::viewer, Access::read, "Freezes and maintenance", {}, at(list)},
      {"PUT", one, Role::viewer, Access::write, "Write a freeze or maintenance window", {}, at(put)},
      {"DELETE", one, Role::viewer, Access::write, "Remove a window", {}, at(remove)},
  };
}

}  // namespace censo::collector::api
