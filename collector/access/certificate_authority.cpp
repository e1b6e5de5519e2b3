#include "collector/access/certificate_authority.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "collector/access/secret.h"
#include "collector/access/x509.h"

#include <arpa/inet.h>
#include <openssl/obj_mac.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;
using base::TimeMs;

constexpr TimeMs minute_ms = 60'000;
constexpr TimeMs day_ms = 24 * 60 * minute_ms;
constexpr TimeMs skew_ms = 5 * minute_ms;  // clocks of agents may be behind ours
constexpr TimeMs authority_ms = 3'653 * day_ms;
constexpr TimeMs server_ms = 365 * day_ms;
constexpr TimeMs server_renewal_ms = 30 * day_ms;
constexpr TimeMs agent_ms = 30 * day_ms;

base::Bytes der_of(X509* certificate) {
  base::Bytes der(static_cast<std::size_t>(i2d_X509(certificate, nullptr)));
  unsigned char* out = der.data();
  i2d_X509(certificate, &out);
  return der;
}

base::Result<void> check_key_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    return fail(Errc::permission_denied, "the key may be read by others; expected mode 0600 (chmod 600)",
                path);
  }
  return {};
}

bool is_host_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

// The text form that a certificate's address gives back; empty when the name is no address.
std::string canonical_address(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, name.c_str(), bytes.data()) != 1) continue;
    return inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr ? "" : text.data();
  }
  return {};
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return is_host_name(name.data()) ? name.data() : "";
}

base::Result<std::vector<std::string>> server_names(const std::vector<std::string>& configured) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const auto add = [&names](const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  add(host_name());
  for (const auto& name : configured) {
    const auto address = canonical_address(name);
    if (address.empty() && !is_host_name(name)) {
      return fail(Errc::invalid_argument,
                  "expected a host name or an address for the certificate, found \"" + name + "\"",
                  "public_names");
    }
    add(address.empty() ? name : address);
  }
  return names;
}

std::string to_extension(const std::vector<std::string>& names) {
  std::vector<std::string> entries;
  for (const auto& name : names) entries.push_back((canonical_address(name).empty() ? "DNS:" : "IP:") + name);
  return base::join(entries, ",");
}

}  // namespace

struct CertificateAuthority::Keys {
  std::string folder;
  Key key;
  Certificate certificate;
  std::string pem;
};

CertificateAuthority::CertificateAuthority(std::unique_ptr<Keys> keys) : keys_(std::move(keys)) {}
CertificateAuthority::CertificateAuthority(CertificateAuthority&&) noexcept = default;
CertificateAuthority::~CertificateAuthority() = default;

const std::string& CertificateAuthority::certificate_pem() const {
  return keys_->pem;
}

std::string CertificateAuthority::fingerprint() const {
  return base::to_hex(base::sha256(std::span<const std::uint8_t>(der_of(keys_->certificate.get()))));
}

namespace {

std::string pin_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  const base::Bytes bytes(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return base::to_base64url(base::sha256(std::span<const std::uint8_t>(bytes)));
}

}  // namespace

std::string CertificateAuthority::public_key_pin() const {
  return pin_of(keys_->key.get());
}

std::string curl_pin(const ServerIdentity& identity) {
  std::string pin = pin_of(parse_private_key(identity.key_pem).value().get());
  std::replace(pin.begin(), pin.end(), '-', '+');
  std::replace(pin.begin(), pin.end(), '_', '/');
  return pin + "=";  // of 32 bytes
}

namespace {

std::string tickets_of(const Key& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PrivateKey(key.get(), &der);
  if (size <= 0) throw std::runtime_error("a private key cannot be written");
  auto secret =
      derived_secret({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)}, "censo TLS tickets", 32);
  OPENSSL_clear_free(der, static_cast<std::size_t>(size));
  return secret;
}

}  // namespace

std::string ticket_secret_of(std::string_view key_pem) {
  return tickets_of(parse_private_key(key_pem).value());
}

