#include "desk/change_calendar.h"
#include "collector/desk_request.h"
#include "collector/icalendar.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1'000;
constexpr base::TimeMs most_ms = 400 * day_ms;

json::object to_json(const desk::CalendarEntry& entry) {
  return {{"kind", entry.kind},
          {"name", entry.name},
          {"title", entry.title},
          {"state", entry.state},
          {"implementer", entry.person},
          {"start", json_time(entry.when.start)},
          {"end", json_time(entry.when.end)}};
}

base::Result<base::TimeMs> time_or(const Request& request, std::string_view name, base::TimeMs otherwise) {
  const auto text = request.query_or(name, "");
  if (text.empty()) return otherwise;
  const auto time = base::parse_iso8601(text);
  if (time) return *time;
  return base::fail(base::Errc::invalid_argument, time.error().message, std::string(name));
}

// From a month ago to half a year ahead, unless it is said.
base::Result<desk::Window> window_of(const Desk& desk, const Request& request) {
  const auto now = desk.services.clock.now();
  const auto from = time_or(request, "from", now - 31 * day_ms),
             to = time_or(request, "to", now + 183 * day_ms);
  if (!from) return from.error();
  if (!to) return to.error();
  if (*to > *from && *to - *from <= most_ms) return desk::Window{*from, *to};
  return base::fail(base::Errc::invalid_argument, "expected a time after from, at most 400 days", "to");
}

base::Result<std::vector<desk::CalendarEntry>> entries_of(const Desk& desk, Transaction& tx,
                                                          const Request& request) {
  const auto when = window_of(desk, request);
  if (!when) return when.error();
  const DeskAct act(desk, tx, request);
  return desk::change_calendar(act.operation(), *when);
}

base::Result<Response> list(const Desk& desk, Transaction& tx, const Request& request) {
  const auto entries = entries_of(desk, tx, request);
  if (!entries) return entries.error();
  return Response::ok(json_items(*entries, [](const desk::CalendarEntry& one) { return to_json(one); }));
}

base::Result<Response> feed(const Desk& desk, Transaction& tx, const Request& request) {
  const auto entries = entries_of(desk, tx, request);
  if (!entries) return entries.error();
  auto response = Response::ok(to_icalendar(*entries, request.host.empty() ? "censo" : request.host));
  response.content_type = "text/calendar; charset=utf-8";
  return response;
}

}  // namespace

// A calendar program knows a user and a password alone: the feed takes a token as that (docs/changes.md).
Routes change_calendar(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  return {
      {"GET",
       "/api/v1/change-calendar",
       Role::viewer,
       Access::read,
       "Changes, freezes and maintenance in a time",
       {"from", "to"},
       at(list)},
      {"GET",
       "/api/v1/change-calendar.ics",
       Role::calendar_reader,
       Access::read,
       "The same as iCalendar, for calendar programs",
       {"from", "to"},
       at(feed)},
  };
}

}  // namespace censo::collector::api
