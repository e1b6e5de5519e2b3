#include "cmdb/configuration_item.h"
#include "cmdb/merge.h"
#include "cmdb/relationship_edit.h"
#include "collector/edit_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "collector/token_json.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

base::Result<cmdb::CiId> end_of(Transaction& tx, const std::string& text, const std::string& where) {
  const auto item = cmdb::resolve_ci(tx, text);
  if (!item)
    return base::fail(Errc::invalid_argument, item.error().message, "/" + where,
                      item.error().code == Errc::conflict ? "CI_AMBIGUOUS" : "CI_NOT_FOUND");
  return cmdb::root_of(tx, item->id);
}

base::TimeMs time_of(JsonBody& body, std::string_view field) {
  const auto text = body.text_or(field, 64, "");
  if (text.empty()) return 0;
  const auto time = base::parse_iso8601(text);
  if (!time) body.refuse(field, "expected a time such as 2026-10-01T12:00Z");
  return time ? *time : 0;
}

base::Result<Response> create(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request,
                {"type", "from", "to", "note", "confidence", "expires_in", "valid_from", "valid_to"});
  cmdb::NewRelationship wanted;
  wanted.type = body.text("type", 64);
  const auto from_text = body.text("from", 1024), to_text = body.text("to", 1024);
  if (const auto note = body.text_or("note", 4096, ""); !note.empty()) wanted.evidence.set("note", note);
  wanted.confidence = body.integer_or("confidence", 1, 100, 100);
  if (body.has("expires_in")) wanted.expires_at = services.clock.now() + duration_of(body, "expires_in", "");
  wanted.valid_from = time_of(body, "valid_from");
  wanted.valid_to = time_of(body, "valid_to");
  if (const auto fault = body.fault()) return *fault;
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const auto from = end_of(tx, from_text, "from");
  if (!from) return from.error();
  const auto to = end_of(tx, to_text, "to");
  if (!to) return to.error();
  wanted.from = *from;
  wanted.to = *to;
  const RecordedEdit edit(tx, services);
  const auto made = cmdb::relate(tx, editor_of(services, request), wanted);
  if (!made) return made.error();
  return edit.respond(201, {{"id", base::id_to_text(*made)}, {"type", wanted.type}}, {*from, *to}, *dry_run);
}

// Runs `work` on the relationship that the path names.
template <class Work>
base::Result<Response> on_relationship(const Services& services, Transaction& tx, const Request& request,
                                       const Work& work) {
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const auto id = base::id_from_text(request.parameter("id"));
  const auto row =
      id ? tx.query_one("select from_ci, to_ci from relationship where id = $1", *id) : std::nullopt;
  if (!row) return base::fail(Errc::not_found, "no relationship has this id");
  const RecordedEdit edit(tx, services);
  const auto done = work(*id);
  if (!done) return done.error();
  return edit.respond(200, {{"id", base::id_to_text(*id)}},
                      {cmdb::CiId(row->integer(0)), cmdb::CiId(row->integer(1))}, *dry_run);
}

base::Result<Response> remove(const Services& services, Transaction& tx, const Request& request) {
  return on_relationship(services, tx, request, [&](std::int64_t id) {
    return cmdb::unrelate(tx, editor_of(services, request), id);
  });
}

base::Result<Response> lock(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"so"});
  const auto so = body.flag_or("so", true);
  if (const auto fault = body.fault()) return *fault;
  return on_relationship(services, tx, request, [&](std::int64_t id) {
    return cmdb::lock_relationship(tx, editor_of(services, request), id,
                                   so ? cmdb::LockKind::so : cmdb::LockKind::not_so);
  });
}

base::Result<Response> unlock(const Services& services, Transaction& tx, const Request& request) {
  return on_relationship(services, tx, request, [&](std::int64_t id) {
    return cmdb::unlock_relationship(tx, editor_of(services, request), id);
  });
}

}  // namespace

Routes relationships(const Services& services) {
  const auto with = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  return {
      {"POST",
       "/api/v1/relationships",
       Role::technician,
       Access::write,
       "Relates two items",
       {"dry_run"},
       with(create)},
      {"DELETE",
       "/api/v1/relationships/{id}",
       Role::technician,
       Access::write,
       "Ends what a person said",
       {"dry_run"},
       with(remove)},
      {"PUT",
       "/api/v1/relationships/{id}/lock",
       Role::technician,
       Access::write,
       "A person says that it is so, or not so",
       {"dry_run"},
       with(lock)},
      {"DELETE",
       "/api/v1/relationships/{id}/lock",
       Role::technician,
       Access::write,
       "Reports decide again",
       {"dry_run"},
       with(unlock)},
  };
}

}  // namespace censo::collector::api
