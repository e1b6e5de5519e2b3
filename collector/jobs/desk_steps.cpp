#include "collector/jobs/desk_steps.h"

#include "cmdb/impact.h"
#include "collector/jobs/recurring_tickets.h"
#include "desk/calendar_change.h"
#include "desk/date_rules.h"
#include "desk/date_task.h"
#include "desk/detection.h"
#include "desk/detection_rules.h"
#include "desk/event.h"
#include "desk/event_rules.h"
#include "desk/incoming_mail.h"
#include "desk/mail_queue.h"
#include "desk/mail_rules.h"
#include "desk/notice.h"
#include "desk/on_call.h"
#include "desk/ticket_target.h"
#include "desk/transition.h"
#include "desk/unauthorised_report.h"

#include <memory>

namespace censo::collector::jobs {
namespace {

constexpr std::size_t states_a_step = 100;
constexpr std::size_t entries_a_step = 200;  // some 10 ms of the writer
constexpr std::size_t events_a_step = 100;
constexpr std::size_t dates_a_step = 500;
constexpr std::size_t acts_a_step = 50, mails_a_step = 200;

// What the steps work with; outlives them with the last.
struct Rules {
  desk::TicketKinds kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
  desk::DetectionRules detection = desk::DetectionRules::load(cmdb::built_in_schemas()).value();
  desk::DateRules dates = desk::DateRules::load(cmdb::built_in_schemas()).value();
  desk::EventRules events = desk::EventRules::load(cmdb::built_in_schemas()).value();
  desk::MailRules mail = desk::MailRules::load(cmdb::built_in_schemas()).value();
};

}  // namespace

std::vector<HousekeepingStep> desk_steps(const cmdb::ClassCatalog& catalog, cmdb::ImpactGraph& graph,
                                         const base::Clock& clock) {
  const auto rules = std::make_shared<const Rules>();
  const auto as_rule = [&catalog, &graph, &clock, rules](auto work) {
    return [&catalog, &graph, &clock, rules, work](store::Transaction& tx, base::TimeMs) {
      const desk::Act act{"collector", "rule", clock, {"rule"}};
      const cmdb::ImpactSource impact{graph, catalog};
      return work(desk::Operation{tx, rules->kinds, act, &impact, &rules->detection});
    };
  };
  return {
      {"end_due_states", as_rule([](const desk::Operation& operation) {
         return desk::end_due_states(operation, states_a_step);
       })},
      {"escalate", as_rule([](const desk::Operation& operation) {
         return desk::escalate_due_targets(operation, states_a_step);
       })},
      {"call_on_call", as_rule([](const desk::Operation& operation) {
         return desk::call_on_call(operation, states_a_step);
       })},
      {"open_recurring_tickets", as_rule([](const desk::Operation& operation) {
         return open_recurring_tickets(operation, states_a_step);
       })},
      {"make_date_tasks", as_rule([rules](const desk::Operation& operation) {
         desk::make_date_tasks(operation, rules->dates, dates_a_step);
         return false;  // the round has time: others are not kept waiting
       })},
      {"detect_changes",
       as_rule([](const desk::Operation& operation) { return desk::detect(operation, entries_a_step); })},
      {"report_unauthorised", as_rule([rules](const desk::Operation& operation) {
         return desk::report_unauthorised(operation, rules->mail, acts_a_step);
       })},
      {"look_at_events", as_rule([rules](const desk::Operation& operation) {
         return desk::look_at_events(operation, rules->events, events_a_step);
       })},
      {"forget_events", as_rule([rules](const desk::Operation& operation) {
         return desk::forget_events(operation, rules->events, events_a_step);
       })},
      {"make_notices", as_rule([rules](const desk::Operation& operation) {
         return desk::make_notices(operation, rules->mail, acts_a_step);
       })},
      {"forget_received", as_rule([rules](const desk::Operation& operation) {
         return desk::forget_received(operation, rules->mail, mails_a_step);
       })},
      {"forget_mails", as_rule([rules](const desk::Operation& operation) {
         return desk::forget_mails(operation.tx, rules->mail, operation.act.clock.now(), mails_a_step);
       })},
  };
}

RoundPauses desk_pace() {
  return {std::chrono::seconds(5), std::chrono::seconds(5)};
}

store::Outcome prepare_desk(store::Database& database, const base::Clock& clock) {
  const auto kinds = desk::TicketKinds::load(cmdb::built_in_schemas());
  if (!kinds) return kinds.error();
  return database.write([&](store::Transaction& tx) -> store::Outcome {
    const desk::Act act{"collector", "rule", clock, {"rule"}};
    desk::take_up_calendars({tx, *kinds, act}, cmdb::built_in_schemas());
    return {};
  });
}

}  // namespace censo::collector::jobs
