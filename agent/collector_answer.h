// What an answer of the collector means to the agent. Pure functions over outside input; docs/api.md is the
// contract.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace censo::agent {

struct HttpsAnswer {
  unsigned status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;
};

enum class Verdict {
  accepted,     // stored: the answer names our sequence and digest
  refused,      // will never be taken as it is
  out_of_step,  // the collector has this sequence or a later one: our counter went back (a restored machine)
  try_again,    // not now
};

struct DeliveryOutcome {
  Verdict verdict = Verdict::try_again;
  std::string outcome;  // when accepted: "created", "updated", "unchanged", "duplicate"
  std::string ci;       // when accepted
  base::Error error;    // when not
  std::optional<std::string> settings =
      {};  // when accepted: what the collector wants (central_settings.h), a JSON object
  std::optional<std::chrono::seconds> retry_after;
};

DeliveryOutcome judge_answer(const HttpsAnswer& answer, std::uint64_t sequence, std::string_view digest);

// The collector wants the report that it was offered: all but sections that still have these digests.
// Nothing: the answer is another one.
using DigestsByName = std::map<std::string, std::string, std::less<>>;
std::optional<DigestsByName> parse_wanted(const HttpsAnswer& answer, std::uint64_t sequence);
// It knows nothing of offers, or not of this form: reports go to it whole.
bool takes_no_offer(const HttpsAnswer& answer);
// It has not what the report left out.
bool wants_all_sections(const HttpsAnswer& answer);

// A probe passed the request on and asks for the same once more in a moment (docs/api.md, "Probes").
bool was_passed_on(const HttpsAnswer& answer);

// The answer to an enrolment or a renewal.
struct IssuedCertificate {
  std::string agent_id;
  std::string certificate_pem;
  std::string ca_pem;
  std::string report_url;
};
base::Result<IssuedCertificate> parse_issued_certificate(const HttpsAnswer& answer);

}  // namespace censo::agent
