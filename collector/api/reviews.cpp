#include "cmdb/review.h"
#include "collector/explanation_json.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

constexpr std::array<std::string_view, 8> states{"",      "all",       "waiting", "open",
                                                 "later", "different", "same",    "dropped"};
constexpr auto row_to_json = [](const cmdb::Review& review) { return to_json(review); };

base::Result<Response> list(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto state = request.query_or("state", "");
  if (std::ranges::find(states, state) == states.end()) {
    return base::fail(base::Errc::invalid_argument,
                      "expected open, later, waiting, same, different, dropped or all", "state");
  }
  const auto reviews = cmdb::list_reviews(tx, state, *page);
  if (!reviews) return reviews.error();
  return Response::ok(json_page(*reviews, row_to_json));
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto review = cmdb::find_review(tx, request.parameter("id"));
  if (!review) return review.error();
  return Response::ok(json::serialize(to_json(*review)));
}

base::Result<Response> decide(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"decision", "reason"});
  cmdb::ReviewDecision decision;
  decision.decision = body.text("decision", 16);
  decision.reason = body.text_or("reason", 1000, "");
  if (const auto fault = body.fault()) return *fault;
  decision.actor = "person " + request.caller.name;
  decision.now = services.clock.now();
  const auto review = cmdb::find_review(tx, request.parameter("id"));
  if (!review) return review.error();
  const auto done = cmdb::decide_review(tx, services.catalog, services.clock, *review, decision);
  if (!done) return done.error();
  return show(tx, request);
}

}  // namespace

Routes reviews(const Services& services) {
  return {
      {"GET",
       "/api/v1/reviews",
       Role::viewer,
       Access::read,
       "Pairs of items that may be one, for people to decide, newest first",
       {"state", "limit", "after"},
       list},
      {"GET", "/api/v1/reviews/{id}", Role::viewer, Access::read, "One review with its evidence", {}, show},
      {"POST",
       "/api/v1/reviews/{id}/decision",
       Role::technician,
       Access::write,
       "Decides it: same, different, later",
       {},
       [&services](Transaction& tx, const Request& request) { return decide(services, tx, request); }},
  };
}

}  // namespace censo::collector::api
