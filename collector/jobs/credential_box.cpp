#include "collector/jobs/credential_box.h"

#include "base/file.h"
#include "base/text.h"

#include <sodium.h>
#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;
using scanner::AuthProtocol;
using scanner::PrivacyProtocol;
using scanner::SnmpCredential;
using scanner::SnmpVersion;

static_assert(crypto_box_PUBLICKEYBYTES == 32 && crypto_box_SECRETKEYBYTES == 32);

struct AuthWord {
  std::string_view word;
  AuthProtocol protocol;
};
constexpr std::array<AuthWord, 7> auth_words{{{"", AuthProtocol::none},
                                              {"md5", AuthProtocol::md5},
                                              {"sha1", AuthProtocol::sha1},
                                              {"sha224", AuthProtocol::sha224},
                                              {"sha256", AuthProtocol::sha256},
                                              {"sha384", AuthProtocol::sha384},
                                              {"sha512", AuthProtocol::sha512}}};
struct PrivacyWord {
  std::string_view word;
  PrivacyProtocol protocol;
};
constexpr std::array<PrivacyWord, 5> privacy_words{{{"", PrivacyProtocol::none},
                                                    {"des", PrivacyProtocol::des},
                                                    {"aes128", PrivacyProtocol::aes128},
                                                    {"aes192", PrivacyProtocol::aes192},
                                                    {"aes256", PrivacyProtocol::aes256}}};

std::string to_json(const SnmpCredential& credential) {
  return boost::json::serialize(boost::json::object{{"name", credential.name},
                                                    {"version", scanner::name_of(credential.version)},
                                                    {"community", credential.community},
                                                    {"user", credential.user},
                                                    {"auth", name_of(credential.auth)},
                                                    {"auth_passphrase", credential.auth_passphrase},
                                                    {"privacy", name_of(credential.privacy)},
                                                    {"privacy_passphrase", credential.privacy_passphrase},
                                                    {"context", credential.context}});
}

std::string text_in(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

base::Result<SnmpCredential> from_json(std::string_view text) {
  boost::json::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) return fail(Errc::malformed, "a sealed credential holds no JSON object");
  const auto& object = value.get_object();
  SnmpCredential credential;
  credential.name = text_in(object, "name");
  credential.community = text_in(object, "community");
  credential.user = text_in(object, "user");
  credential.auth_passphrase = text_in(object, "auth_passphrase");
  credential.privacy_passphrase = text_in(object, "privacy_passphrase");
  credential.context = text_in(object, "context");
  const auto version = parse_version(text_in(object, "version"));
  if (!version) return version.error();
  credential.version = *version;
  const auto auth = parse_auth_protocol(text_in(object, "auth"));
  if (!auth) return auth.error();
  const auto privacy = parse_privacy_protocol(text_in(object, "privacy"));
  if (!privacy) return privacy.error();
  credential.auth = *auth;
  credential.privacy = *privacy;
  return credential;
}

base::Error does_not_open(const std::string& name) {
  return fail(Errc::malformed,
              "credential \"" + name + "\" does not open with this collector's key; set it again");
}

base::Result<std::string> read_or_make_key(const std::string& key_file) {
  auto text = base::read_own_file(key_file, 1024);
  if (text || text.error().code != Errc::not_found) return text;
  std::string made = base::to_hex(base::random_bytes(crypto_box_SECRETKEYBYTES)) + "\n";
  if (auto written = base::write_own_file(key_file, made, 0600); !written) return written.error();
  return made;
}

}  // namespace

base::Result<CredentialBox> CredentialBox::open(const std::string& key_file) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  auto text = read_or_make_key(key_file);
  if (!text) return text.error();
  const auto bytes = base::from_hex(base::trim(*text));
  sodium_memzero(text->data(), text->size());
  if (!bytes || bytes->size() != crypto_box_SECRETKEYBYTES)
    return fail(Errc::malformed, "expected a key of 64 hexadecimal digits", key_file);
  CredentialBox box;
  std::copy(bytes->begin(), bytes->end(), box.secret_key_.begin());
  crypto_scalarmult_base(box.public_key_.data(), box.secret_key_.data());
  return box;
}

CredentialBox::CredentialBox(CredentialBox&& other) noexcept
    : public_key_(other.public_key_), secret_key_(other.secret_key_) {
  sodium_memzero(other.secret_key_.data(), other.secret_key_.size());
}

CredentialBox::~CredentialBox() {
  sodium_memzero(secret_key_.data(), secret_key_.size());
}

base::Bytes CredentialBox::seal_text(std::string text) const {
  base::Bytes sealed(text.size() + crypto_box_SEALBYTES);
  crypto_box_seal(sealed.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                  public_key_.data());
  sodium_memzero(text.data(), text.size());
  return sealed;
}

