#include "desk/on_call.h"

#include "base/text.h"
#include "desk/desk_role.h"
#include "desk/desk_window.h"

#include <algorithm>
#include <map>

namespace censo::desk {
namespace {

using base::Errc;
using base::TimeMs;

constexpr std::int64_t most_rosters = 200, most_shifts = 100, most_minutes = 1'440, most_places = 100;

base::Error unfit(std::string message, std::string field) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(field));
}

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"}, "rosters are written by a desk_manager");
}

bool is_text(std::string_view text) {
  return !base::trim(text).empty() && text.size() <= 200 && base::is_valid_utf8(text);
}

DeskWindow window_of(const Shift& shift) {
  DeskWindow window;
  window.zone = shift.zone;
  window.starts = shift.starts;
  window.ends = shift.ends;
  window.repeats = shift.repeats;
  return window;
}

Shift shift_in(const store::Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.integer(3),
          row.text(4), row.text(5), row.text(6), row.text(7)};
}

std::vector<Shift> shifts_of(store::Transaction& tx, std::string_view group) {
  std::vector<Shift> shifts;
  for (const auto& row : tx.query("select group_name, name, person, place, zone, starts, ends, repeats "
                                  "from roster_shift where group_name = $1 order by place, name",
                                  group))
    shifts.push_back(shift_in(row));
  return shifts;
}

}  // namespace

std::vector<Roster> rosters(store::Transaction& tx) {
  std::vector<Roster> found;
  std::map<std::string, std::vector<Shift>, std::less<>> shifts;
  for (const auto& row : tx.query("select group_name, name, person, place, zone, starts, ends, repeats "
                                  "from roster_shift order by group_name, place, name"))
    shifts[row.text(0)].push_back(shift_in(row));
  for (const auto& row : tx.query(
           "select group_name, unassigned_min, acknowledge_min, person, at from roster order by group_name"))
    found.push_back(
        {row.text(0), row.integer(1), row.integer(2), row.text(3), row.integer(4), shifts[row.text(0)]});
  return found;
}

base::Result<Roster> find_roster(store::Transaction& tx, std::string_view group) {
  const auto row = tx.query_one(
      "select group_name, unassigned_min, acknowledge_min, person, at from roster where group_name = $1",
      group);
  if (!row)
    return base::fail(Errc::not_found, "no roster of the group \"" + base::sanitize_utf8(group, 60) + "\"");
  return Roster{row->text(0), row->integer(1), row->integer(2),
                row->text(3), row->integer(4), shifts_of(tx, group)};
}

base::Result<Roster> put_roster(const Operation& operation, const Roster& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  if (!is_text(wanted.group)) return unfit("expected a group of 1 to 200 bytes", "group");
  const auto fits = [](std::int64_t minutes) { return minutes >= 1 && minutes <= most_minutes; };
  if (!fits(wanted.unassigned_min)) return unfit("expected 1 to 1440 minutes", "unassigned_min");
  if (!fits(wanted.acknowledge_min)) return unfit("expected 1 to 1440 minutes", "acknowledge_min");
  auto& tx = operation.tx;
  const auto others = tx.query_one("select count(*) from roster where group_name <> $1", wanted.group);
  if (others->integer(0) >= most_rosters)
    return base::fail(Errc::limit_exceeded, "there are " + std::to_string(most_rosters) + " rosters");
  tx.execute(
      "insert into roster (group_name, unassigned_min, acknowledge_min, person, at) "
      "values ($1, $2, $3, $4, $5) on conflict (group_name) do update set unassigned_min = "
      "excluded.unassigned_min, acknowledge_min = excluded.acknowledge_min, person = excluded.person, "
      "at = excluded.at",
      wanted.group, wanted.unassigned_min, wanted.acknowledge_min, operation.act.actor,
      operation.act.clock.now());
  return find_roster(tx, wanted.group);
}

base::Result<Roster> put_shift(const Operation& operation, const Shift& wanted) {
  auto& tx = operation.tx;
  const auto roster = find_roster(tx, wanted.group);
  if (!roster) return roster.error();
  if (const auto may = check_role(operation); !may) return may.error();
  auto shift = wanted;
  shift.person = base::trim(wanted.person);
  if (!is_window_name(shift.name))
    return unfit("expected a name of lower-case letters, digits, - and _, at most 64 bytes", "shift");
  if (!is_text(shift.person)) return unfit("expected a name of 1 to 200 bytes", "person");
  if (shift.place < 1 || shift.place > most_places) return unfit("expected a place from 1 to 100", "place");
  auto times = window_of(shift);
  if (const auto checked = check_times(times); !checked) return checked.error();
  const bool known =
      std::ranges::any_of(roster->shifts, [&](const Shift& one) { return one.name == shift.name; });
  if (!known && static_cast<std::int64_t>(roster->shifts.size()) >= most_shifts)
    return base::fail(Errc::limit_exceeded, "it has " + std::to_string(most_shifts) + " shifts");
  tx.execute(
      "insert into roster_shift (group_name, name, person, place, zone, starts, ends, repeats) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (group_name, name) do update set "
      "person = excluded.person, place = excluded.place, zone = excluded.zone, starts = excluded.starts, "
      "ends = excluded.ends, repeats = excluded.repeats",
      shift.group, shift.name, shift.person, shift.place, times.zone, times.starts, times.ends,
      times.repeats);
  return find_roster(tx, shift.group);
}

base::Result<void> remove_roster(const Operation& operation, std::string_view group) {
  if (const auto found = find_roster(operation.tx, group); !found) return found.error();
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from on_call_wait where group_name = $1", group);
  operation.tx.execute("delete from roster where group_name = $1", group);
  return {};
}

base::Result<void> remove_shift(const Operation& operation, std::string_view group, std::string_view name) {
  const auto found =
      operation.tx.query_one("select 1 from roster_shift where group_name = $1 and name = $2", group, name);
  if (!found) return base::fail(Errc::not_found, "no shift \"" + base::sanitize_utf8(name, 64) + "\"");
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from roster_shift where group_name = $1 and name = $2", group, name);
  return {};
}

base::Result<std::vector<Shift>> on_call_at(store::Transaction& tx, std::string_view group, TimeMs at) {
  const auto roster = find_roster(tx, group);
  if (!roster) return roster.error();
  std::vector<Shift> called;
  for (const auto& shift : roster->shifts) {
    const bool twice =
        std::ranges::any_of(called, [&](const Shift& one) { return one.person == shift.person; });
    if (!twice && !occurrences(window_of(shift), {at, at + 1}).empty()) called.push_back(shift);
  }
  return called;
}

}  // namespace censo::desk
