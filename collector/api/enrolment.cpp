#include "base/clock.h"
#include "base/id.h"
#include "collector/access/agent_groups.h"
#include "collector/access/agents.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/access/probes.h"
#include "collector/issued_certificate.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "collector/token_json.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

base::Result<Response> enrol(const Services& services, store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"token", "public_key", "host_name", "probe"});
  const auto token = body.text("token", 150), key = body.text("public_key", 1024),
             host = body.text("host_name", 255);
  const bool probe = body.flag_or("probe", false);
  if (const auto fault = body.fault()) return *fault;
  if (probe) {
    const auto made = access::enrol_probe(tx, services.authority, {token, key, host, request.caller.address},
                                          services.clock);
    if (!made) return made.error();
    return probe_certificates(services, request, *made);
  }
  const auto enrolled =
      access::enrol(tx, services.authority, {token, key, host, request.caller.address}, services.clock);
  if (!enrolled) return enrolled.error();
  return issued_certificate(services, request, enrolled->agent_id, enrolled->certificate);
}

json::object to_json(const access::EnrolmentTokenRecord& record) {
  return {{"id", base::id_to_text(record.id)},
          {"name", record.name},
          {"created_at", json_time(record.created_at)},
          {"created_by", record.created_by},
          {"expires_at", json_time(record.expires_at)},
          {"max_uses", record.max_uses},
          {"uses", record.uses},
          {"group", record.group}};
}

base::Result<Response> list(store::Transaction& tx, const Request& request) {
  return id_page(request, to_json, [&tx](std::int64_t after, std::size_t limit) {
    return access::list_enrolment_tokens(tx, after, limit);
  });
}

// Where a host enrols, and the pin of the key there; an empty URL: where the asker reached this collector.
struct Door {
  std::string url, pin;
};

base::Result<Door> door_of(store::Transaction& tx, const std::string& name) {
  const auto probe = access::find_probe(tx, name);
  if (!probe) return probe.error();
  const auto url = access::enrolment_url(*probe);
  if (probe->names.empty())
    return base::fail(base::Errc::conflict, "the probe takes no agents; it was invited without --called",
                      "/probe", "TAKES_NO_AGENTS");
  if (probe->state != "active" || url.empty())
    return base::fail(base::Errc::conflict, "the probe is not there yet: it has not called", "/probe",
                      "NOT_THERE");
  return Door{url, probe->server_pin};
}

base::Result<Response> make(const Services& services, store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"name", "expires_in", "max_uses", "group", "probe"});
  access::NewEnrolmentToken wanted;
  wanted.name = body.text("name", 100);
  wanted.lifetime_ms = duration_of(body, "expires_in", "24h");
  wanted.max_uses = body.integer_or("max_uses", 1, 1'000'000, 1);
  wanted.group = body.text_or("group", 40, access::default_group);
  wanted.created_by = request.caller.name;
  wanted.pin = services.authority.public_key_pin();
  const auto probe = body.text_or("probe", 40, "");
  if (const auto fault = body.fault()) return *fault;
  const auto door = probe.empty() ? base::Result<Door>(Door{"", services.server_pin}) : door_of(tx, probe);
  if (!door) return door.error();
  const auto made = access::make_enrolment_token(tx, wanted, services.clock);
  if (!made) return made.error();
  auto answer = to_json(made->record);
  answer["token"] = made->token;
  answer["server_pin"] = door->pin;
  answer["server_url"] = door->url;
  return Response::created(json::serialize(answer));
}

base::Result<Response> remove(store::Transaction& tx, const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return base::fail(base::Errc::not_found, "no such enrolment token");
  const auto removed = access::delete_enrolment_token(tx, *id);
  if (!removed) return removed.error();
  return Response::no_content();
}

}  // namespace

Routes enrolment(const Services& services) {
  const auto with_services = [&services](auto answer) {
    return [&services, answer](store::Transaction& tx, const Request& request) {
      return answer(services, tx, request);
    };
  };
  return {{"POST",
           "/api/v1/enrol",
           Role::none,
           Access::write,
           "A certificate for a host with an enrolment token",
           {},
           with_services(enrol)},
          {"GET",
           "/api/v1/enrolment-tokens",
           Role::admin,
           Access::read,
           "Enrolment tokens",
           {"limit", "after"},
           list},
          {"POST",
           "/api/v1/enrolment-tokens",
           Role::admin,
           Access::write,
           "A new enrolment token",
           {},
           with_services(make)},
          {"DELETE",
           "/api/v1/enrolment-tokens/{id}",
           Role::admin,
           Access::write,
           "Withdraws an enrolment token",
           {},
           remove}};
}

}  // namespace censo::collector::api
