#include "desk/ticket_figures.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "desk/counted_tickets.h"
#include "desk/ticket.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace censo::desk {
namespace {

using base::TimeMs;
using cmdb::Figure;

constexpr std::int64_t newest = std::numeric_limits<std::int64_t>::max();
constexpr TimeMs day_ms = TimeMs{24} * 60 * 60 * 1'000;
constexpr std::string_view breaches = "breaches", excused_breaches = "excused_breaches";

// Of each_opened(): which tickets it counts among which, and the time that it is of.
struct OpenedFigure {
  std::string_view name;
  bool (*counts)(const TicketFact&);
  bool (*among)(const TicketFact&);     // nullptr: those that it counts
  TimeMs (*length)(const TicketFact&);  // nullptr: it is a share
};
constexpr std::array<OpenedFigure, 6> opened{{
    {"first_contact", [](const TicketFact& fact) { return fact.is_first_contact(); },
     [](const TicketFact& fact) { return fact.is_resolved() && fact.from_person; }, nullptr},
    {"respond", [](const TicketFact& fact) { return fact.respond.is_met(); }, nullptr,
     [](const TicketFact& fact) { return fact.respond.elapsed_ms; }},
    {"resolve", [](const TicketFact& fact) { return fact.is_resolved(); }, nullptr,
     [](const TicketFact& fact) { return fact.resolve.elapsed_ms; }},
    {"hops", [](const TicketFact& fact) { return fact.ticket.hops > 0; },
     [](const TicketFact&) { return true; }, nullptr},
    {"reopened", [](const TicketFact& fact) { return fact.ticket.reopened > 0; },
     [](const TicketFact& fact) { return fact.was_resolved(); }, nullptr},
    {"satisfaction", [](const TicketFact& fact) { return fact.ticket.score > 0; },
     [](const TicketFact& fact) { return fact.ticket.state == "closed"; }, nullptr},
}};

// Of each_waiting(), by age.
struct Age {
  std::string_view name;
  TimeMs from, to;
  bool has(const TicketFact& fact) const {
    return fact.ticket.length_ms >= from && fact.ticket.length_ms < to;
  }
};
constexpr std::array<Age, 5> ages{{
    {"backlog", 0, newest},
    {"backlog.day", 0, day_ms},
    {"backlog.week", day_ms, 7 * day_ms},
    {"backlog.month", 7 * day_ms, 30 * day_ms},
    {"backlog.older", 30 * day_ms, newest},
}};

std::vector<Figure> opened_figures(const Operation& operation, const FigureScope& scope) {
  std::array<std::size_t, opened.size()> counted{}, among{};
  std::array<std::vector<TimeMs>, opened.size()> lengths;
  std::int64_t hops = 0, scores = 0;
  each_opened(operation.tx, scope, newest, [&](const TicketFact& fact) {
    for (std::size_t i = 0; i < opened.size(); ++i) {
      const auto& figure = opened[i];
      if (figure.among && figure.among(fact)) ++among[i];
      if (!figure.counts(fact)) continue;
      ++counted[i];
      if (figure.length) lengths[i].push_back(figure.length(fact));
    }
    hops += fact.ticket.hops;
    scores += fact.ticket.score;
    return true;
  });
  std::vector<Figure> figures;
  for (std::size_t i = 0; i < opened.size(); ++i) {
    const std::string name(opened[i].name);
    figures.push_back(opened[i].length ? cmdb::percentiles(name, std::move(lengths[i]))
                                       : cmdb::share(name, counted[i], among[i]));
    if (name == "hops" && among[i] > 0)
      figures.back().values.emplace_back("mean", static_cast<double>(hops) / static_cast<double>(among[i]));
    if (name == "satisfaction" && counted[i] > 0)
      figures.back().values.emplace_back("mean",
                                         static_cast<double>(scores) / static_cast<double>(counted[i]));
  }
  return figures;
}

std::vector<Figure> backlog_figures(const Operation& operation, const FigureScope& scope) {
  std::array<std::size_t, ages.size()> counted{};
  std::vector<TimeMs> lengths;
  each_waiting(operation, scope, newest, [&](const TicketFact& fact) {
    lengths.push_back(fact.ticket.length_ms);
    for (std::size_t i = 0; i < ages.size(); ++i)
      if (ages[i].has(fact)) ++counted[i];
    return true;
  });
  std::vector<Figure> figures{cmdb::percentiles("backlog", std::move(lengths))};
  for (std::size_t i = 1; i < ages.size(); ++i)
    figures.push_back(cmdb::share(std::string(ages[i].name), counted[i], counted[0]));
  return figures;
}

std::vector<Figure> breach_figures(const Operation& operation, const FigureScope& scope) {
  std::size_t targets = 0;
  std::vector<CountedTicket> found;
  each_target(operation, scope, newest, [&](const TargetFact& fact) {
    ++targets;
    if (fact.breached) found.push_back(fact.ticket);
    return true;
  });
  std::map<std::string, std::size_t> by_cause;
  for (auto& breach : found) {
    find_cause(operation, breach);
    ++by_cause[breach.cause];
  }
  std::vector<Figure> figures{cmdb::share(std::string(breaches), found.size(), targets)};
  const auto excused = std::ranges::count_if(found, &CountedTicket::excused);
  figures.push_back(
      cmdb::share(std::string(excused_breaches), static_cast<std::size_t>(excused), found.size()));
  for (const auto& [cause, count] : by_cause)
    figures.push_back(cmdb::share(std::string(breaches) + "." + cause, count, found.size()));
  return figures;
}

// Takes tickets until the page is full; one that is there more than once is never parted.
class PageOfTickets {
 public:
  explicit PageOfTickets(const cmdb::PageRequest& request) : limit_(request.limit) {}
  bool is_full_for(TicketId next) const {
    return page_.rows.size() >= limit_ && page_.rows.back().id != next;
  }
  // False: there is no room for it.
  bool take(const CountedTicket& ticket) {
    if (is_full_for(ticket.id)) {
      page_.next = base::to_text(page_.rows.back().id);
      return false;
    }
    page_.rows.push_back(ticket);
    return true;
  }
  cmdb::Page<CountedTicket> page() && { return std::move(page_); }

