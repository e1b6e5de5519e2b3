// What an answer of the collector means to the agent. Pure functions over outside input; docs/api.md is the
// contract.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
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

// The answer to an enrolment or a renewal.
struct IssuedCertificate {
  std::string agent_id;
  std::string certificate_pem;
  std::string ca_pem;
  std::string report_url;
};
base::Result<IssuedCertificate> parse_issued_certificate(const HttpsAnswer& answer);

}  // namespace censo::agent
