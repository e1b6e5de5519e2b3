#include "collector/access/secret.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>
#include <stdexcept>

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

constexpr std::string_view api_prefix = "censo_pat_";
constexpr std::string_view enrolment_prefix = "ENR1";
constexpr std::size_t secret_bytes = 20;
constexpr std::size_t pin_bytes = 32;

bool has_bytes(std::string_view text, std::size_t count) {
  const auto bytes = base::from_base64url(text);
  return bytes && bytes->size() == count;
}

}  // namespace

std::string to_text(const ApiToken& token) {
  return std::string(api_prefix) + base::id_to_text(token.id) + "." + token.secret;
}

std::string to_text(const EnrolmentToken& token) {
  return std::string(enrolment_prefix) + "." + base::id_to_text(token.id) + "." + token.secret + "." +
         token.pin;
}

base::Result<ApiToken> parse_api_token(std::string_view text) {
  const auto bad = fail(Errc::unauthenticated, "expected a token of the form censo_pat_<id>.<secret>");
  if (text.size() > 100 || !text.starts_with(api_prefix)) return bad;
  const auto parts = base::split(text.substr(api_prefix.size()), '.');
  if (parts.size() != 2 || !has_bytes(parts[1], secret_bytes)) return bad;
  const auto id = base::id_from_text(parts[0]);
  if (!id) return bad;
  return ApiToken{*id, std::string(parts[1])};
}

base::Result<EnrolmentToken> parse_enrolment_token(std::string_view text) {
  const auto bad = fail(Errc::unauthenticated,
                        "expected an enrolment token of the form ENR1.<id>.<secret>.<pin>", "/token");
  if (text.size() > 150) return bad;
  const auto parts = base::split(text, '.');
  if (parts.size() != 4 || parts[0] != enrolment_prefix) return bad;
  if (!has_bytes(parts[2], secret_bytes) || !has_bytes(parts[3], pin_bytes)) return bad;
  const auto id = base::id_from_text(parts[1]);
  if (!id) return bad;
  return EnrolmentToken{*id, std::string(parts[2]), std::string(parts[3])};
}

base::Result<void> check_new_token(std::string_view name, base::TimeMs lifetime_ms, std::int64_t most_days) {
  constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;
  if (base::trim(name).empty() || name.size() > 100 || base::sanitize_utf8(name) != name)
    return base::fail(base::Errc::invalid_argument,
                      "expected a name of 1 to 100 bytes without control characters", "/name");
  if (lifetime_ms > 0 && lifetime_ms <= most_days * day_ms) return {};
  return base::fail(base::Errc::invalid_argument,
                    "expected a lifetime above zero and of at most " + std::to_string(most_days) + "d",
                    "/expires_in");
}

std::string new_secret() {
  return base::to_base64url(base::random_bytes(secret_bytes));
}

std::string hash_of(std::string_view secret) {
  return base::to_hex(base::sha256(secret));
}

std::string derived_secret(std::string_view secret, std::string_view purpose, std::size_t bytes) {
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
  const auto* key = reinterpret_cast<const unsigned char*>(secret.data());
  const auto* info = reinterpret_cast<const unsigned char*>(purpose.data());
  std::string derived(bytes, '\0');
  std::size_t size = bytes;
  const bool made =
      context && EVP_PKEY_derive_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1 &&
      EVP_PKEY_CTX_set1_hkdf_key(context.get(), key, static_cast<int>(secret.size())) == 1 &&
      EVP_PKEY_CTX_add1_hkdf_info(context.get(), info, static_cast<int>(purpose.size())) == 1 &&
      EVP_PKEY_derive(context.get(), reinterpret_cast<unsigned char*>(derived.data()), &size) == 1;
  if (!made || size != bytes) throw std::runtime_error("a secret cannot be derived");
  return derived;
}

}  // namespace censo::collector::access
