#include "desk/change_calendar.h"

#include "desk/change.h"
#include "desk/desk_window.h"
#include "desk/tenant.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <tuple>

namespace censo::desk {
namespace {

constexpr base::TimeMs quarter_ms = base::TimeMs{90} * 24 * 60 * 60 * 1'000;

// As it happened, as far as that is known.
Window shown_window(const Ticket& change) {
  auto when = planned_window(change);
  const auto actual = actual_window(change);
  if (actual.start != 0) when.start = actual.start;
  if (actual.end != 0) when.end = actual.end;
  when.end = std::max(when.end, when.start);
  return when;
}

bool is_within(const Window& when, const Window& wanted) {
  return when.start != 0 && when.start < wanted.end && wanted.start < std::max(when.end, when.start + 1);
}

void add_changes(const std::vector<store::Row>& rows, const Act& act, const Window& wanted,
                 std::vector<CalendarEntry>& entries) {
  for (const auto& row : rows) {
    const auto change = ticket_of(row);
    if (!is_of_tenant(act, change)) continue;
    const auto when = shown_window(change);
    if (!is_within(when, wanted)) continue;
    entries.push_back({base::to_text(change.id), change.kind, change.number, change.title, change.state,
                       change.field("assignee"), when, change.version, change.updated_at});
  }
}

}  // namespace

std::vector<CalendarEntry> change_calendar(const Operation& operation, const Window& wanted) {
  auto& tx = operation.tx;
  std::vector<CalendarEntry> entries;
  const auto open = tickets_where(
      "is_open = 1 and kind = 'change' and state not in ('draft', 'rejected') order by id desc limit 5000");
  add_changes(tx.query(open), operation.act, wanted, entries);
  const auto ended = tickets_where(
      "id >= $1 and kind = 'change' and state = 'closed' and is_open = 0 order by id desc limit 5000");
  add_changes(tx.query(ended, base::lowest_id_at(std::max(wanted.start - quarter_ms, base::TimeMs{0}))),
              operation.act, wanted, entries);
  const auto windows = operation.act.tenant.empty() ? desk_windows(tx) : std::vector<DeskWindow>();
  for (const auto& window : windows) {
    for (const auto& when : occurrences(window, wanted)) {
      auto uid = window.name + "-" + std::to_string(when.start / 1'000);
      entries.push_back(
          {std::move(uid), window.kind, window.name, window.title, "", "", when, window.version, window.at});
    }
  }
  std::ranges::sort(entries, {}, [](const CalendarEntry& one) { return std::tie(one.when.start, one.uid); });
  return entries;
}

}  // namespace censo::desk
