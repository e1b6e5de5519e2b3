#include "collector/probe/identity.h"

#include "base/file.h"
#include "base/text.h"
#include "collector/access/secret.h"
#include "collector/access/x509.h"

#include <boost/json.hpp>

#include <array>
#include <utility>

namespace censo::collector::probe {
namespace {

namespace json = boost::json;
using base::Errc;
using base::fail;

constexpr base::TimeMs day_ms = base::TimeMs{24} * 3'600'000;  // of thirty

std::string file_in(const std::string& state_folder) {
  return state_folder + "/probe.json";
}

std::string text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(std::string_view(value->get_string())) : "";
}

base::Result<json::object> object_of(std::string_view text, const std::string& where) {
  json::error_code error;
  auto value = json::parse(text, error);
  if (error || !value.is_object()) return fail(Errc::malformed, "expected a JSON object", where);
  return std::move(value.get_object());
}

// The certificates must be for our key, or every later call would fail for a reason hard to see.
base::Result<Identity> identity_from(const CentreAnswer& answer, const access::Key& key, Identity identity) {
  if (answer.status != 201) return error_of(answer);
  const auto object = object_of(answer.body, "the collector's answer");
  if (!object) return object.error();
  identity.name = text_in(*object, "probe");
  identity.agents_url = text_in(*object, "agents_url");
  identity.certificate_pem = text_in(*object, "certificate");
  identity.server_certificate_pem = text_in(*object, "server_certificate");
  identity.key_pem = access::to_pem(key);
  const auto certificate = access::parse_certificate(identity.certificate_pem);
  const bool fits = certificate && X509_check_private_key(certificate->get(), key.get()) == 1;
  if (!fits || identity.name.empty() || !identity.agents_url.starts_with("https://"))
    return fail(Errc::malformed, "the collector's answer is no probe's certificate for this key");
  return identity;
}

}  // namespace

base::Result<Identity> enrol(const std::string& centre_url, std::string_view token,
                             std::string_view host_name) {
  const auto parsed = access::parse_enrolment_token(base::trim(token));
  if (!parsed)
    return fail(Errc::malformed, "expected a token as the collector shows it: ENR1.<id>.<secret>.<pin>");
  if (!centre_url.starts_with("https://"))
    return fail(Errc::invalid_argument, "expected https://HOST:PORT", centre_url);
  const auto root = pinned_root(centre_url, parsed->pin);
  if (!root) return root.error();
  const auto key = access::make_key();
  const std::string body = json::serialize(json::object{{"token", base::trim(token)},
                                                        {"public_key", access::public_pem(key)},
                                                        {"host_name", host_name},
                                                        {"probe", true}});
  CentreClient centre({centre_url, *root, {}, {}}, {});
  const auto answer = centre.post("/api/v1/enrol", body);
  if (!answer) return answer.error();
  Identity identity;
  identity.centre_url = centre_url;
  identity.ca_pem = *root;
  return identity_from(*answer, key, std::move(identity));
}

base::Result<Identity> load_identity(const std::string& state_folder) {
  const auto file = file_in(state_folder);
  const auto text = base::read_own_file(file);
  if (!text) {
    if (text.error().code != Errc::not_found) return text.error();
    return fail(Errc::not_found, "this probe has not enrolled; run censo-collector probe enrol", file);
  }
  const auto object = object_of(*text, file);
  if (!object) return object.error();
  Identity identity{text_in(*object, "name"),
                    text_in(*object, "centre_url"),
                    text_in(*object, "agents_url"),
                    text_in(*object, "key"),
                    text_in(*object, "certificate"),
                    text_in(*object, "ca"),
                    text_in(*object, "server_certificate")};
  if (identity.name.empty() || identity.key_pem.empty() || identity.ca_pem.empty())
    return fail(Errc::malformed, "expected name, key and ca", file);
  return identity;
}

base::Result<void> save_identity(const std::string& state_folder, const Identity& identity) {
  const json::object object{{"name", identity.name},
                            {"centre_url", identity.centre_url},
                            {"agents_url", identity.agents_url},
                            {"key", identity.key_pem},
                            {"certificate", identity.certificate_pem},
                            {"ca", identity.ca_pem},
                            {"server_certificate", identity.server_certificate_pem}};
  return base::write_own_file(file_in(state_folder), json::serialize(object), 0600);
}

CentrePeer peer_of(const Identity& identity) {
  return {identity.agents_url, identity.ca_pem, identity.certificate_pem, identity.key_pem};
}

base::Result<Renewal> renewal(const Identity& identity, base::TimeMs now) {
  const auto certificate = access::parse_certificate(identity.certificate_pem);
  if (!certificate) return certificate.error();
  const auto left = access::expires_at(**certificate) - now;
  return left > 10 * day_ms  ? Renewal::not_due
         : left > 3 * day_ms ? Renewal::between_scans
                             : Renewal::at_once;
}

base::Result<Identity> renew(const Identity& identity, CentreClient& centre) {
  const auto key = access::make_key();
  const std::string body = json::serialize(json::object{{"public_key", access::public_pem(key)}});
  const auto answer = centre.post("/api/v1/probe/renew", body);
  if (!answer) return answer.error();
  return identity_from(*answer, key, identity);
}

}  // namespace censo::collector::probe
