// The collector's own certificate authority: P-256, made at first start in <state>/ca, the only issuer that
// agents and the collector trust. Immutable after opening; safe to use from any thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::access {

struct IssuedCertificate {
  std::string pem;
  std::string serial;  // lower-case hexadecimal, 128 random bits
  base::TimeMs expires_at = 0;
};

// What a listener shows.
struct ServerIdentity {
  std::string certificate_pem;  // its own certificate, then the authority's, which an enrolment token pins
  std::string key_pem;
  std::string ticket_secret;  // of all collectors with the same authority; of it come the keys of tickets
};

// What a listener whose key is its own alone makes its tickets' keys of.
std::string ticket_secret_of(std::string_view key_pem);

// SHA-256 of the identity's SubjectPublicKeyInfo in base64: what curl --pinnedpubkey takes after "sha256//".
std::string curl_pin(const ServerIdentity& identity);

class CertificateAuthority {
 public:
  // Reads the authority in `folder` or makes it there. Errc::permission_denied when others may read the key
  // or write the folder, Errc::malformed when key and certificate are no pair, Errc::expired.
  static base::Result<CertificateAuthority> open(const std::string& folder, base::TimeMs now);
  CertificateAuthority(CertificateAuthority&&) noexcept;
  ~CertificateAuthority();

  const std::string& certificate_pem() const;
  std::string fingerprint() const;  // SHA-256 of the certificate, hexadecimal
  std::string public_key_pin()
      const;  // SHA-256 of its SubjectPublicKeyInfo, base64url: the last part of an enrolment token

  // A leaf for an agent; of what the agent sent only the public key is taken. Errc::malformed for anything
  // but a P-256 key.
  base::Result<IssuedCertificate> issue_agent(std::string_view agent_id, std::string_view public_key_pem,
                                              base::TimeMs now) const;

  // Host names and addresses that a probe's listeners may have. Errc::invalid_argument with `where` "/names":
  // what is neither, or a name that the collector itself goes by, which a probe must never speak for.
  base::Result<void> check_probe_names(const std::vector<std::string>& names) const;
  // What a probe shows to agents, for its key and these names; it lives as long as an agent's certificate.
  // Errors of check_probe_names(), Errc::malformed for anything but a P-256 key.
  base::Result<IssuedCertificate> issue_probe_server(const std::vector<std::string>& names,
                                                     std::string_view public_key_pem, base::TimeMs now) const;

  // The listeners' certificate for localhost, the host's name and `names`: the one in the folder, or a new
  // one when it is near its end or for other names. Errc::invalid_argument for a name that is neither a host
  // name nor an address.
  base::Result<ServerIdentity> server_identity(const std::vector<std::string>& names, base::TimeMs now) const;

 private:
  struct Keys;
  explicit CertificateAuthority(std::unique_ptr<Keys> keys);
  std::unique_ptr<Keys> keys_;
};

}  // namespace censo::collector::access
