#include "base/id.h"
#include "collector/access/api_tokens.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "collector/token_json.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

json::object to_json(const access::ApiTokenRecord& record) {
  return {{"id", base::id_to_text(record.id)}, {"name", record.name},
          {"role", name_of(record.role)},      {"created_at", json_time(record.created_at)},
          {"created_by", record.created_by},   {"expires_at", json_time(record.expires_at)}};
}

base::Result<Response> list(store::Transaction& tx, const Request& request) {
  return id_page(request, to_json, [&tx](std::int64_t after, std::size_t limit) {
    return access::list_api_tokens(tx, after, limit);
  });
}

base::Result<Response> make(const Services& services, store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"name", "role", "expires_in"});
  access::NewApiToken wanted;
  wanted.name = body.text("name", 100);
  const auto role = parse_role(body.text("role", 40));
  if (!role) body.refuse("role", role.error().message);
  wanted.role = role ? *role : Role::viewer;
  wanted.lifetime_ms = duration_of(body, "expires_in", "90d");
  wanted.created_by = request.caller.name;
  if (const auto fault = body.fault()) return *fault;
  const auto made = access::make_api_token(tx, wanted, services.clock);
  if (!made) return made.error();
  auto answer = to_json(made->record);
  answer["token"] = made->token;
  return Response::created(json::serialize(answer));
}

base::Result<Response> remove(store::Transaction& tx, const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return base::fail(base::Errc::not_found, "no such API token");
  const auto removed = access::delete_api_token(tx, *id);
  if (!removed) return removed.error();
  return Response::no_content();
}

}  // namespace

Routes tokens(const Services& services) {
  const auto create = [&services](store::Transaction& tx, const Request& request) {
    return make(services, tx, request);
  };
  return {{"GET",
           "/api/v1/api-tokens",
           Role::admin,
           Access::read,
           "API tokens, without their secrets",
           {"limit", "after"},
           list},
          {"POST", "/api/v1/api-tokens", Role::admin, Access::write, "A new API token", {}, create},
          {"DELETE",
           "/api/v1/api-tokens/{id}",
           Role::admin,
           Access::write,
           "Withdraws an API token",
           {},
           remove}};
}

}  // namespace censo::collector::api
