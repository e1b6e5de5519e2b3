// The little of X.509 that the authority needs, over OpenSSL's types.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::collector::access {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

Key make_key();  // P-256; throws std::runtime_error when OpenSSL fails, as all below that write
std::string to_pem(const Key& key);  // private: PKCS #8
std::string to_pem(const Certificate& certificate);
std::string public_pem(const Key& key);  // SubjectPublicKeyInfo

base::Result<Key> parse_private_key(std::string_view pem);
// SubjectPublicKeyInfo on the named curve P-256, nothing after it, at most 1 KiB. Errc::malformed,
// Errc::unsupported.
base::Result<Key> parse_public_key(std::string_view pem);
bool is_p256(const EVP_PKEY* key);  // by name, not with the curve's numbers spelled out
base::Result<Certificate> parse_certificate(std::string_view pem);

struct CertificatePlan {
  std::string common_name;
  base::TimeMs not_before = 0, not_after = 0;
  std::vector<std::pair<int, std::string>>
      extensions;  // NID and value as in openssl.cnf; never from outside unchecked
};
// `issuer` null: self-signed.
Certificate sign_certificate(const CertificatePlan& plan, const Key& subject, X509* issuer,
                             const Key& signer);

// SHA-256 of its SubjectPublicKeyInfo, base64url: what an enrolment token pins.
std::string public_key_pin(const X509& certificate);
std::string serial_of(const X509& certificate);  // lower-case hexadecimal
base::TimeMs expires_at(const X509& certificate);
std::vector<std::string> alternative_names(
    const X509& certificate);  // DNS names, addresses and URIs, in order

}  // namespace censo::collector::access
