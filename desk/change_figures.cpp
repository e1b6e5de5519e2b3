#include "desk/change_figures.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "cmdb/tenant.h"
#include "desk/detected_store.h"
#include "desk/tenant.h"
#include "desk/ticket_store.h"
#include "desk/verification.h"

#include <array>
#include <limits>

namespace censo::desk {
namespace {

using base::TimeMs;
using cmdb::Figure;
using cmdb::FigureTime;

constexpr std::int64_t newest = std::numeric_limits<std::int64_t>::max();

// What was carried out, by its result.
struct ResultFigure {
  std::string_view name, result;
};
constexpr std::array<ResultFigure, 4> results{{{"success", "success"},
                                               {"with_issues", "with_issues"},
                                               {"backed_out", "backed_out"},
                                               {"failed", "failed"}}};
constexpr std::string_view verified = "verified", explained = "explained";

// Of what was detected, but noise and what is expected.
struct DetectedFigure {
  std::string_view name;
  bool (*counts)(const DetectedChange&);
  bool is_time = false;
};
bool is_unauthorised(const DetectedChange& change) {
  return change.state == "unauthorised" || change.state == "accepted";
}
constexpr std::array<DetectedFigure, 7> detected{{
    {"matched", [](const DetectedChange& one) { return one.state == "matched"; }},
    {"matched.exact",
     [](const DetectedChange& one) { return one.state == "matched" && one.verdict == "exact"; }},
    {"unauthorised", is_unauthorised},
    {"unauthorised.accepted", [](const DetectedChange& one) { return one.state == "accepted"; }},
    {"reverted", [](const DetectedChange& one) { return one.state == "reverted"; }},
    {"verdict", [](const DetectedChange& one) { return one.decided_at > 0; }, true},
    {"verdict.person",
     [](const DetectedChange& one) { return one.decided_at > 0 && !one.decided_by.empty(); }, true},
}};

// Changes with a result whose actual end is in that time, newest first.
std::vector<Ticket> carried_out(const Operation& operation, const FigureTime& time, std::int64_t before_id) {
  std::vector<Ticket> changes;
  const auto sql = tickets_where("kind = 'change' and id < $1 order by id desc");
  operation.tx.each(
      sql,
      [&](store::Row&& row) {
        auto change = ticket_of(row);
        if (!is_of_tenant(operation.act, change)) return true;
        const auto end = base::parse_iso8601(change.field("actual_end"));
        if (!change.field("result").empty() && end && time.has(*end)) changes.push_back(std::move(change));
        return true;
      },
      before_id);
  return changes;
}

bool is_as_planned(const Operation& operation, const Ticket& change) {
  return verify(operation, change).as_planned();
}

void each_detected(const Operation& operation, const FigureTime& time, std::int64_t before_id,
                   const std::function<bool(const DetectedChange&)>& on_change) {
  // It was detected after the report that told it.
  const auto sql = detected_where(
      "d.id >= $1 and d.id < $2 and d.at >= $3 and d.at < $4 and d.state not in ('noise', 'expected') "
      "order by d.id desc");
  const auto& tenant = operation.act.tenant;
  operation.tx.each(
      sql,
      [&](store::Row&& row) {
        const auto change = detected_of(row);
        const bool told = tenant.empty() || cmdb::tenant_of(operation.tx, change.ci) == tenant;
        return !told || on_change(change);
      },
      base::lowest_id_at(time.since), before_id, time.since, time.until);
}

std::vector<Figure> detected_figures(const Operation& operation, const FigureTime& time) {
  std::array<std::size_t, detected.size()> counted{};
  std::array<std::vector<TimeMs>, detected.size()> lengths;
  std::size_t all = 0;
  each_detected(operation, time, newest, [&](const DetectedChange& change) {
    ++all;
    for (std::size_t i = 0; i < detected.size(); ++i) {
      if (!detected[i].counts(change)) continue;
      ++counted[i];
      if (detected[i].is_time) lengths[i].push_back(change.decided_at - change.at);
    }
    return true;
  });
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < detected.size(); ++i) {
    const std::string name(detected[i].name);
    const auto of = name == "matched.exact" ? counted[0] : name == "unauthorised.accepted" ? counted[2] : all;
    figures.push_back(detected[i].is_time ? cmdb::percentiles(name, std::move(lengths[i]))
                                          : cmdb::share(name, counted[i], of));
  }
  return figures;
}

template <class Row, class Fits>
cmdb::Page<CountedChange> list_of(const std::vector<Row>& rows, const cmdb::PageRequest& request,
                                  const Fits& fits) {
  cmdb::Page<CountedChange> page;
  for (const auto& row : rows) {
    if (!fits(row)) continue;
    if (page.rows.size() == request.limit) {
      page.next = base::to_text(std::get<Row>(page.rows.back()).id);
      break;
    }
    page.rows.emplace_back(row);
  }
  return page;
}

}  // namespace

std::vector<Figure> change_figures(const Operation& operation, const FigureTime& time) {
  const auto changes = carried_out(operation, time, newest);
  std::vector<Figure> figures;
  for (const auto& one : results) {
    const auto count = std::count_if(changes.begin(), changes.end(), [&](const Ticket& change) {
      return change.field("result") == one.result;
    });
    figures.push_back(cmdb::share(std::string(one.name), static_cast<std::size_t>(count), changes.size()));
  }
  std::size_t closed = 0, as_planned = 0;
  for (const auto& change : changes) {
    if (change.state != "closed") continue;
    ++closed;
    if (is_as_planned(operation, change)) ++as_planned;
  }
  figures.push_back(cmdb::share(std::string(verified), as_planned, closed));
  figures.push_back(cmdb::share(std::string(explained), closed - as_planned, closed));
  for (auto& figure : detected_figures(operation, time)) figures.push_back(std::move(figure));
  return figures;
}

base::Result<cmdb::Page<CountedChange>> changes_of_figure(const Operation& operation, std::string_view figure,
                                                          const FigureTime& time,
                                                          const cmdb::PageRequest& request) {
  const auto before = cmdb::position_of(request, newest);
  if (!before) return before.error();
  if (figure == verified || figure == explained) {
    return list_of(carried_out(operation, time, *before), request, [&](const Ticket& change) {
      return change.state == "closed" && is_as_planned(operation, change) == (figure == verified);
    });
  }
  for (const auto& one : results) {
    if (one.name != figure) continue;
    return list_of(carried_out(operation, time, *before), request,
                   [&](const Ticket& change) { return change.field("result") == one.result; });
  }
  for (const auto& one : detected) {
    if (one.name != figure) continue;
    std::vector<DetectedChange> found;
    each_detected(operation, time, *before, [&](const DetectedChange& change) {
      if (one.counts(change)) found.push_back(change);
      return found.size() <= request.limit;
    });
    return list_of(found, request, [](const DetectedChange&) { return true; });
  }
  return base::fail(base::Errc::not_found,
                    "no figure of changes \"" + base::sanitize_utf8(figure, 60) + "\"");
}

}  // namespace censo::desk
