// Windows as somebody writes them, and their rows.
#include "base/text.h"
#include "cmdb/impact.h"
#include "cmdb/item_query.h"
#include "cmdb/saved_search.h"
#include "desk/change.h"
#include "desk/desk_role.h"
#include "desk/desk_window.h"
#include "desk/repeat.h"
#include "desk/ticket_kind.h"
#include "desk/transition.h"
#include "desk/zone.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::desk {
namespace {

namespace json = boost::json;
using base::Errc;
using base::TimeMs;

constexpr TimeMs hour_ms = TimeMs{60} * 60 * 1'000, day_ms = 24 * hour_ms;
constexpr TimeMs longest_once = 366 * day_ms, longest_repeated = 31 * day_ms;
constexpr std::int64_t most_windows = 500;

base::Error unfit(std::string message, std::string field) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(field));
}

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"change_manager"}, "windows are written by a change_manager");
}

base::Result<void> check_items(const Operation& operation, const DeskWindow& window) {
  if (window.query.size() > 2'000) return unfit("expected at most 2000 bytes", "query");
  if (!window.query.empty() && !window.search.empty())
    return unfit("expected a query or a saved search, not both", "search");
  std::string text = window.query;
  if (!window.search.empty()) {
    const auto search = cmdb::find_saved_search(operation.tx, window.search);
    if (!search) return search.error();
    text = search->query;
  }
  if (text.empty() || !operation.impact) return {};
  const auto parsed = cmdb::parse_query(text);
  if (!parsed) return parsed.error();
  const auto bound = cmdb::bind_query(operation.impact->catalog, *parsed, operation.act.clock.now());
  if (!bound) return bound.error();
  return cmdb::check_own_terms(*bound);
}

base::Result<void> check_lists(const Operation& operation, const DeskWindow& window) {
  const bool frozen = window.kind == freeze;
  if (frozen && (!window.conditions.empty() || !window.subjects.empty()))
    return unfit("conditions and subjects are those of maintenance", "kind");
  if (!frozen && !window.overriders.empty()) return unfit("overriders are those of a freeze", "overriders");
  for (const auto& role : window.overriders)
    if (!is_desk_role(role)) return unfit("no role \"" + base::sanitize_utf8(role, 40) + "\"", "overriders");
  for (const auto& subject : window.subjects)
    if (const auto checked = check_subject(operation, subject); !checked) return checked;
  const bool many = window.conditions.size() > 50 || window.subjects.size() > 50;
  return many ? base::Result<void>(unfit("expected at most 50", "conditions")) : base::Result<void>();
}

std::string to_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return json::serialize(array);
}

std::vector<std::string> texts_of(std::string_view text) {
  std::vector<std::string> texts;
  const auto value = json::parse(text);
  for (const auto& one : value.as_array()) texts.emplace_back(one.as_string());
  return texts;
}

constexpr std::string_view columns =
    "name, kind, title, zone, starts, ends, repeats, query, search, overriders, conditions, subjects, "
    "begins_at, over_at, version, person, at";

DeskWindow window_of(const store::Row& row) {
  DeskWindow window;
  window.name = row.text(0);
  window.kind = row.text(1);
  window.title = row.text(2);
  window.zone = row.text(3);
  window.starts = row.text(4);
  window.ends = row.text(5);
  window.repeats = row.text(6);
  window.query = row.text(7);
  window.search = row.text(8);
  for (const auto role : base::split_words(row.text(9))) window.overriders.emplace_back(role);
  window.conditions = texts_of(row.text(10));
  window.subjects = texts_of(row.text(11));
  window.begins_at = row.integer(12);
  window.over_at = row.integer(13);
  window.version = row.integer(14);
  window.person = row.text(15);
  window.at = row.integer(16);
  return window;
}

void save(store::Transaction& tx, const DeskWindow& window) {
  tx.execute(
      "insert into desk_window (name, kind, title, zone, starts, ends, repeats, query, search, overriders, "
      "conditions, subjects, begins_at, over_at, version, person, at) values ($1, $2, $3, $4, $5, $6, $7, "
      "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict (name) do update set kind = "
      "excluded.kind, title = excluded.title, zone = excluded.zone, starts = excluded.starts, ends = "
      "excluded.ends, repeats = excluded.repeats, query = excluded.query, search = excluded.search, "
      "overriders = excluded.overriders, conditions = excluded.conditions, subjects = excluded.subjects, "
      "begins_at = excluded.begins_at, over_at = excluded.over_at, version = desk_window.version + 1, "
      "person = excluded.person, at = excluded.at",
      window.name, window.kind, window.title, window.zone, window.starts, window.ends, window.repeats,
      window.query, window.search, base::join(window.overriders, " "), to_json(window.conditions),
      to_json(window.subjects), window.begins_at, window.over_at, window.version, window.person, window.at);
}

}  // namespace

