// SNMP credentials: written, never read back.
#include "collector/jobs/scan_runner.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

namespace censo::collector::api {
namespace {

boost::json::object credential_json(const jobs::StoredCredential& credential) {
  return {{"name", credential.name},
          {"version", credential.version},
          {"user", credential.user},
          {"updated_at", json_time(credential.updated_at)}};
}

base::Result<Response> list(store::Transaction& tx, const Request&) {
  return Response::ok(json_items(jobs::all_credentials(tx), credential_json));
}

base::Result<scanner::SnmpCredential> credential_of(const Request& request) {
  JsonBody body(request, {"version", "community", "user", "auth", "auth_passphrase", "privacy",
                          "privacy_passphrase", "context"});
  scanner::SnmpCredential credential;
  credential.name = request.parameter("name");
  const auto version = jobs::parse_version(body.text("version", 8));
  credential.community = body.text_or("community", 256, "");
  credential.user = body.text_or("user", 32, "");
  credential.auth_passphrase = body.text_or("auth_passphrase", 256, "");
  credential.privacy_passphrase = body.text_or("privacy_passphrase", 256, "");
  credential.context = body.text_or("context", 32, "");
  const auto auth = jobs::parse_auth_protocol(body.text_or("auth", 16, ""));
  const auto privacy = jobs::parse_privacy_protocol(body.text_or("privacy", 16, ""));
  if (const auto& fault = body.fault()) return *fault;
  if (!version) return version.error();
  if (!auth) return auth.error();
  if (!privacy) return privacy.error();
  credential.version = *version;
  credential.auth = *auth;
  credential.privacy = *privacy;
  if (auto checked = jobs::check(credential); !checked) return checked.error();
  return credential;
}

base::Result<Response> save(store::Transaction& tx, const Request& request, const Services& services) {
  const auto credential = credential_of(request);
  if (!credential) return credential.error();
  const jobs::StoredCredential row{credential->name, std::string(scanner::name_of(credential->version)),
                                   credential->user, services.clock.now()};
  jobs::save_credential(tx, row, services.scans.credential_box().seal(*credential));
  return Response::ok(boost::json::serialize(credential_json(row)));
}

base::Result<Response> remove(store::Transaction& tx, const Request& request) {
  if (auto removed = jobs::remove_credential(tx, request.parameter("name")); !removed) return removed.error();
  return Response::no_content();
}

}  // namespace

Routes snmp_credentials(const Services& services) {
  return {
      {"GET", "/api/v1/snmp-credentials", Role::admin, Access::read, "Names of SNMP credentials", {}, list},
      {"PUT",
       "/api/v1/snmp-credentials/{name}",
       Role::admin,
       Access::write,
       "Add or replace an SNMP credential",
       {},
       [&services](store::Transaction& tx, const Request& request) { return save(tx, request, services); }},
      {"DELETE",
       "/api/v1/snmp-credentials/{name}",
       Role::admin,
       Access::write,
       "Forget an SNMP credential",
       {},
       remove},
  };
}

}  // namespace censo::collector::api
