#include "agent/enrolment.h"

#include "base/file.h"
#include "base/text.h"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace censo::agent {
namespace {

using base::Errc;
namespace json = boost::json;

constexpr std::size_t secret_bytes = 20;
constexpr std::string_view enrol_path = "/api/v1/enrol";
constexpr std::string_view renew_path = "/api/v1/renew";

std::string enrolment_file(const std::string& state_folder) {
  return state_folder + "/enrolment.json";
}

// The certificate must be for our key and this agent, or every later report would fail for a reason hard to
// see.
base::Result<void> check(const IssuedCertificate& issued, const KeyPair& key) {
  const auto certificate = read_certificate(issued.certificate_pem);
  if (!certificate) return certificate.error();
  if (certificate->public_pem != key.public_pem) {
    return base::fail(Errc::malformed, "the collector answered with a certificate for another key");
  }
  if (certificate->agent_id != issued.agent_id) {
    return base::fail(Errc::malformed, "the collector answered with a certificate for another agent");
  }
  return {};
}

// A probe needs a moment to ask its collector, and knows the request again.
template <class Post>
base::Result<HttpsAnswer> until_answered(const Post& post_once) {
  constexpr int most_tries = 20;
  constexpr auto between = std::chrono::seconds(1);
  auto answer = post_once();
  for (int tries = 1; tries < most_tries && answer && was_passed_on(*answer); ++tries) {
    std::this_thread::sleep_for(between);
    answer = post_once();
  }
  return answer;
}

// Errc::malformed when a field is missing.
base::Result<Enrolment> read_enrolment(std::string_view content, const std::string& file) {
  json::error_code error;
  const json::value value = json::parse(content, error);
  if (error || !value.is_object()) return base::fail(Errc::malformed, "expected a JSON object", file);
  const json::object& object = value.get_object();
  Enrolment enrolment;
  const std::pair<const char*, std::string*> texts[] = {
      {"agent_id", &enrolment.agent_id},           {"server_url", &enrolment.server_url},
      {"report_url", &enrolment.report_url},       {"private_key", &enrolment.private_key_pem},
      {"certificate", &enrolment.certificate_pem}, {"ca", &enrolment.ca_pem}};
  for (const auto& [name, text] : texts) {
    const json::value* member = object.if_contains(name);
    if (member == nullptr || !member->is_string()) {
      return base::fail(Errc::malformed, "expected a text as \"" + std::string(name) + "\"", file);
    }
    *text = std::string_view(member->get_string());
  }
  const json::value* at = object.if_contains("enrolled_at");
  const auto time = at != nullptr && at->is_string() ? base::parse_iso8601(std::string_view(at->get_string()))
                                                     : base::Result<base::TimeMs>(base::TimeMs{0});
  if (!time) return time.error();
  enrolment.enrolled_at = *time;
  return enrolment;
}

}  // namespace

base::Result<EnrolmentToken> parse_enrolment_token(std::string_view text) {
  text = base::trim(text);
  const auto parts = base::split(text, '.');
  const bool shaped = parts.size() == 4 && parts[0] == "ENR1" && !parts[1].empty();
  const auto secret = shaped ? base::from_base64url(parts[2]) : base::fail(Errc::malformed, "");
  const auto pin = shaped ? base::from_base64url(parts[3]) : base::fail(Errc::malformed, "");
  EnrolmentToken token;
  if (!secret || !pin || secret->size() != secret_bytes || pin->size() != token.ca_pin.size()) {
    return base::fail(Errc::malformed,
                      "expected an enrolment token ENR1.<id>.<secret>.<CA pin>, as the collector shows it");
  }
  token.text = text;
  std::copy(pin->begin(), pin->end(), token.ca_pin.begin());
  return token;
}

