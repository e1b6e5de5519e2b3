#include "desk/desk_window.h"

#include "base/text.h"
#include "cmdb/impact.h"
#include "cmdb/item_query.h"
#include "cmdb/merge.h"
#include "cmdb/saved_search.h"
#include "desk/detection.h"
#include "desk/detection_rules.h"
#include "desk/event_rules.h"
#include "desk/repeat.h"
#include "desk/zone.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::TimeMs;

constexpr TimeMs day_ms = TimeMs{24} * 60 * 60 * 1'000;
constexpr std::size_t most_times = 1'000;
constexpr std::int64_t most_days = 3 * 366;  // that are looked at for one question

std::int64_t day_of(TimeMs wall) {
  return wall >= 0 ? wall / day_ms : (wall - day_ms + 1) / day_ms;
}

bool overlaps(const Window& a, const Window& b) {
  return a.start < b.end && b.start < a.end;
}

std::optional<cmdb::BoundQuery> bound_query(const Operation& operation, const std::string& text) {
  const auto parsed = cmdb::parse_query(text);
  if (!parsed || !operation.impact) return {};
  auto bound = cmdb::bind_query(operation.impact->catalog, *parsed, operation.act.clock.now());
  if (!bound || !cmdb::check_own_terms(*bound)) return {};
  return std::move(*bound);
}

// The items that it is about, made ready once for several.
class Concern {
 public:
  Concern(const Operation& operation, const DeskWindow& window) : tx_(operation.tx) {
    std::string text = window.query;
    if (!window.search.empty()) {
      const auto search = cmdb::find_saved_search(tx_, window.search);
      lost_ = !search;
      if (search) text = search->query;
    }
    if (!lost_ && !text.empty()) query_ = bound_query(operation, text);
    lost_ = lost_ || (!text.empty() && !query_);
    everything_ = lost_ ? window.kind == freeze : text.empty();  // a freeze that cannot be read stops all
  }
  bool is_about(cmdb::CiId ci) const {
    if (everything_) return true;
    return query_ && cmdb::fits_item(tx_, *query_, cmdb::root_of(tx_, ci));
  }

 private:
  store::Transaction& tx_;
  bool everything_ = false, lost_ = false;
  std::optional<cmdb::BoundQuery> query_;
};

std::string name_of(store::Transaction& tx, cmdb::CiId ci) {
  const auto row = tx.query_one("select name from ci where id = $1", cmdb::root_of(tx, ci).value);
  return row ? row->text(0) : std::string();
}

bool is_condition(const std::vector<std::string>& conditions, std::string_view condition) {
  return conditions.empty() ||
         std::ranges::any_of(conditions, [&](const auto& one) { return means_condition(one, condition); });
}

}  // namespace

std::vector<Window> occurrences(const DeskWindow& window, const Window& when) {
  std::vector<Window> times;
  const auto* zone = find_zone(window.zone);
  const auto starts = parse_wall_time(window.starts), ends = parse_wall_time(window.ends);
  if (!zone || !starts || !ends) return times;
  const TimeMs length = *ends - *starts;
  const auto add = [&](TimeMs wall) {
    const Window time{time_on_wall(*zone, wall), time_on_wall(*zone, wall + length)};
    if (overlaps(time, when)) times.push_back(time);
  };
  if (window.repeats.empty()) {
    add(*starts);
    return times;
  }
  const auto repeat = parse_repeat(window.repeats);
  if (!repeat) return times;
  const auto first = day_of(*starts);
  const auto from = std::max(first, day_of(wall_time(*zone, when.start) - length) - 1);
  const auto to = std::min(day_of(wall_time(*zone, when.end)), from + most_days);
  for (auto day = from; day <= to && times.size() < most_times; ++day)
    if (comes_on(*repeat, first, day)) add(*starts + (day - first) * day_ms);
  return times;
}

std::vector<WindowOver> windows_over(const Operation& operation, std::string_view kind,
                                     std::span<const cmdb::CiId> items, const Window& when) {
  std::vector<WindowOver> over;
  if (when.start == 0 || when.end <= when.start) return over;
  for (auto& window : desk_windows_of(operation.tx, kind, when)) {
    const auto times = occurrences(window, when);
    if (times.empty()) continue;
    const Concern concern(operation, window);
    const auto item = std::ranges::find_if(items, [&](cmdb::CiId ci) { return concern.is_about(ci); });
    if (item == items.end()) continue;
    over.push_back({std::move(window), times.front(), name_of(operation.tx, *item)});
  }
  return over;
}

std::optional<WindowOver> maintenance_for_event(const Operation& operation, cmdb::CiId ci,
                                                std::string_view condition) {
  const auto now = operation.act.clock.now();
  for (auto& one : windows_over(operation, maintenance, std::span(&ci, 1), {now, now + 1}))
    if (is_condition(one.window.conditions, condition)) return one;
  return {};
}

std::optional<WindowOver> maintenance_for(const Operation& operation, const DetectedChange& detected) {
  const auto& rules = *operation.detection;
  const auto from = detected.not_before != 0 ? detected.not_before : detected.at;
  const Window when{from - rules.grace_ms, detected.at + rules.grace_ms + 1};
  for (auto& one : windows_over(operation, maintenance, std::span(&detected.ci, 1), when)) {
    const auto& subjects = one.window.subjects;
    const bool meant = subjects.empty() || std::ranges::any_of(subjects, [&](const std::string& subject) {
                         return is_meant(rules, {0, {}, "", subject, ""}, detected);
                       });
    if (meant) return one;
  }
  return {};
}

}  // namespace censo::desk
