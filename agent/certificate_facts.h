// What people ask of a certificate that a service shows: whose it is, by whom, until when.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct X509Facts {
  std::string subject, issuer;     // "CN=www.corp, O=Corp"
  std::string serial_number;       // hex digits
  std::string fingerprint;         // SHA-256, 64 hex digits
  std::vector<std::string> names;  // DNS names and addresses of the subject
  base::TimeMs not_before = 0, not_after = 0;
};

// The first certificate of the text, which may hold other things too. Errc::malformed.
base::Result<X509Facts> read_certificate_facts(std::string_view pem);

}  // namespace censo::agent