base::Result<Enrolment> enrol(const std::string& server_url, const EnrolmentToken& token,
                              std::string_view host_name, const base::Clock& clock,
                              const TimeLimits& limits) {
  auto url = parse_https_url(server_url);
  if (!url) return url.error();
  url->path = enrol_path;
  const KeyPair key = make_key_pair();
  const std::string body = json::serialize(
      json::object{{"token", token.text}, {"public_key", key.public_pem}, {"host_name", host_name}});
  HttpsRequest request;
  request.url = *url;
  request.body = body;
  request.root_pin = token.ca_pin;
  const auto answer = until_answered([&] { return post(request, limits); });
  if (!answer) return answer.error();
  auto issued = parse_issued_certificate(*answer);
  if (!issued) return issued.error();
  if (auto fits = check(*issued, key); !fits) return fits.error();
  const auto root = read_certificate(issued->ca_pem);
  if (!root) return root.error();
  if (root->public_key_digest != token.ca_pin) {
    return base::fail(Errc::unauthenticated, "the collector answered with a CA that the token does not pin");
  }
  if (auto report_url = parse_https_url(issued->report_url); !report_url) return report_url.error();
  return Enrolment{issued->agent_id,        server_url,     issued->report_url, key.private_pem,
                   issued->certificate_pem, issued->ca_pem, clock.now()};
}

base::Result<Enrolment> load_enrolment(const std::string& state_folder) {
  const std::string file = enrolment_file(state_folder);
  const auto content = base::read_own_file(file);
  if (!content) {
    if (content.error().code != Errc::not_found) return content.error();
    return base::fail(Errc::not_found, "not enrolled; run censo-agent enroll", file);
  }
  return read_enrolment(*content, file);
}

base::Result<void> save_enrolment(const std::string& state_folder, const Enrolment& enrolment) {
  const json::object object{{"agent_id", enrolment.agent_id},
                            {"server_url", enrolment.server_url},
                            {"report_url", enrolment.report_url},
                            {"private_key", enrolment.private_key_pem},
                            {"certificate", enrolment.certificate_pem},
                            {"ca", enrolment.ca_pem},
                            {"enrolled_at", base::to_iso8601(enrolment.enrolled_at)}};
  return base::write_own_file(enrolment_file(state_folder), json::serialize(object), 0600);
}

HttpsPeer peer_as_agent(const Enrolment& enrolment, const HttpsUrl& url) {
  return {url, enrolment.ca_pem, std::nullopt, enrolment.certificate_pem, enrolment.private_key_pem, nullptr};
}

base::Result<HttpsAnswer> post_as_agent(const Enrolment& enrolment, const HttpsUrl& url,
                                        std::string_view body, std::string content_encoding,
                                        const TimeLimits& limits) {
  return post({peer_as_agent(enrolment, url), body, std::move(content_encoding)}, limits);
}

base::Result<base::TimeMs> renewal_time(const Enrolment& enrolment) {
  const auto certificate = read_certificate(enrolment.certificate_pem);
  if (!certificate) return certificate.error();
  return certificate->not_before + (certificate->not_after - certificate->not_before) / 3 * 2;
}

base::Result<Enrolment> renew(const Enrolment& enrolment, const KeyPair& key, const TimeLimits& limits) {
  auto url = parse_https_url(enrolment.report_url);
  if (!url) return url.error();
  url->path = renew_path;
  const std::string body = json::serialize(json::object{{"public_key", key.public_pem}});
  const auto answer = post_as_agent(enrolment, *url, body, {}, limits);
  if (!answer) return answer.error();
  const auto issued = parse_issued_certificate(*answer);
  if (!issued) return issued.error();
  if (auto fits = check(*issued, key); !fits) return fits.error();
  if (issued->agent_id != enrolment.agent_id) {
    return base::fail(Errc::malformed, "the collector renewed the certificate of another agent");
  }
  Enrolment renewed = enrolment;
  renewed.private_key_pem = key.private_pem;
  renewed.certificate_pem = issued->certificate_pem;
  renewed.ca_pem = issued->ca_pem;
  renewed.report_url = issued->report_url;
  return renewed;
}

}  // namespace censo::agent
