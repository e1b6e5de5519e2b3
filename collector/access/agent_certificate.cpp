#include "collector/access/agent_certificate.h"

#include "base/text.h"
#include "collector/access/x509.h"

#include <openssl/x509v3.h>

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

constexpr std::string_view urn = "urn:censo:agent:";

// X509_check_ca() alone takes a certificate that claims to be an authority but may not sign others.
bool may_be_authority(X509* certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0 || X509_check_ca(certificate) != 0;
}

// Without the extension OpenSSL allows every usage.
bool is_for_clients(X509* certificate) {
  return (X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) != 0 &&
         (X509_get_extended_key_usage(certificate) & XKU_SSL_CLIENT) != 0;
}

}  // namespace

base::Result<AgentCertificate> read_agent_certificate(const X509& certificate) {
  auto* const x =
      const_cast<X509*>(&certificate);  // OpenSSL caches the parsed extensions in it, under its own lock
  if (may_be_authority(x)) return fail(Errc::malformed, "an authority's certificate is no agent's");
  if (!is_for_clients(x)) return fail(Errc::malformed, "the certificate is not for clients");
  if (!is_p256(X509_get0_pubkey(x))) return fail(Errc::malformed, "the certificate's key is not on P-256");
  const auto names = alternative_names(certificate);
  if (names.size() != 1 || !names.front().starts_with(urn)) {
    return fail(Errc::malformed, "the certificate does not name one agent");
  }
  const auto given = std::string_view(names.front()).substr(urn.size());
  const auto id = base::canonical_uuid(given);
  if (!id || *id != given) return fail(Errc::malformed, "the certificate's agent is no UUID");
  return AgentCertificate{*id, serial_of(certificate)};
}

}  // namespace censo::collector::access