base::Result<std::string> CredentialBox::unseal_text(const base::Bytes& sealed,
                                                     const std::string& name) const {
  std::string text(sealed.size() < crypto_box_SEALBYTES ? 0 : sealed.size() - crypto_box_SEALBYTES, '\0');
  const bool opened = sealed.size() >= crypto_box_SEALBYTES &&
                      crypto_box_seal_open(reinterpret_cast<unsigned char*>(text.data()), sealed.data(),
                                           sealed.size(), public_key_.data(), secret_key_.data()) == 0;
  if (!opened) return does_not_open(name);
  return text;
}

std::string secret_text(const SnmpCredential& credential) {
  return to_json(credential);
}

base::Result<SnmpCredential> credential_from_secret_text(std::string_view text) {
  return from_json(text);
}

base::Bytes CredentialBox::seal(const SnmpCredential& credential) const {
  return seal_text(to_json(credential));
}

base::Result<SnmpCredential> CredentialBox::unseal(const base::Bytes& sealed, const std::string& name) const {
  auto text = unseal_text(sealed, name);
  if (!text) return text.error();
  auto credential = from_json(*text);
  sodium_memzero(text->data(), text->size());
  if (credential && credential->name != name) return does_not_open(name);
  return credential;
}

base::Bytes CredentialBox::seal_secret(const std::string& name, const std::string& secret) const {
  return seal_text(boost::json::serialize(boost::json::object{{"name", name}, {"secret", secret}}));
}

base::Result<std::string> CredentialBox::unseal_secret(const base::Bytes& sealed,
                                                       const std::string& name) const {
  auto text = unseal_text(sealed, name);
  if (!text) return text.error();
  boost::json::error_code error;
  const auto value = boost::json::parse(*text, error);
  sodium_memzero(text->data(), text->size());
  const bool whole = !error && value.is_object() && text_in(value.get_object(), "name") == name;
  if (!whole) return does_not_open(name);
  return text_in(value.get_object(), "secret");
}

base::Result<AuthProtocol> parse_auth_protocol(std::string_view text) {
  for (const auto& known : auth_words)
    if (known.word == text) return known.protocol;
  return fail(Errc::malformed,
              "expected md5, sha1, sha224, sha256, sha384 or sha512, found \"" + std::string(text) + "\"",
              "/auth");
}

base::Result<PrivacyProtocol> parse_privacy_protocol(std::string_view text) {
  for (const auto& known : privacy_words)
    if (known.word == text) return known.protocol;
  return fail(Errc::malformed, "expected des, aes128, aes192 or aes256, found \"" + std::string(text) + "\"",
              "/privacy");
}

base::Result<SnmpVersion> parse_version(std::string_view text) {
  for (const auto version : {SnmpVersion::v1, SnmpVersion::v2c, SnmpVersion::v3})
    if (scanner::name_of(version) == text) return version;
  return fail(Errc::malformed, "expected v1, v2c or v3, found \"" + std::string(text) + "\"", "/version");
}

std::string_view name_of(AuthProtocol protocol) {
  for (const auto& known : auth_words)
    if (known.protocol == protocol) return known.word;
  return "";
}

std::string_view name_of(PrivacyProtocol protocol) {
  for (const auto& known : privacy_words)
    if (known.protocol == protocol) return known.word;
  return "";
}

base::Result<void> check(const SnmpCredential& credential) {
  constexpr std::size_t shortest = 8,
                        longest = 256;  // RFC 3414, 11.2; a community of that length does not exist either
  const auto bad = [](std::string message, std::string where) {
    return fail(Errc::malformed, std::move(message), std::move(where));
  };
  if (credential.name.empty() || credential.name.size() > 64)
    return bad("expected a name of 1 to 64 characters", "/name");
  if (credential.version != SnmpVersion::v3) {
    if (credential.community.empty() || credential.community.size() > longest)
      return bad("expected a community of 1 to 256 characters for v1 and v2c", "/community");
    return {};
  }
  if (credential.user.empty() || credential.user.size() > 32)
    return bad("expected a user of 1 to 32 characters for v3", "/user");
  if (credential.auth == AuthProtocol::none && credential.privacy != PrivacyProtocol::none)
    return bad("expected an authentication protocol where there is privacy", "/auth");
  const auto fits = [](const std::string& text) { return text.size() >= shortest && text.size() <= longest; };
  if (credential.auth != AuthProtocol::none && !fits(credential.auth_passphrase))
    return bad("expected a passphrase of 8 to 256 characters", "/auth_passphrase");
  if (credential.privacy != PrivacyProtocol::none && !fits(credential.privacy_passphrase))
    return bad("expected a passphrase of 8 to 256 characters", "/privacy_passphrase");
  return {};
}

}  // namespace censo::collector::jobs
