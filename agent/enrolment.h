// Who the agent is to its collector: the token that admits it, the certificate it gets, and the renewal of
// both key and certificate (docs/decisions/0031-one-enrolment-file.md).
#pragma once

#include "agent/certificate.h"
#include "agent/delivery.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"

#include <string>
#include <string_view>

namespace censo::agent {

// "ENR1.<id>.<160-bit secret, base64url>.<sha256 of the CA's public key, base64url>"
struct EnrolmentToken {
  std::string text;  // a secret: never logged, never stored
  base::Sha256 ca_pin{};
};
// Errc::malformed; the message never repeats the token.
base::Result<EnrolmentToken> parse_enrolment_token(std::string_view text);

struct Enrolment {
  std::string agent_id;
  std::string server_url;  // where it enrolled
  std::string report_url;
  std::string private_key_pem;
  std::string certificate_pem;
  std::string ca_pem;
  base::TimeMs enrolled_at = 0;
};

// Makes a key, shows the token to the collector at `server_url`, and checks that what it answers fits key and
// pin. Nothing is stored. Errors of post() and of the collector, Errc::malformed for an answer that does not
// fit.
base::Result<Enrolment> enrol(const std::string& server_url, const EnrolmentToken& token,
                              std::string_view host_name, const base::Clock& clock,
                              const TimeLimits& limits = {});

// One file, written whole or not at all. Errc::not_found: not enrolled.
base::Result<Enrolment> load_enrolment(const std::string& state_folder);
base::Result<void> save_enrolment(const std::string& state_folder, const Enrolment& enrolment);

// The collector at `url`, for one with the enrolment's key and certificate.
HttpsPeer peer_as_agent(const Enrolment& enrolment, const HttpsUrl& url);
// A POST over mutual TLS with the enrolment's key.
base::Result<HttpsAnswer> post_as_agent(const Enrolment& enrolment, const HttpsUrl& url,
                                        std::string_view body, std::string content_encoding,
                                        const TimeLimits& limits);

// When two thirds of the certificate's life are over. Errc::malformed for a certificate that cannot be read.
base::Result<base::TimeMs> renewal_time(const Enrolment& enrolment);
// The same agent with this new key and a certificate for it. Nothing is stored. The reason PASSED_ON: a probe
// asks its collector, and the same with the same key is to be asked again in a moment.
base::Result<Enrolment> renew(const Enrolment& enrolment, const KeyPair& key, const TimeLimits& limits = {});

}  // namespace censo::agent
