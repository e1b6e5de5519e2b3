#include "desk/date_task.h"

#include "base/log.h"
#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/stored_json.h"
#include "desk/date_rules.h"
#include "desk/filled_text.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_note.h"
#include "desk/transition.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace censo::desk {
namespace {

using base::TimeMs;

struct DatedItem {
  cmdb::CiId id;
  std::string name;
  TimeMs date = 0;  // 0: it has none, or is out of use
};

struct MadeTask {
  TimeMs date = 0;
  std::string ticket;
};

std::string day_of(TimeMs date) {
  return base::to_iso8601(date).substr(0, 10);
}

class DateTasks {
 public:
  DateTasks(const Operation& operation, const DateRule& rule)
      : operation_(operation), tx_(operation.tx), rule_(rule), now_(operation.act.clock.now()) {}

  void look_at(const DatedItem& item) {
    const auto made = made_for(item);
    if (made && made->date == item.date) return;
    if (made && (item.date == 0 || !is_near(item.date))) return settle(item, *made);
    if (made) return move(item, *made);
    if (item.date != 0 && is_near(item.date)) make(item);
  }

 private:
  bool is_near(TimeMs date) const {
    return now_ >= date - rule_.before_ms && now_ < date + date_is_past_after_ms;
  }

  std::optional<MadeTask> made_for(const DatedItem& item) {
    const auto row = tx_.query_one("select date_at, ticket from date_task where rule = $1 and ci_id = $2",
                                   rule_.name, item.id.value);
    if (!row) return {};
    return MadeTask{row->integer(0), row->text(1)};
  }

  // Whoever writes the row makes the ticket: another collector may look at the same item. One that cannot be
  // opened is tried again in the next round.
  void make(const DatedItem& item) {
    const auto claimed = tx_.execute(
        "insert into date_task (rule, ci_id, date_at, ticket) values ($1, $2, $3, '') "
        "on conflict (rule, ci_id) do nothing",
        rule_.name, item.id.value, item.date);
    if (claimed == 0) return;
    if (const auto number = open(item))
      tx_.execute("update date_task set ticket = $3 where rule = $1 and ci_id = $2", rule_.name,
                  item.id.value, *number);
    else
      forget(item);
  }

  void forget(const DatedItem& item) {
    tx_.execute("delete from date_task where rule = $1 and ci_id = $2", rule_.name, item.id.value);
  }

  std::optional<std::string> open(const DatedItem& item) {
    NewTicket wanted;
    wanted.kind = rule_.kind;
    wanted.title = filled(rule_.title, [&](std::string_view name) {
      return name == "date" ? day_of(item.date) : base::sanitize_utf8(item.name, 80);
    });
    wanted.description = "Made by the rule " + rule_.name + " for the attribute " + rule_.attribute + ".";
    wanted.requester = operation_.act.actor;
    wanted.affected = {item.id};
    const auto* kind = operation_.kinds.find(rule_.kind);
    if (kind && kind->find_field("due")) wanted.fields["due"] = base::to_iso8601(item.date);
    const auto opened = open_ticket(tx_, operation_.kinds, wanted, operation_.act);
    if (!opened) {
      base::log(base::LogLevel::warning, "desk.date_task", rule_.name + ": " + opened.error().message);
      return {};
    }
    const auto assigned =
        transition(operation_, *opened, {"assign", {{"group", rule_.group}, {"reason", rule_.name}}, 0});
    if (!assigned)
      base::log(base::LogLevel::warning, "desk.date_task", opened->number + ": " + assigned.error().message);
    return opened->number;
  }

  bool is_open(const Ticket& ticket) const {
    const auto* kind = operation_.kinds.find(ticket.kind);
    const auto* state = kind ? kind->find_state(ticket.state) : nullptr;
    return state && !state->final;
  }

