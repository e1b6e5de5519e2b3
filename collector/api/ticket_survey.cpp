#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/survey.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

base::Result<Response> answer(const Desk& desk, store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"score", "comment"});
  if (!body.has("score")) body.refuse("score", "missing field", "MISSING_FIELD");
  const auto score = body.integer_or("score", 1, 5, 1);
  const auto comment = body.text_or("comment", 4'000, "");
  if (const auto fault = body.fault()) return *fault;
  const auto ticket = ticket_of(desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(desk, tx, request);
  if (const auto done = desk::answer_survey(act.operation(), *ticket, score, comment); !done)
    return done.error();
  return Response::created(boost::json::serialize(whole_ticket(act.operation(), *ticket)));
}

}  // namespace

Routes ticket_survey(const Services& services) {
  const auto desk = make_desk(services);
  return {{"POST",
           "/api/v1/tickets/{number}/survey",
           Role::viewer,
           Access::write,
           "How content its requester was with how it was handled",
           {},
           [desk](store::Transaction& tx, const Request& request) { return answer(*desk, tx, request); }}};
}

}  // namespace censo::collector::api
