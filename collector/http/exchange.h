// One request and its answer, on their way through the database's threads and back. No sockets.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/store/database.h"
#include "collector/access/authenticate.h"
#include "collector/http/router.h"
#include "collector/route.h"

#include <functional>
#include <memory>
#include <optional>

namespace censo::collector::http {

// Shared by the connection and the job: either may end first.
struct Exchange {
  RouteMatch match;
  Request request;
  access::Credential credential;
  Handler work;                                  // the route's handler, or what its prepare() returned
  std::optional<base::Result<Response>> answer;  // set: nothing more is to be done but to send it
};

// Runs the route's prepare(), if it has one.
void prepare(Exchange& exchange);

// Hands the exchange to the database as one transaction; `finished` is called on one of its threads, once,
// after the commit, and must not block. Until then the exchange is the database's. False: the queue is full.
bool submit(const std::shared_ptr<Exchange>& exchange, store::Database& database, const base::Clock& clock,
            std::function<void()> finished);

// The same for the caller alone: before a body is read, that is larger than others. Leaves the exchange
// without an answer when the caller is known and may call the route.
bool submit_caller(const std::shared_ptr<Exchange>& exchange, store::Database& database,
                   const base::Clock& clock, std::function<void()> finished);

}  // namespace censo::collector::http
