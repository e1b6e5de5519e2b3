// SNMP credentials and other passwords at rest: sealed to the scanner's public key (libsodium's sealed box:
// X25519, XSalsa20-Poly1305), so that the database alone, or a backup of it, opens none.
#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "collector/scanner/snmp_session.h"

#include <array>
#include <string>

namespace censo::collector::jobs {

// Holds the key pair; the secret half is wiped on destruction. Immutable, safe from any thread.
class CredentialBox {
 public:
  // Reads the key file (32 bytes in hex, mode 0600), or makes it. Errc::malformed, Errc::permission_denied,
  // Errc::io_failed.
  static base::Result<CredentialBox> open(const std::string& key_file);
  CredentialBox(CredentialBox&& other) noexcept;
  CredentialBox(const CredentialBox&) = delete;
  CredentialBox& operator=(const CredentialBox&) = delete;
  ~CredentialBox();

  base::Bytes seal(const scanner::SnmpCredential& credential) const;
  // The name inside must be `name`, so that sealed rows cannot be swapped. Errc::malformed: another key, or
  // damaged.
  base::Result<scanner::SnmpCredential> unseal(const base::Bytes& sealed, const std::string& name) const;

  // The same for any other secret, such as the password of a mail server.
  base::Bytes seal_secret(const std::string& name, const std::string& secret) const;
  base::Result<std::string> unseal_secret(const base::Bytes& sealed, const std::string& name) const;

 private:
  CredentialBox() = default;
  base::Bytes seal_text(std::string text) const;
  base::Result<std::string> unseal_text(const base::Bytes& sealed, const std::string& name) const;
  std::array<unsigned char, 32> public_key_{}, secret_key_{};
};

// The form that is sealed, in the clear: for the way to a probe alone, never stored, never logged.
std::string secret_text(const scanner::SnmpCredential& credential);
base::Result<scanner::SnmpCredential> credential_from_secret_text(std::string_view text);  // Errc::malformed

// Words of the API and of the sealed form: "sha256", "aes128"; "" is none. Errc::malformed lists what is
// taken.
base::Result<scanner::AuthProtocol> parse_auth_protocol(std::string_view text);
base::Result<scanner::PrivacyProtocol> parse_privacy_protocol(std::string_view text);
base::Result<scanner::SnmpVersion> parse_version(std::string_view text);  // "v1", "v2c", "v3"
std::string_view name_of(scanner::AuthProtocol protocol);
std::string_view name_of(scanner::PrivacyProtocol protocol);

// Errc::malformed with the field in `where`: no community, a passphrase under 8 characters, privacy without
// authentication.
base::Result<void> check(const scanner::SnmpCredential& credential);

}  // namespace censo::collector::jobs
