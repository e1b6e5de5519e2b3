#include "agent/collector_answer.h"

#include "base/text.h"

#include <boost/json.hpp>

namespace censo::agent {
namespace {

using base::Errc;
namespace json = boost::json;

constexpr std::size_t max_text_bytes = 512;  // of a server's sentence in our log
constexpr std::size_t max_pem_bytes = 32 * 1024;

bool is_success(const HttpsAnswer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

// The members of a JSON object; none when the body is anything else.
json::object members(std::string_view body) {
  json::error_code error;
  json::value value = json::parse(body, error);
  return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

std::string_view raw_text(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

std::string text(const json::object& object, std::string_view name, std::size_t max_bytes = max_text_bytes) {
  return base::sanitize_utf8(raw_text(object, name), max_bytes);
}

std::optional<std::uint64_t> number(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  json::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  return error ? std::nullopt : std::optional(number);
}

Errc code_of(unsigned status) {
  switch (status) {
    case 400: return Errc::invalid_argument;
    case 401: return Errc::unauthenticated;
    case 403: return Errc::permission_denied;
    case 404: return Errc::not_found;
    case 409: return Errc::conflict;
    case 410: return Errc::expired;
    case 413: return Errc::limit_exceeded;
    case 415: return Errc::unsupported;
    case 422: return Errc::malformed;
    case 504: return Errc::timeout;
    default: return Errc::unavailable;
  }
}

// An answer that is no success, as an Error: the RFC 9457 fields where the server sent them.
base::Error to_error(const HttpsAnswer& answer) {
  const json::object problem = members(answer.body);
  std::string message = text(problem, "detail");
  if (message.empty()) message = text(problem, "title");
  if (message.empty()) message = "no reason given";
  return base::fail(code_of(answer.status),
                    "the collector answered " + std::to_string(answer.status) + ": " + message,
                    text(problem, "where"), text(problem, "reason"));
}

Verdict verdict_of(unsigned status, std::string_view reason) {
  if (status == 409 && (reason == "STALE_SEQUENCE" || reason == "DUPLICATE_REPORT"))
    return Verdict::out_of_step;
  const bool permanent = status >= 400 && status < 500 && status != 408 && status != 409 && status != 429;
  return permanent ? Verdict::refused : Verdict::try_again;
}

}  // namespace

DeliveryOutcome judge_answer(const HttpsAnswer& answer, std::uint64_t sequence, std::string_view digest) {
  DeliveryOutcome outcome;
  outcome.retry_after = answer.retry_after;
  if (!is_success(answer)) {
    outcome.error = to_error(answer);
    outcome.verdict = verdict_of(answer.status, outcome.error.reason);
    return outcome;
  }
  const json::object receipt = members(answer.body);
  const bool ours = number(receipt, "sequence") == sequence && raw_text(receipt, "digest") == digest;
  if (!ours) {
    outcome.error =
        base::fail(Errc::malformed, "expected a receipt for report " + std::to_string(sequence) +
                                        ", found status " + std::to_string(answer.status) + " without it");
    return outcome;
  }
  outcome.verdict = Verdict::accepted;
  outcome.outcome = text(receipt, "outcome");
  outcome.ci = text(receipt, "ci");
  const json::value* settings = receipt.if_contains("settings");
  if (settings != nullptr && settings->is_object()) outcome.settings = json::serialize(*settings);
  return outcome;
}

std::optional<DigestsByName> parse_wanted(const HttpsAnswer& answer, std::uint64_t sequence) {
  const json::object object = is_success(answer) ? members(answer.body) : json::object();
  if (raw_text(object, "outcome") != "wanted" || number(object, "sequence") != sequence) return std::nullopt;
  DigestsByName sections;
  const json::value* known = object.if_contains("unless_changed");
  if (known == nullptr || !known->is_object()) return sections;
  for (const auto& [name, digest] : known->get_object()) {
    if (digest.is_string()) sections.emplace(name, digest.get_string());
  }
  return sections;
}

bool takes_no_offer(const HttpsAnswer& answer) {
  return answer.status == 400 || answer.status == 404 || answer.status == 405 || answer.status == 415 ||
         answer.status == 422;
}

bool wants_all_sections(const HttpsAnswer& answer) {
  return answer.status == 409 && to_error(answer).reason == "SECTIONS_WANTED";
}

bool was_passed_on(const HttpsAnswer& answer) {
  return answer.status == 503 && to_error(answer).reason == "PASSED_ON";
}

base::Result<IssuedCertificate> parse_issued_certificate(const HttpsAnswer& answer) {
  if (!is_success(answer)) return to_error(answer);
  const json::object object = members(answer.body);
  IssuedCertificate issued{text(object, "agent_id"), text(object, "certificate", max_pem_bytes),
                           text(object, "ca", max_pem_bytes), text(object, "report_url")};
  if (issued.agent_id.empty() || issued.certificate_pem.empty() || issued.ca_pem.empty() ||
      issued.report_url.empty()) {
    return base::fail(Errc::malformed,
                      "expected agent_id, certificate, ca and report_url in the collector's answer");
  }
  return issued;
}

}  // namespace censo::agent
