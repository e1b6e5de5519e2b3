#include "base/text.h"
#include "cmdb/configuration_item.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/problem_candidate.h"
#include "desk/suggestions.h"
#include "desk/tenant.h"

#include <boost/json.hpp>

#include <memory>
#include <string>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::size_t most_items = 20, most_suggestions = 50;

json::object short_ticket(const desk::Ticket& ticket) {
  return {{"number", ticket.number},
          {"kind", ticket.kind},
          {"title", ticket.title},
          {"state", ticket.state},
          {"opened_at", json_time(ticket.opened_at)}};
}

// Known errors are published: rule 26. Else what the caller sees; nobody is asked to agree to an incident or
// a problem, so that of the many that are alike most cost no question.
desk::MayBeTold may_be_told(const desk::Operation& operation) {
  return [&operation, sight = desk::sight_of(operation.tx, operation.act)](const desk::Ticket& ticket,
                                                                           bool known_error) {
    const bool his = desk::is_of_tenant(operation.act, ticket);
    if (known_error && (his || ticket.field("tenant").empty())) return true;
    if (his && desk::is_in_sight(operation.tx, sight, ticket)) return true;
    return his && ticket.kind != "incident" && ticket.kind != "problem" && desk::sees(operation, ticket);
  };
}

json::array to_json(const desk::Operation& operation, const std::vector<desk::Suggestion>& suggestions) {
  json::array array;
  for (const auto& one : suggestions) {
    json::array reasons;
    // They name items, whosever these are.
    if (operation.act.tenant.empty())
      for (const auto& reason : one.reasons) reasons.emplace_back(reason);
    auto object = short_ticket(one.ticket);
    object["score"] = one.score;
    object["reasons"] = std::move(reasons);
    object["help"] = one.help;
    array.push_back(std::move(object));
  }
  return array;
}

// "ci=web01,db01"
base::Result<std::vector<cmdb::CiId>> items_of(Transaction& tx, const Request& request) {
  std::vector<cmdb::CiId> ids;
  const auto text = request.query_or("ci", "");
  if (text.empty()) return ids;
  for (const auto name : base::split(text, ',')) {
    if (ids.size() == most_items)
      return base::fail(Errc::invalid_argument, "expected at most 20 items", "ci");
    const auto item = cmdb::resolve_ci(tx, name);
    if (!item) return item.error();
    ids.push_back(item->id);
  }
  return ids;
}

base::Result<Response> suggestions(const Desk& desk, Transaction& tx, const Request& request) {
  const auto text = request.query_or("title", "");
  if (text.size() > 800) return base::fail(Errc::invalid_argument, "expected at most 800 bytes", "title");
  const auto limit = base::parse_integer(request.query_or("limit", "5"));
  if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(most_suggestions))
    return base::fail(Errc::invalid_argument, "expected a number from 1 to 50", "limit");
  const auto items = items_of(tx, request);
  if (!items) return items.error();
  const DeskAct act(desk, tx, request);
  const auto operation = act.operation();
  const auto found = desk::suggestions_for(operation, {text, *items}, static_cast<std::size_t>(*limit),
                                           may_be_told(operation));
  return Response::ok(
      json::serialize(json::object{{"known_errors", to_json(act.operation(), found.known_errors)},
                                   {"items", to_json(act.operation(), found.tickets)}}));
}

base::Result<Response> candidates(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  return Response::ok(
      json_items(desk::problem_candidates(act.operation()), [](const desk::ProblemCandidate& candidate) {
        json::array incidents;
        for (const auto& incident : candidate.incidents) incidents.push_back(short_ticket(incident));
        return json::object{{"key", candidate.key},
                            {"reason", candidate.reason},
                            {"count", candidate.incidents.size()},
                            {"incidents", std::move(incidents)}};
      }));
}

base::Result<Response> open_candidate(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"key"});
  const auto key = body.text("key", 400);
  if (const auto fault = body.fault()) return *fault;
  const DeskAct act(desk, tx, request);
  const auto problem = desk::open_candidate(act.operation(), key);
  if (!problem) return problem.error();
  auto response = Response::created(json::serialize(whole_ticket(act.operation(), *problem)));
  response.headers.emplace_back("Location", "/api/v1/tickets/" + problem->number);
  return response;
}

}  // namespace

// What is known of something like it, and what repeats.
Routes ticket_suggestions(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  constexpr std::string_view all = "/api/v1/problem-candidates";
  return {
      {"GET",
       "/api/v1/ticket-suggestions",
       Role::viewer,
       Access::read,
       "Known errors and tickets like one that is being written",
       {"title", "ci", "limit"},
       at(suggestions)},
      {"GET", all, Role::viewer, Access::read, "Incidents that repeat", {}, at(candidates)},
      {"POST",
       all,
       Role::technician,
       Access::write,
       "Open a problem with such incidents",
       {},
       at(open_candidate)},
  };
}

}  // namespace censo::collector::api
