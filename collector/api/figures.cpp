// What desk, changes and identification tell of themselves, each figure with its list (rules 76 to 79).
#include "base/text.h"
#include "cmdb/identity_figures.h"
#include "collector/decision_json.h"
#include "collector/desk_request.h"
#include "collector/figure_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/change_figures.h"
#include "desk/ticket_figures.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

json::object row_of(const desk::CountedTicket& one) {
  json::object row{{"ticket", one.number},     {"kind", one.kind},
                   {"title", one.title},       {"state", one.state},
                   {"group", one.group},       {"assignee", one.assignee},
                   {"priority", one.priority}, {"hops", one.hops},
                   {"reopened", one.reopened}, {"opened_at", json_time(one.opened_at)}};
  if (one.length_ms > 0) row["length_s"] = one.length_ms / 1'000;
  if (!one.target.empty()) row["target"] = one.target;
  if (!one.cause.empty()) row["cause"] = one.cause;
  if (!one.target.empty()) row["excused"] = one.excused;
  if (one.score > 0) row["score"] = one.score;
  return row;
}
const std::vector<CsvColumn> ticket_columns{
    {"ticket", "/ticket"},     {"kind", "/kind"},         {"title", "/title"},       {"state", "/state"},
    {"group", "/group"},       {"assignee", "/assignee"}, {"priority", "/priority"}, {"hops", "/hops"},
    {"reopened", "/reopened"}, {"opened", "/opened_at"},  {"length_s", "/length_s"}, {"target", "/target"},
    {"cause", "/cause"},       {"excused", "/excused"},   {"score", "/score"}};

json::object row_of(const desk::CountedChange& one) {
  if (const auto* detected = std::get_if<desk::DetectedChange>(&one)) {
    auto row = to_json(*detected);
    if (detected->decided_at > 0) row["length_s"] = (detected->decided_at - detected->at) / 1'000;
    return row;
  }
  const auto& change = std::get<desk::Ticket>(one);
  return {{"ticket", change.number},
          {"title", change.title},
          {"state", change.state},
          {"type", change.field("type")},
          {"result", change.field("result")},
          {"actual_start", change.field("actual_start")},
          {"actual_end", change.field("actual_end")},
          {"explanation", change.field("explanation")}};
}
// Of both kinds of rows.
const std::vector<CsvColumn> change_columns{{"ticket", "/ticket"},
                                            {"title", "/title"},
                                            {"state", "/state"},
                                            {"type", "/type"},
                                            {"result", "/result"},
                                            {"actual_end", "/actual_end"},
                                            {"id", "/id"},
                                            {"ci", "/ci/name"},
                                            {"at", "/at"},
                                            {"subject", "/subject"},
                                            {"old", "/old"},
                                            {"new", "/new"},
                                            {"verdict", "/verdict"},
                                            {"decided_at", "/decided_at"},
                                            {"decided_by", "/decided_by"},
                                            {"length_s", "/length_s"},
                                            {"explanation", "/explanation"}};

const std::vector<CsvColumn> decision_columns{
    {"id", "/id"},           {"ci", "/ci/name"},   {"class", "/ci/class"}, {"other", "/other/name"},
    {"at", "/at"},           {"by", "/by"},        {"rule", "/rule"},      {"score", "/score"},
    {"verdict", "/verdict"}, {"reason", "/reason"}};

template <class Row, class ToJson>
base::Result<JsonPage> as_json(const base::Result<cmdb::Page<Row>>& found, const ToJson& to_json) {
  if (!found) return found.error();
  JsonPage page;
  page.next = found->next;
  for (const auto& row : found->rows) page.rows.push_back(to_json(row));
  return page;
}

base::Result<desk::FigureScope> scope_of(const Desk& desk, const Request& request) {
  const auto time = figure_time_of(request, desk.services.clock);
  if (!time) return time.error();
  desk::FigureScope scope{*time, request.query_or("kind", ""), request.query_or("group", "")};
  const auto priority = base::parse_integer(request.query_or("priority", "0"));
  if (!priority || *priority < 0 || *priority > 5)
    return base::fail(Errc::invalid_argument, "expected a priority from 1 to 5", "priority");
  if (!scope.kind.empty() && scope.kind != "incident" && scope.kind != "request")
    return base::fail(Errc::invalid_argument, "expected incident or request", "kind");
  scope.priority = *priority;
  scope.tenant = request.caller.tenant;
  return scope;
}

base::Result<Response> desk_figures(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  const auto scope = scope_of(desk, request);
  if (!scope) return scope.error();
  return figures_answer(scope->time, desk::ticket_figures(act.operation(), *scope));
}

base::Result<Response> desk_list(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  const auto scope = scope_of(desk, request);
  if (!scope) return scope.error();
  return list_answer(request, ticket_columns, [&](const cmdb::PageRequest& page) {
    return as_json(desk::tickets_of_figure(act.operation(), request.parameter("figure"), *scope, page),
                   [](const desk::CountedTicket& one) { return row_of(one); });
  });
}

base::Result<Response> change_figures(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  const auto time = figure_time_of(request, desk.services.clock);
  if (!time) return time.error();
  return figures_answer(*time, desk::change_figures(act.operation(), *time));
}

base::Result<Response> change_list(const Desk& desk, Transaction& tx, const Request& request) {
  const DeskAct act(desk, tx, request);
  if (const auto may = check_desk(act.operation()); !may) return may.error();
  const auto time = figure_time_of(request, desk.services.clock);
  if (!time) return time.error();
  return list_answer(request, change_columns, [&](const cmdb::PageRequest& page) {
    return as_json(desk::changes_of_figure(act.operation(), request.parameter("figure"), *time, page),
                   [](const desk::CountedChange& one) { return row_of(one); });
  });
}

base::Result<Response> identity_figures(const Desk& desk, Transaction& tx, const Request& request) {
  const auto time = figure_time_of(request, desk.services.clock);
  if (!time) return time.error();
  return figures_answer(*time, cmdb::identity_figures(tx, *time, desk.services.clock.now()));
}

base::Result<Response> identity_list(const Desk& desk, Transaction& tx, const Request& request) {
  const auto time = figure_time_of(request, desk.services.clock);
  if (!time) return time.error();
  return list_answer(request, decision_columns, [&](const cmdb::PageRequest& page) {
    return as_json(cmdb::decisions_of_figure(tx, request.parameter("figure"), *time, page),
                   [](const cmdb::CountedDecision& one) { return to_json(one); });
  });
}

}  // namespace

Routes figures(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  const auto get = [&](std::string_view pattern, std::string_view summary,
                       std::vector<std::string_view> query, auto handler) {
    return Route{"GET", pattern, Role::viewer, Access::read, summary, std::move(query), at(handler)};
  };
  return {
      get("/api/v1/figures/desk", "How the desk works, in figures",
          {"since", "until", "kind", "group", "priority"}, desk_figures),
      get("/api/v1/figures/desk/{figure}", "The tickets behind a figure of the desk",
          {"since", "until", "kind", "group", "priority", "format", "limit", "after"}, desk_list),
      get("/api/v1/figures/changes", "How changes went, in figures", {"since", "until"}, change_figures),
      get("/api/v1/figures/changes/{figure}", "The changes behind a figure",
          {"since", "until", "format", "limit", "after"}, change_list),
      get("/api/v1/figures/identity", "How items were identified, in figures", {"since", "until"},
          identity_figures),
      get("/api/v1/figures/identity/{figure}", "The decisions behind a figure of identification",
          {"since", "until", "format", "limit", "after"}, identity_list),
  };
}

}  // namespace censo::collector::api