bool is_window_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

base::Result<void> check_times(DeskWindow& window) {
  const auto* zone = find_zone(window.zone);
  if (!zone) return unfit("no time zone \"" + base::sanitize_utf8(window.zone, 60) + "\"", "zone");
  const auto starts = parse_wall_time(window.starts), ends = parse_wall_time(window.ends);
  if (!starts) return unfit(starts.error().message, "starts");
  if (!ends) return unfit(ends.error().message, "ends");
  if (*ends <= *starts) return unfit("it ends before it begins", "ends");
  if (*ends - *starts > (window.repeats.empty() ? longest_once : longest_repeated))
    return unfit("expected at most 366 days, or 31 days of what repeats", "ends");
  window.starts = wall_text(*starts);
  window.ends = wall_text(*ends);
  window.begins_at = time_on_wall(*zone, *starts);
  window.over_at = time_on_wall(*zone, *ends);
  if (window.repeats.empty()) return {};
  window.repeats = base::to_upper(base::trim(window.repeats));
  const auto repeat = parse_repeat(window.repeats);
  if (!repeat) return unfit(repeat.error().message, "repeats");
  const auto first = *starts / day_ms;
  if (!comes_on(*repeat, first, first)) return unfit("it does not repeat on the day of its start", "repeats");
  const auto last = repeat->until * day_ms + *ends - *starts + day_ms;
  window.over_at = repeat->until == 0 ? 0 : time_on_wall(*zone, last);
  return {};
}

std::vector<DeskWindow> desk_windows(store::Transaction& tx) {
  std::vector<DeskWindow> windows;
  const auto sql = "select " + std::string(columns) + " from desk_window order by name";
  for (const auto& row : tx.query(sql)) windows.push_back(window_of(row));
  return windows;
}

std::vector<DeskWindow> desk_windows_of(store::Transaction& tx, std::string_view kind, const Window& when) {
  std::vector<DeskWindow> windows;
  const auto sql = "select " + std::string(columns) +
                   " from desk_window where kind = $1 and begins_at < $2 and (over_at = 0 or over_at > $3) "
                   "order by name";
  for (const auto& row : tx.query(sql, kind, when.end, when.start)) windows.push_back(window_of(row));
  return windows;
}

base::Result<DeskWindow> find_desk_window(store::Transaction& tx, std::string_view name) {
  const auto sql = "select " + std::string(columns) + " from desk_window where name = $1";
  const auto row = tx.query_one(sql, name);
  if (row) return window_of(*row);
  return base::fail(Errc::not_found, "no window \"" + base::sanitize_utf8(name, 64) + "\"");
}

base::Result<DeskWindow> put_desk_window(const Operation& operation, const DeskWindow& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  auto made = wanted;
  if (!is_window_name(made.name))
    return unfit("expected a name of lower-case letters, digits, - and _, at most 64 bytes", "name");
  if (made.kind != freeze && made.kind != maintenance)
    return unfit(
        "expected the kind freeze or maintenance, found \"" + base::sanitize_utf8(made.kind, 40) + "\"",
        "kind");
  auto title = checked_title(made.title);
  if (!title) return title.error();
  made.title = std::move(*title);
  if (made.kind == freeze && made.overriders.empty()) made.overriders = {"change_manager"};
  if (const auto checked = check_times(made); !checked) return checked.error();
  if (const auto checked = check_items(operation, made); !checked) return checked.error();
  if (const auto checked = check_lists(operation, made); !checked) return checked.error();
  const auto count = operation.tx.query_one("select count(*) from desk_window where name <> $1", made.name);
  if (count->integer(0) >= most_windows)
    return base::fail(Errc::limit_exceeded, "there are " + std::to_string(most_windows) + " windows");
  made.version = 1;
  made.person = operation.act.actor;
  made.at = operation.act.clock.now();
  save(operation.tx, made);
  return find_desk_window(operation.tx, made.name);
}

base::Result<void> remove_desk_window(const Operation& operation, std::string_view name) {
  if (const auto found = find_desk_window(operation.tx, name); !found) return found.error();
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from desk_window where name = $1", name);
  return {};
}

}  // namespace censo::desk
