// What makes a certificate of our authority an agent's.
#pragma once

#include "base/result.h"

#include <string>

struct x509_st;  // OpenSSL's X509

namespace censo::collector::access {

// The certificate of an agent, as its connection proved it.
struct AgentCertificate {
  std::string agent_id, serial;
};

// Looks at the certificate alone, not at who signed it or when. Errc::malformed unless it is no authority, is
// for clients (EKU clientAuth), holds a P-256 key and has one alternative name, urn:censo:agent:<uuid>.
base::Result<AgentCertificate> read_agent_certificate(const x509_st& certificate);

}  // namespace censo::collector::access
