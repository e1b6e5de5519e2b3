#include "cmdb/configuration_item.h"
#include "cmdb/item_edit.h"
#include "cmdb/merge.h"
#include "cmdb/purge.h"
#include "collector/edit_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket.h"

#include <boost/json.hpp>

#include <set>
#include <string>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

constexpr std::size_t longest_name = 1024;

// The item that is shown for what the path names.
base::Result<cmdb::CiId> item_of(Transaction& tx, const Request& request) {
  const auto item = cmdb::resolve_ci(tx, request.parameter("id"));
  if (!item) return item.error();
  return cmdb::root_of(tx, item->id);
}

base::Result<Response> answer(Transaction& tx, const RecordedEdit& edit, cmdb::CiId ci, int status,
                              bool dry_run) {
  const auto item = cmdb::find_ci(tx, ci);
  if (!item) return item.error();
  auto object = json_ci(ci, item->class_name, item->name);
  object["stage"] = item->stage;
  object["version"] = item->version;
  return edit.respond(status, std::move(object), {ci}, dry_run);
}

base::Result<Response> create(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"class", "name", "attributes", "stage", "status"});
  cmdb::NewItem wanted;
  wanted.class_name = body.text("class", 64);
  wanted.name = body.text("name", longest_name);
  wanted.attributes = body.attributes("attributes");
  wanted.stage = body.text_or("stage", 64, "operate");
  wanted.status = body.text_or("status", 64, "");
  if (const auto fault = body.fault()) return *fault;
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const RecordedEdit edit(tx, services);
  const auto made = cmdb::create_item(tx, editor_of(services, request), wanted);
  if (!made) return made.error();
  auto response = answer(tx, edit, *made, 201, *dry_run);
  if (response && !*dry_run)
    response->headers.emplace_back("Location", "/api/v1/cis/" + base::to_text(*made));
  return response;
}

base::Result<Response> change(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"class", "name", "attributes", "release", "stage", "status", "version"});
  cmdb::ItemEdit wanted;
  wanted.class_name = body.text_or("class", 64, "");
  wanted.name = body.text_or("name", longest_name, "");
  wanted.attributes = body.attributes("attributes");
  wanted.released = body.text_list("release", 256, 64);
  wanted.stage = body.text_or("stage", 64, "");
  wanted.status = body.text_or("status", 64, "");
  if (body.has("version")) wanted.version = body.integer_or("version", 0, INT64_MAX, 0);
  if (const auto fault = body.fault()) return *fault;
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const auto ci = item_of(tx, request);
  if (!ci) return ci.error();
  const RecordedEdit edit(tx, services);
  const auto done = cmdb::edit_item(tx, editor_of(services, request), *ci, wanted);
  if (!done) return done.error();
  return answer(tx, edit, *ci, 200, *dry_run);
}

// A ticket keeps in its own history what it was linked to.
base::Result<void> unlink_from_tickets(const Services& services, Transaction& tx, const Request& request,
                                       const cmdb::ConfigurationItem& item) {
  const std::string reason = "purged: " + item.class_name + " " + item.name;
  const desk::Act act{request.caller.name, "api", services.clock};
  std::set<std::string> numbers;
  for (const cmdb::CiId member : cmdb::members_of(tx, item.id)) {
    for (const store::Row& row :
         tx.query("select t.number from ticket_link l join ticket t on t.id = l.ticket_id where l.ci_id = $1",
                  member.value))
      numbers.insert(row.text(0));
  }
  for (const std::string& number : numbers) {
    const auto ticket = desk::find_ticket(tx, number);
    if (!ticket) return ticket.error();
    if (auto done = desk::unlink_ci(tx, *ticket, item.id, act, reason); !done) return done;
  }
  return {};
}

base::Result<Response> purge(const Services& services, Transaction& tx, const Request& request,
                             bool dry_run) {
  if (request.caller.role != Role::admin)
    return base::fail(Errc::permission_denied, "expected the role admin for a purge", {}, "ROLE_DENIED");
  const auto ci = item_of(tx, request);
  if (!ci) return ci.error();
  json::array purged;
  for (const cmdb::CiId member : cmdb::members_of(tx, *ci)) {
    const auto item = cmdb::find_member(tx, member);
    if (!item) return item.error();
    purged.push_back(json_ci(member, item->class_name, item->name));
    if (auto done = unlink_from_tickets(services, tx, request, *item); !done) return done.error();
  }
  const auto done =
      cmdb::purge_item(tx, editor_of(services, request), *ci, request.query_or("reason", "").substr(0, 1000));
  if (!done) return done.error();
  auto response =
      Response::ok(json::serialize(json::object{{"purged", std::move(purged)}, {"dry_run", dry_run}}));
  response.dry_run = dry_run;
  return response;
}

// Retires, unless it is told to purge.
base::Result<Response> remove(const Services& services, Transaction& tx, const Request& request) {
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const auto word = request.query_or("purge", "false");
  if (word == "true") return purge(services, tx, request, *dry_run);
  if (word != "false") return base::fail(Errc::invalid_argument, "expected true or false", "purge");
  const auto ci = item_of(tx, request);
  if (!ci) return ci.error();
  cmdb::ItemEdit wanted;
  wanted.stage = "retired";
  const RecordedEdit edit(tx, services);
  const auto done = cmdb::edit_item(tx, editor_of(services, request), *ci, wanted);
  if (!done) return done.error();
  return answer(tx, edit, *ci, 200, *dry_run);
}

base::Result<Response> purges(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto entries = cmdb::purges(tx, *page);
  if (!entries) return entries.error();
  return Response::ok(json_page(*entries, [](const cmdb::PurgeEntry& entry) {
    auto object = json_ci(entry.ci, entry.class_name, entry.name);
    object["attributes"] = json_attributes(entry.attributes);
    object["person"] = entry.person;
    object["at"] = json_time(entry.at);
    object["reason"] = entry.reason;
    return object;
  }));
}

}  // namespace

Routes ci_edits(const Services& services) {
  const auto with = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"POST",
       "/api/v1/cis",
       Role::technician,
       Access::write,
       "A new item, by hand",
       {"dry_run"},
       with(create)},
      {"PATCH",
       "/api/v1/cis/{id}",
       Role::technician,
       Access::write,
       "What a person says of an item: set, release, stage",
       {"dry_run"},
       with(change)},
      {"DELETE",
       "/api/v1/cis/{id}",
       Role::technician,
       Access::write,
       "Retires an item; purge=true (admin) takes it away for good",
       {"purge", "reason", "dry_run"},
       with(remove)},
      {"GET",
       "/api/v1/purges",
       Role::admin,
       Access::read,
       "Items that were purged",
       {"limit", "after"},
       purges},
  };
}

}  // namespace censo::collector::api
