#include "desk/calendar_change.h"

#include "base/log.h"
#include "desk/calendar.h"
#include "desk/target_store.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"

#include <memory>
#include <string>

namespace censo::desk {
namespace {

// Nothing: what was taken up cannot be read any more.
std::shared_ptr<const Calendar> calendar_in(const base::EmbeddedFile& file) {
  const auto read = load_calendars(std::span(&file, 1));
  return read && read->size() == 1 ? read->begin()->second : nullptr;
}

// False: it does not run, or is none of its kind any more.
bool go_on(const Operation& operation, const Calendar& before, Ticket& ticket, std::string_view name) {
  const auto now = operation.act.clock.now();
  const auto* kind = operation.kinds.find(ticket.kind);
  const auto* target = kind ? kind->find_target(name) : nullptr;
  auto row = find_row(operation.tx, ticket.id, name);
  if (!target || !row || !row->runs()) return false;
  const auto open_ms = working_ms(before, row->since, now);
  end_interval(operation.tx, ticket.id, *row, now, open_ms);
  row->elapsed_ms += open_ms;
  if (row->breached_at == 0 && row->elapsed_ms > row->limit_ms) row->breached_at = row->due_at;
  row->since = now;
  schedule(*target, *row);
  save_row(operation.tx, ticket.id, *row);
  begin_interval(operation.tx, ticket.id, *row);
  save_summary(operation.tx, ticket);
  auto entry = entry_of(ticket, "recount", operation.act);
  entry.reason = std::string(name) + ": the calendar " + before.name + " was edited";
  add_history(operation.tx, ticket, entry, operation.act.clock);
  return true;
}

std::size_t go_on_with_all(const Operation& operation, const Calendar& before) {
  std::size_t count = 0;
  for (const auto& row : operation.tx.query(
           "select t.number, x.target from ticket_target x join ticket t on t.id = x.ticket_id "
           "where x.calendar = $1 and x.state = 'running' order by t.id",
           before.name)) {
    auto ticket = find_ticket(operation.tx, row.text(0));
    if (ticket && go_on(operation, before, *ticket, row.text(1))) ++count;
  }
  return count;
}

}  // namespace

std::size_t take_up_calendars(const Operation& operation, std::span<const base::EmbeddedFile> files) {
  std::size_t count = 0;
  for (const auto& file : files) {
    if (!file.path.starts_with("calendars/") || !file.path.ends_with(".yaml")) continue;
    const auto calendar = calendar_in(file);
    if (!calendar) continue;
    const auto known =
        operation.tx.query_one("select definition from service_calendar where name = $1", calendar->name);
    if (known && known->text(0) == file.content) continue;
    if (known) {
      const std::string definition = known->text(0);
      const auto before = calendar_in({file.path, definition});
      if (before) count += go_on_with_all(operation, *before);
      base::log(base::LogLevel::info, "desk.calendar_edited", calendar->name);
    }
    operation.tx.execute(
        "insert into service_calendar (name, definition, since) values ($1, $2, $3) "
        "on conflict (name) do update set definition = excluded.definition, since = excluded.since",
        calendar->name, file.content, operation.act.clock.now());
  }
  return count;
}

}  // namespace censo::desk
