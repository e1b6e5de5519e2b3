// Keys and certificates of the agent, in PEM. Backed by OpenSSL; no OpenSSL type leaves but X509 by pointer.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"

#include <string>
#include <string_view>

struct x509_st;  // OpenSSL's X509

namespace censo::agent {

struct KeyPair {
  std::string private_pem;  // PKCS#8, not encrypted
  std::string public_pem;   // SubjectPublicKeyInfo
};

// A new P-256 key. Throws std::runtime_error when OpenSSL cannot make one.
KeyPair make_key_pair();

struct CertificateFacts {
  std::string
      agent_id;  // from the subject alternative name "urn:censo:agent:<uuid>"; empty when there is none
  std::string public_pem;  // its key, in the form of KeyPair::public_pem
  base::Sha256 public_key_digest{};
  base::TimeMs not_before = 0;
  base::TimeMs not_after = 0;
};

// The first certificate of the text. Errc::malformed.
base::Result<CertificateFacts> read_certificate(std::string_view pem);

// SHA-256 of the SubjectPublicKeyInfo: what an enrolment token pins.
base::Sha256 public_key_digest(const x509_st* certificate);

}  // namespace censo::agent
