// Windows that stand (service-desk rule 33): a freeze, in which changes are not wanted, and maintenance, in
// which work is expected: what monitoring tells then is silenced, differences are expected. All functions run
// inside a caller's transaction.
#pragma once

#include "desk/difference.h"
#include "desk/ticket.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {
class ClassCatalog;  // cmdb/class_catalog.h
}

namespace censo::desk {

inline constexpr std::string_view freeze = "freeze", maintenance = "maintenance";

struct DeskWindow {
  std::string name;                     // "year_end": letters, digits, "_" and "-" in lower case
  std::string kind;                     // freeze or maintenance
  std::string title, zone;              // "Europe/Madrid"
  std::string starts, ends;             // of the first time, on the wall of its zone: "2026-12-19T08:00"
  std::string repeats;                  // desk/repeat.h; "": once
  std::string query;                    // of items, by what they say themselves (docs/search.md); "": all
  std::string search;                   // or those of this saved search; "": the query's
  std::vector<std::string> overriders;  // of a freeze: roles that may override it
  std::vector<std::string> conditions;  // of maintenance: of events, whole or beginning with "*" behind
  std::vector<std::string> subjects;    // of maintenance: of differences, as planned modifications have them
  base::TimeMs begins_at = 0, over_at = 0;  // 0: it repeats for ever
  std::int64_t version = 1;
  std::string person;  // who wrote it last
  base::TimeMs at = 0;
};

std::vector<DeskWindow> desk_windows(store::Transaction& tx);  // by name
// Of this kind, without those that are over before that time or begin after it.
std::vector<DeskWindow> desk_windows_of(store::Transaction& tx, std::string_view kind, const Window& when);
base::Result<DeskWindow> find_desk_window(store::Transaction& tx, std::string_view name);  // Errc::not_found
// Replaces one of that name. Errc::permission_denied: only a change_manager; Errc::invalid_argument with the
// field in `where`; Errc::not_found: no such saved search; Errc::limit_exceeded: there are 500.
base::Result<DeskWindow> put_desk_window(const Operation& operation, const DeskWindow& wanted);
base::Result<void> remove_desk_window(const Operation& operation, std::string_view name);

// Puts zone, times and repetition into their form. Errc::invalid_argument with the field in `where`.
base::Result<void> check_times(DeskWindow& window);
bool is_window_name(std::string_view text);

// The times at which it overlaps `when`, in order, at most 1,000.
std::vector<Window> occurrences(const DeskWindow& window, const Window& when);

struct WindowOver {
  DeskWindow window;
  Window when;
  std::string ci_name;  // the first of the items that it is about
};
// Those of this kind that overlap `when` and are about one of the items, each with its first time. A freeze
// whose saved search is gone is about everything, such maintenance about nothing.
std::vector<WindowOver> windows_over(const Operation& operation, std::string_view kind,
                                     std::span<const cmdb::CiId> items, const Window& when);

// Maintenance of the item at that time that expects such an event, or such a difference.
std::optional<WindowOver> maintenance_for_event(const Operation& operation, cmdb::CiId ci,
                                                std::string_view condition);
std::optional<WindowOver> maintenance_for(const Operation& operation, const DetectedChange& detected);

}  // namespace censo::desk
