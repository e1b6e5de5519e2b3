#include "cmdb/as_of.h"
#include "cmdb/baseline.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <optional>
#include <utility>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::size_t most_listed = 3'000;  // items named in a request
constexpr std::size_t most_chosen = 10'000;

json::object to_json(const cmdb::Baseline& baseline) {
  return {{"id", base::to_text(baseline.id)},
          {"name", baseline.name},
          {"description", baseline.description},
          {"at", json_time(baseline.at)},
          {"of", baseline.whole ? "everything" : "items"},
          {"items", baseline.items},
          {"created_at", json_time(baseline.created_at)},
          {"created_by", baseline.created_by}};
}

base::Result<Response> list(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto baselines = cmdb::list_baselines(tx, *page);
  if (!baselines) return baselines.error();
  return Response::ok(json_page(*baselines, [](const auto& one) { return to_json(one); }));
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto baseline = cmdb::find_baseline(tx, request.parameter("name"));
  if (!baseline) return baseline.error();
  return Response::ok(json::serialize(to_json(*baseline)));
}

// The items of a set as they were at its moment.
base::Result<Response> items(const Services&, Transaction& tx, const Request& request) {
  const auto baseline = cmdb::find_baseline(tx, request.parameter("name"));
  if (!baseline) return baseline.error();
  json::array rows;
  for (const cmdb::CiId ci : cmdb::items_of_baseline(tx, baseline->id)) {
    const auto state = cmdb::state_of(tx, ci, baseline->at);
    rows.push_back(json_ci(ci, state ? state->class_name : "", state ? state->name : ""));
  }
  return Response::ok(
      json::serialize(json::object{{"items", std::move(rows)}, {"at", json_time(baseline->at)}}));
}

base::Result<base::TimeMs> moment_in(JsonBody& body, const base::Clock& clock) {
  const std::string text = body.text_or("at", 40, "");
  if (text.empty()) return clock.now();
  const auto at = base::parse_iso8601(text);
  if (!at) return base::fail(Errc::malformed, at.error().message, "/at");
  if (*at > clock.now()) return base::fail(Errc::malformed, "expected a moment that has passed", "/at");
  return *at;
}

struct Choice {
  std::vector<std::string> named;
  std::string class_name, text;
};

base::Result<std::vector<cmdb::CiId>> chosen(Transaction& tx, const Choice& choice, const cmdb::AsOf& as_of) {
  std::vector<cmdb::CiId> found;
  for (const std::string& name : choice.named) {
    const auto item = cmdb::resolve_ci(tx, name, as_of);
    if (!item) return item.error();
    found.push_back(item->id);
  }
  if (choice.class_name.empty() && choice.text.empty()) return found;
  const auto page = cmdb::list_cis(tx, {choice.class_name, choice.text, ""}, {most_chosen, ""}, as_of);
  if (!page) return page.error();
  if (!page->next.empty()) {
    return base::fail(Errc::invalid_argument, "expected a choice of at most 10,000 items", "/class");
  }
  for (const auto& item : page->rows) found.push_back(item.id);
  if (found.empty()) return base::fail(Errc::not_found, "no item was chosen: none is of that class and text");
  return found;
}

base::Result<Response> add(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"name", "description", "at", "items", "class", "text"});
  cmdb::NewBaseline wanted;
  wanted.name = body.text("name", 100);
  wanted.description = body.text_or("description", 1'000, "");
  wanted.created_by = request.caller.name;
  const auto at = moment_in(body, services.clock);
  const Choice choice{body.text_list("items", most_listed, 200), body.text_or("class", 64, ""),
                      body.text_or("text", 200, "")};
  if (const auto fault = body.fault()) return *fault;
  if (!at) return at.error();
  if (!choice.class_name.empty() && !services.catalog.find_class(choice.class_name)) {
    return base::fail(Errc::invalid_argument, "no class \"" + choice.class_name + "\"", "/class");
  }
  wanted.at = *at;
  auto items = chosen(tx, choice, {services.catalog, *at});
  if (!items) return items.error();
  wanted.items = std::move(*items);
  const auto made = cmdb::make_baseline(tx, services.clock, wanted);
  if (!made) return made.error();
  return Response::created(json::serialize(to_json(*made)));
}

base::Result<Response> remove(Transaction& tx, const Request& request) {
  const auto baseline = cmdb::find_baseline(tx, request.parameter("name"));
  if (!baseline) return baseline.error();
  cmdb::delete_baseline(tx, baseline->id);
  return Response::no_content();
}

}  // namespace

Routes baselines(const Services& services) {
  const auto with_services = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"GET",
       "/api/v1/baselines",
       Role::viewer,
       Access::read,
       "Named moments and sets, newest first",
       {"limit", "after"},
       list},
      {"POST",
       "/api/v1/baselines",
       Role::technician,
       Access::write,
       "Name a moment or a set of items",
       {},
       with_services(add)},
      {"GET", "/api/v1/baselines/{name}", Role::viewer, Access::read, "One baseline", {}, show},
      {"GET",
       "/api/v1/baselines/{name}/items",
       Role::viewer,
       Access::read,
       "The items of a set as they were",
       {},
       with_services(items)},
      {"DELETE",
       "/api/v1/baselines/{name}",
       Role::technician,
       Access::write,
       "Forget a baseline",
       {},
       remove},
  };
}

}  // namespace censo::collector::api
