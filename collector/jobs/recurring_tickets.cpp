#include "collector/jobs/recurring_tickets.h"

#include "base/log.h"
#include "base/text.h"
#include "collector/jobs/schedule.h"
#include "desk/assignment.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_template.h"
#include "desk/zone.h"

#include <algorithm>
#include <optional>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::TimeMs;

constexpr std::string_view columns =
    "name, template, schedule, zone, next_at, last_at, last_ticket, problem, person, at";

RecurringTicket recurring_of(const store::Row& row) {
  return {row.text(0),    row.text(1), row.text(2), row.text(3), row.integer(4),
          row.integer(5), row.text(6), row.text(7), row.text(8), row.integer(9)};
}

base::Error unfit(std::string message, std::string field) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(field));
}

base::Result<void> check_role(const desk::Operation& operation) {
  const auto& roles = operation.act.roles;
  if (std::ranges::find(roles, "desk_manager") != roles.end()) return {};
  return base::fail(Errc::permission_denied, "recurring tickets are written by a desk_manager", {},
                    "ROLE_NEEDED");
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

// In the wall time of its zone; an interval is one everywhere.
TimeMs next_of(const RecurringTicket& one, TimeMs now) {
  const auto schedule = parse_schedule(one.schedule);
  const auto* zone = desk::find_zone(one.zone);
  if (!schedule || !zone) return 0;
  if (schedule->every_ms != 0) return now + schedule->every_ms;
  TimeMs wall = desk::wall_time(*zone, now);
  for (int tries = 0; tries < 200; ++tries) {  // an hour that comes twice has at most so many minutes
    const auto next = next_on_wall(*schedule, wall);
    if (!next) return 0;
    const TimeMs at = desk::time_on_wall(*zone, *next);
    if (at > now) return at;
    wall = *next;
  }
  return 0;
}

base::Result<desk::Ticket> open(const desk::Operation& operation, const RecurringTicket& one) {
  const auto model = desk::find_template(operation.tx, one.template_name);
  if (!model) return model.error();
  desk::NewTicket wanted;
  wanted.kind = model->kind;
  wanted.title = model->title;
  wanted.description = model->description;
  wanted.fields = model->fields;
  wanted.requester = one.person;
  return desk::open_and_assign(operation, wanted);
}

}  // namespace

std::vector<RecurringTicket> recurring_tickets(store::Transaction& tx) {
  std::vector<RecurringTicket> found;
  const auto sql = "select " + std::string(columns) + " from recurring_ticket order by name";
  for (const auto& row : tx.query(sql)) found.push_back(recurring_of(row));
  return found;
}

base::Result<RecurringTicket> put_recurring_ticket(const desk::Operation& operation,
                                                   const RecurringTicket& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  auto made = wanted;
  if (!is_name(made.name))
    return unfit("expected a name of lower-case letters, digits and _, at most 64 bytes", "name");
  if (!desk::find_zone(made.zone))
    return unfit("no time zone \"" + base::sanitize_utf8(made.zone, 60) + "\"", "zone");
  const auto schedule = parse_schedule(made.schedule);
  if (!schedule) return schedule.error();
  if (schedule->by_hand)
    return unfit("expected \"every 4h\" or a cron expression of five fields", "schedule");
  if (const auto model = desk::find_template(operation.tx, made.template_name); !model) return model.error();
  made.person = operation.act.actor;
  made.at = operation.act.clock.now();
  made.next_at = next_of(made, made.at);
  if (made.next_at == 0) return unfit("it does not come within five years", "schedule");
  operation.tx.execute(
      "insert into recurring_ticket (name, template, schedule, zone, next_at, last_at, last_ticket, problem, "
      "person, at) values ($1, $2, $3, $4, $5, 0, '', '', $6, $7) on conflict (name) do update set template "
      "= "
      "excluded.template, schedule = excluded.schedule, zone = excluded.zone, next_at = excluded.next_at, "
      "problem = '', person = excluded.person, at = excluded.at",
      made.name, made.template_name, made.schedule, made.zone, made.next_at, made.person, made.at);
  return made;
}

base::Result<void> remove_recurring_ticket(const desk::Operation& operation, std::string_view name) {
  if (!operation.tx.query_one("select 1 from recurring_ticket where name = $1", name))
    return base::fail(Errc::not_found, "no recurring ticket \"" + base::sanitize_utf8(name, 64) + "\"");
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from recurring_ticket where name = $1", name);
  return {};
}

bool open_recurring_tickets(const desk::Operation& operation, std::size_t limit) {
  auto& tx = operation.tx;
  const auto now = operation.act.clock.now();
  const auto sql = "select " + std::string(columns) +
                   " from recurring_ticket where next_at > 0 and next_at <= $1 order by next_at limit $2";
  const auto due = tx.query(sql, now, static_cast<std::int64_t>(limit));
  for (const auto& row : due) {
    const auto one = recurring_of(row);
    // Whoever moves it on opens the ticket: another collector may see it due as well.
    const auto claimed =
        tx.execute("update recurring_ticket set next_at = $3, last_at = $4 where name = $1 and next_at = $2",
                   one.name, one.next_at, next_of(one, now), now);
    if (claimed == 0) continue;
    const auto opened = open(operation, one);
    if (!opened)
      base::log(base::LogLevel::warning, "desk.recurring", one.name + ": " + opened.error().message);
    tx.execute("update recurring_ticket set last_ticket = $2, problem = $3 where name = $1", one.name,
               opened ? opened->number : one.last_ticket, opened ? std::string() : opened.error().message);
  }
  return due.size() == limit;
}

}  // namespace censo::collector::jobs