  // The date is far again, or gone: there is nothing to do any more.
  void settle(const DatedItem& item, const MadeTask& made) {
    forget(item);
    const auto ticket = find_ticket(tx_, made.ticket);
    if (!ticket || !is_open(*ticket)) return;
    const std::string outcome =
        item.date == 0 ? "The date is gone, or the item is out of use."
                       : "Renewed: " + day_of(item.date) + " instead of " + day_of(made.date) + ".";
    const auto done = transition(operation_, *ticket, {"finish", {{"outcome", outcome}}, 0});
    if (!done) keep_note(operation_, *ticket, {NoteKind::internal, outcome, 0});
  }

  // Another date that is near as well: who works on it is told, and who has finished has something new to do.
  void move(const DatedItem& item, const MadeTask& made) {
    const auto ticket = find_ticket(tx_, made.ticket);
    std::optional<std::string> number = made.ticket;
    if (ticket && is_open(*ticket)) {
      keep_note(operation_, *ticket,
                {NoteKind::internal,
                 "The date is " + day_of(item.date) + " now, not " + day_of(made.date) + ".", 0});
    } else {
      number = open(item);
    }
    if (!number) return;  // tried again in the next round
    tx_.execute("update date_task set date_at = $3, ticket = $4 where rule = $1 and ci_id = $2", rule_.name,
                item.id.value, item.date, *number);
  }

  const Operation& operation_;
  store::Transaction& tx_;
  const DateRule& rule_;
  const TimeMs now_;
};

using Place = std::pair<const DateRule*, std::string>;  // and one class

std::vector<Place> places_of(const Operation& operation, const DateRules& rules) {
  std::vector<Place> places;
  for (const auto& rule : rules.rules)
    for (const auto* one : operation.impact->catalog.classes())
      if (!one->abstract && operation.impact->catalog.is_any_of(one->name, rule.classes))
        places.emplace_back(&rule, one->name);
  return places;
}

DatedItem item_of(const DateRule& rule, const store::Row& row) {
  DatedItem item{cmdb::CiId(row.integer(0)), row.text(1), 0};
  if (row.text(3) == "retired") return item;
  const auto value = cmdb::value_in_json(row.text(2), rule.attribute);
  const auto date = value ? base::parse_iso8601(cmdb::to_text(*value)) : base::Result<TimeMs>(TimeMs{0});
  if (date) item.date = *date;
  return item;
}

struct Round {
  TimeMs began_at = 0;
  std::int64_t place = -1;
  std::string name;
  std::int64_t ci = 0;
};

}  // namespace

bool make_date_tasks(const Operation& operation, const DateRules& rules, std::size_t limit) {
  auto& tx = operation.tx;
  if (!operation.impact) return false;
  const auto row = tx.query_one("select began_at, place, name, last_id from date_round where id = 1");
  Round round{row->integer(0), row->integer(1), row->text(2), row->integer(3)};
  const auto places = places_of(operation, rules);
  const auto now = operation.act.clock.now();
  if (round.place < 0 || round.place >= std::ssize(places)) {
    const bool due = round.began_at > now || now - round.began_at >= date_round_every_ms;
    if (!due || places.empty()) return false;
    round = {now, 0, "", 0};
  }
  const auto& [rule, class_name] = places[static_cast<std::size_t>(round.place)];
  const auto items = tx.query(
      "select id, name, attributes, stage from ci where class = $1 and merged_into is null and "
      "(name, id) > ($2, $3) order by name, id limit $4",
      class_name, round.name, round.ci, static_cast<std::int64_t>(limit));
  DateTasks tasks(operation, *rule);
  for (const auto& item : items) tasks.look_at(item_of(*rule, item));
  if (items.size() < limit) {
    round = {round.began_at, round.place + 1, "", 0};
    if (round.place == std::ssize(places)) round.place = -1;
  } else {
    round.name = items.back().text(1);
    round.ci = items.back().integer(0);
  }
  tx.execute("update date_round set began_at = $1, place = $2, name = $3, last_id = $4 where id = 1",
             round.began_at, round.place, round.name, round.ci);
  return round.place >= 0;
}

}  // namespace censo::desk
