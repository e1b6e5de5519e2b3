#include "collector/http/exchange.h"

#include "collector/access/agent_events.h"
#include "collector/tenant_gate.h"

#include <utility>

namespace censo::collector::http {
namespace {

using base::Errc;
using base::fail;

// The job of a dry run ends with it, so that the database rolls it back.
const base::Error taken_back = fail(Errc::cancelled, "a dry run", {}, "DRY_RUN");

base::Result<void> learn_caller(Exchange& exchange, store::Transaction& tx, base::TimeMs now) {
  const Role least = exchange.match.route->role;
  if (least == Role::none) return {};
  auto caller = access::authenticate(tx, exchange.credential, now);
  if (!caller) return caller.error();
  caller->address = exchange.request.caller.address;
  exchange.request.caller = std::move(*caller);
  if (may_call(exchange.request.caller.role, least))
    return pass_tenant_gate(tx, *exchange.match.route, exchange.request);
  return fail(Errc::permission_denied,
              "expected the role " + std::string(name_of(least)) + " or above, the token's is " +
                  std::string(name_of(exchange.request.caller.role)),
              {}, "ROLE_DENIED");
}

base::Result<Response> answer_of(Exchange& exchange, store::Transaction& tx, base::TimeMs now) {
  if (const auto known = learn_caller(exchange, tx, now); !known) return known.error();
  return exchange.work(tx, exchange.request);
}

base::Error not_taken(const base::Error& cause) {
  const bool passing = cause.code == Errc::unavailable;
  return fail(passing ? Errc::unavailable : Errc::io_failed,
              "the database did not take the request; try again later", {}, cause.reason);
}

// A handler's own error is the answer; anything else that failed the job happened to the database, and stays
// inside.
void settle(Exchange& exchange, const store::Outcome& outcome) {
  const bool handled = exchange.answer.has_value();
  if (!outcome && outcome.error().reason == taken_back.reason && handled) return;
  if (outcome) {
    if (exchange.answer->value().after_commit) exchange.answer->value().after_commit();
  } else if (!handled || exchange.answer->has_value()) {
    exchange.answer = not_taken(outcome.error());
  }
}

// What refused an agent is rolled back, but people are told of it.
void note_refusal(const Exchange& exchange, store::Database& database, const base::Clock& clock) {
  const std::string& agent = exchange.credential.agent_id;
  if (agent.empty() || exchange.answer->has_value()) return;
  const auto event = access::event_of_refusal(exchange.answer->error());
  if (!event) return;
  const auto note = [agent, event, &clock](store::Transaction& tx) -> store::Outcome {
    access::note_agent_event(tx, agent, *event, clock);
    return {};
  };
  (void)database.submit_write(note, [](const store::Outcome&) {});
}

}  // namespace

void prepare(Exchange& exchange) {
  const Route& route = *exchange.match.route;
  exchange.work = route.handler;
  if (!route.prepare) return;
  auto prepared = route.prepare(exchange.request);
  if (prepared) {
    exchange.work = std::move(*prepared);
  } else {
    exchange.answer = prepared.error();
  }
}

bool submit(const std::shared_ptr<Exchange>& exchange, store::Database& database, const base::Clock& clock,
            std::function<void()> finished) {
  store::Job job = [exchange, &clock](store::Transaction& tx) -> store::Outcome {
    exchange->answer.reset();  // of an earlier run of this job
    exchange->answer = answer_of(*exchange, tx, clock.now());
    if (!*exchange->answer) return exchange->answer->error();
    if (exchange->answer->value().dry_run) return taken_back;
    return {};
  };
  store::Done done = [exchange, &database, &clock,
                      finished = std::move(finished)](const store::Outcome& outcome) {
    settle(*exchange, outcome);
    note_refusal(*exchange, database, clock);
    finished();
  };
  if (exchange->match.route->access == Access::write)
    return database.submit_write(std::move(job), std::move(done));
  return database.submit_read(std::move(job), std::move(done));
}

bool submit_caller(const std::shared_ptr<Exchange>& exchange, store::Database& database,
                   const base::Clock& clock, std::function<void()> finished) {
  store::Job job = [exchange, &clock](store::Transaction& tx) -> store::Outcome {
    exchange->answer.reset();  // of an earlier run of this job
    const auto known = learn_caller(*exchange, tx, clock.now());
    if (!known) exchange->answer = known.error();
    return {};
  };
  store::Done done = [exchange, finished = std::move(finished)](const store::Outcome& outcome) {
    if (!outcome) exchange->answer = not_taken(outcome.error());
    finished();
  };
  return database.submit_read(std::move(job), std::move(done));
}

}  // namespace censo::collector::http