namespace {

// Key first: a crash between the two leaves a key without a certificate, which the next start signs anew.
base::Result<void> make_authority(const std::string& folder, TimeMs now) {
  const Key key = make_key();
  const CertificatePlan plan{"Censo CA " + base::to_hex(base::random_bytes(4)),
                             now - skew_ms,
                             now + authority_ms,
                             {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                              {NID_key_usage, "critical,keyCertSign,cRLSign"},
                              {NID_subject_key_identifier, "hash"}}};
  const auto wrote_key = base::write_own_file(folder + "/ca.key", to_pem(key), 0600);
  if (!wrote_key) return wrote_key.error();
  return base::write_own_file(folder + "/ca.pem", to_pem(sign_certificate(plan, key, nullptr, key)), 0644);
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

base::Result<CertificateAuthority> CertificateAuthority::open(const std::string& folder, TimeMs now) {
  const auto made_folder = base::make_private_folder(folder);
  if (!made_folder) return made_folder.error();
  if (!exists(folder + "/ca.pem")) {
    const auto made = make_authority(folder, now);
    if (!made) return made.error();
  }
  const auto safe = check_key_file(folder + "/ca.key");
  if (!safe) return safe.error();
  const auto key_pem = base::read_own_file(folder + "/ca.key");
  if (!key_pem) return key_pem.error();
  auto pem = base::read_own_file(folder + "/ca.pem");
  if (!pem) return pem.error();
  auto key = parse_private_key(*key_pem);
  if (!key) return fail(key.error().code, key.error().message, folder + "/ca.key");
  auto certificate = parse_certificate(*pem);
  if (!certificate) return fail(certificate.error().code, certificate.error().message, folder + "/ca.pem");
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return fail(Errc::malformed, "ca.pem and ca.key are no pair", folder);
  }
  if (expires_at(**certificate) <= now) {
    return fail(Errc::expired,
                "the authority's certificate ended on " + base::to_iso8601(expires_at(**certificate)),
                folder + "/ca.pem");
  }
  auto keys = std::make_unique<Keys>(Keys{folder, std::move(*key), std::move(*certificate), std::move(*pem)});
  return CertificateAuthority(std::move(keys));
}

base::Result<IssuedCertificate> CertificateAuthority::issue_agent(std::string_view agent_id,
                                                                  std::string_view public_key_pem,
                                                                  TimeMs now) const {
  const auto id = base::canonical_uuid(agent_id);
  if (!id) return id.error();
  const auto key = parse_public_key(public_key_pem);
  if (!key) return key.error();
  const TimeMs end = std::min(now + agent_ms, expires_at(*keys_->certificate));
  const CertificatePlan plan{*id,
                             now - skew_ms,
                             end,
                             {{NID_basic_constraints, "critical,CA:FALSE"},
                              {NID_key_usage, "critical,digitalSignature"},
                              {NID_ext_key_usage, "clientAuth"},
                              {NID_subject_alt_name, "URI:urn:censo:agent:" + *id},
                              {NID_authority_key_identifier, "keyid"}}};
  const auto certificate = sign_certificate(plan, *key, keys_->certificate.get(), keys_->key);
  return IssuedCertificate{to_pem(certificate), serial_of(*certificate), expires_at(*certificate)};
}

base::Result<void> CertificateAuthority::check_probe_names(const std::vector<std::string>& names) const {
  std::vector<std::string> own{"localhost", "127.0.0.1", "::1"};
  if (const auto pem = base::read_own_file(keys_->folder + "/server.pem")) {
    if (const auto certificate = parse_certificate(*pem)) own = alternative_names(**certificate);
  }
  for (const auto& name : names) {
    const auto address = canonical_address(name);
    if (address.empty() && !is_host_name(name))
      return fail(Errc::invalid_argument, "expected a host name or an address, found \"" + name + "\"",
                  "/names");
    const auto same = [&](const std::string& other) {
      return base::equal_ignoring_case(other, address.empty() ? name : address);
    };
    if (std::any_of(own.begin(), own.end(), same))
      return fail(Errc::invalid_argument, "\"" + name + "\" is a name of this collector", "/names");
  }
  return {};
}

base::Result<IssuedCertificate> CertificateAuthority::issue_probe_server(
    const std::vector<std::string>& given, std::string_view public_key_pem, TimeMs now) const {
  if (const auto checked = check_probe_names(given); !checked) return checked.error();
  const auto key = parse_public_key(public_key_pem);
  if (!key) return key.error();
  std::vector<std::string> names;
  for (const auto& name : given) {
    const auto address = canonical_address(name);
    names.push_back(address.empty() ? name : address);
  }
  const CertificatePlan plan{"censo-probe",
                             now - skew_ms,
                             std::min(now + agent_ms, expires_at(*keys_->certificate)),
                             {{NID_basic_constraints, "critical,CA:FALSE"},
                              {NID_key_usage, "critical,digitalSignature"},
                              {NID_ext_key_usage, "serverAuth"},
                              {NID_subject_alt_name, to_extension(names)},
                              {NID_authority_key_identifier, "keyid"}}};
  const auto certificate = sign_certificate(plan, *key, keys_->certificate.get(), keys_->key);
  return IssuedCertificate{to_pem(certificate), serial_of(*certificate), expires_at(*certificate)};
}

base::Result<ServerIdentity> CertificateAuthority::server_identity(const std::vector<std::string>& configured,
                                                                   TimeMs now) const {
  const auto names = server_names(configured);
  if (!names) return names.error();
  const auto certificate_path = keys_->folder + "/server.pem", key_path = keys_->folder + "/server.key";
  const auto old_certificate = base::read_own_file(certificate_path), old_key = base::read_own_file(key_path);
  if (old_certificate && old_key) {
    const auto safe = check_key_file(key_path);
    if (!safe) return safe.error();
    const auto parsed = parse_certificate(*old_certificate);
    const auto key = parse_private_key(*old_key);
    const bool usable = parsed && key && X509_check_private_key(parsed->get(), key->get()) == 1 &&
                        X509_verify(parsed->get(), keys_->key.get()) == 1 &&
                        expires_at(**parsed) > now + server_renewal_ms &&
                        alternative_names(**parsed) == *names;
    if (usable) return ServerIdentity{*old_certificate + certificate_pem(), *old_key, tickets_of(keys_->key)};
  }
  const Key key = make_key();
  const CertificatePlan plan{"censo-collector",
                             now - skew_ms,
                             std::min(now + server_ms, expires_at(*keys_->certificate)),
                             {{NID_basic_constraints, "critical,CA:FALSE"},
                              {NID_key_usage, "critical,digitalSignature"},
                              {NID_ext_key_usage, "serverAuth"},
                              {NID_subject_alt_name, to_extension(*names)},
                              {NID_authority_key_identifier, "keyid"}}};
  ServerIdentity identity{to_pem(sign_certificate(plan, key, keys_->certificate.get(), keys_->key)),
                          to_pem(key), tickets_of(keys_->key)};
  const auto wrote_key = base::write_own_file(key_path, identity.key_pem, 0600);
  if (!wrote_key) return wrote_key.error();
  const auto wrote = base::write_own_file(certificate_path, identity.certificate_pem, 0644);
  if (!wrote) return wrote.error();
  identity.certificate_pem += certificate_pem();
  return identity;
}

}  // namespace censo::collector::access