 private:
  std::size_t limit_;
  cmdb::Page<CountedTicket> page_;
};

// What it is about is told once the targets are read: the engine reads one statement at a time.
struct BreachFilter {
  std::string_view cause = {};
  bool excused = false;
  bool takes_all() const { return cause.empty() && !excused; }
};
cmdb::Page<CountedTicket> breach_list(const Operation& operation, const FigureScope& scope,
                                      const BreachFilter& filter, const cmdb::PageRequest& request,
                                      std::int64_t before) {
  std::vector<CountedTicket> found;
  each_target(operation, scope, before, [&](const TargetFact& fact) {
    if (fact.breached && (!filter.excused || fact.ticket.excused)) found.push_back(fact.ticket);
    return !filter.takes_all() || found.size() <= request.limit || found.back().id == found[request.limit].id;
  });
  PageOfTickets page(request);
  for (auto& breach : found) {
    find_cause(operation, breach);
    if ((filter.cause.empty() || breach.cause == filter.cause) && !page.take(breach)) break;
  }
  return std::move(page).page();
}

}  // namespace

std::vector<Figure> ticket_figures(const Operation& operation, const FigureScope& scope) {
  auto figures = opened_figures(operation, scope);
  for (auto& figure : backlog_figures(operation, scope)) figures.push_back(std::move(figure));
  for (auto& figure : breach_figures(operation, scope)) figures.push_back(std::move(figure));
  return figures;
}

base::Result<cmdb::Page<CountedTicket>> tickets_of_figure(const Operation& operation, std::string_view figure,
                                                          const FigureScope& scope,
                                                          const cmdb::PageRequest& request) {
  const auto before = cmdb::position_of(request, newest);
  if (!before) return before.error();
  PageOfTickets page(request);
  for (const auto& one : opened) {
    if (one.name != figure) continue;
    each_opened(operation.tx, scope, *before, [&](const TicketFact& fact) {
      auto ticket = fact.ticket;
      if (one.length && one.counts(fact)) ticket.length_ms = one.length(fact);
      return !one.counts(fact) || page.take(ticket);
    });
    return std::move(page).page();
  }
  for (const auto& age : ages) {
    if (age.name != figure) continue;
    each_waiting(operation, scope, *before,
                 [&](const TicketFact& fact) { return !age.has(fact) || page.take(fact.ticket); });
    return std::move(page).page();
  }
  if (figure == breaches) return breach_list(operation, scope, {}, request, *before);
  if (figure == excused_breaches) return breach_list(operation, scope, {{}, true}, request, *before);
  if (figure.starts_with("breaches."))
    return breach_list(operation, scope, {figure.substr(breaches.size() + 1)}, request, *before);
  return base::fail(base::Errc::not_found,
                    "no figure of the desk \"" + base::sanitize_utf8(figure, 60) + "\"");
}

}  // namespace censo::desk
