// The catalogue of what can be asked for, and asking for it.
#include "desk/request_item.h"

#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

json::array texts_json(const std::vector<std::string>& texts) {
  json::array array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

json::object to_json(const desk::RequestItem& item) {
  json::array tasks;
  for (const auto& task : item.tasks)
    tasks.push_back(json::object{{"task", task.name},
                                 {"title", task.title},
                                 {"group", task.group},
                                 {"after", texts_json(task.after)}});
  json::object approvers;
  for (const auto& [step, people] : item.approvers) approvers[step] = people;
  return {{"item", item.name},
          {"label", json::object{{"en", item.label.en}, {"es", item.label.es}}},
          {"description", json::object{{"en", item.description.en}, {"es", item.description.es}}},
          {"category", item.category},
          {"approval", texts_json(item.approval)},
          {"approvers", std::move(approvers)},
          {"agreement", item.all_agree ? "all" : "any"},
          {"tasks", std::move(tasks)}};
}

base::Result<const desk::RequestItem*> item_of(const Request& request) {
  const auto* item = desk::RequestItems::built_in().find(request.parameter("item"));
  if (item) return item;
  return base::fail(base::Errc::not_found, "no such item in the catalogue");
}

base::Result<Response> list(const Desk&, Transaction&, const Request&) {
  json::array items;
  for (const auto& [name, item] : desk::RequestItems::built_in().all()) items.push_back(to_json(item));
  return Response::ok(json::serialize(json::object{{"items", std::move(items)}}));
}

base::Result<Response> show(const Desk&, Transaction&, const Request& request) {
  const auto item = item_of(request);
  if (!item) return item.error();
  return Response::ok(json::serialize(to_json(**item)));
}

// For oneself, as anybody may.
base::Result<Response> ask(const Desk& desk, Transaction& tx, const Request& request) {
  JsonBody body(request, {"title", "description", "fields"});
  desk::NewTicket wanted;
  wanted.kind = "request";
  wanted.title = body.text_or("title", 800, "");
  wanted.description = body.text_or("description", 32 * 1024, "");
  wanted.requester = request.caller.name;
  wanted.fields = fields_of(body);
  if (const auto fault = body.fault()) return *fault;
  const auto item = item_of(request);
  if (!item) return item.error();
  wanted.fields["item"] = (*item)->name;
  if (const auto complete = desk::complete_request(wanted); !complete) return complete.error();
  const DeskAct act(desk, tx, request);
  const auto opened = desk::open_ticket(tx, desk.kinds, wanted, act.operation().act);
  if (!opened) return opened.error();
  auto response = Response::created(json::serialize(whole_ticket(act.operation(), *opened)));
  response.headers.emplace_back("Location", "/api/v1/tickets/" + opened->number);
  return response;
}

}  // namespace

Routes request_items(const Services& services) {
  const auto desk = make_desk(services);
  const auto at = [&desk](auto handler) {
    return [desk, handler](Transaction& tx, const Request& request) { return handler(*desk, tx, request); };
  };
  return {
      {"GET", "/api/v1/request-items", Role::viewer, Access::read, "What can be asked for", {}, at(list)},
      {"GET", "/api/v1/request-items/{item}", Role::viewer, Access::read, "One of them", {}, at(show)},
      {"POST",
       "/api/v1/request-items/{item}/requests",
       Role::viewer,
       Access::write,
       "Ask for it, for oneself",
       {},
       at(ask)},
  };
}

}  // namespace censo::collector::api
