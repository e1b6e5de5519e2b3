// The text forms of the two kinds of token. Secrets are 160 random bits; only their hash is stored.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace censo::collector::access {

// "censo_pat_<id>.<secret>"
struct ApiToken {
  std::int64_t id = 0;
  std::string secret;
};

// "ENR1.<id>.<secret>.<pin>": the pin is the SHA-256 of the authority's public key, for the agent alone.
struct EnrolmentToken {
  std::int64_t id = 0;
  std::string secret, pin;
};

std::string to_text(const ApiToken& token);
std::string to_text(const EnrolmentToken& token);

// Errc::unauthenticated; the text is never repeated in the message.
base::Result<ApiToken> parse_api_token(std::string_view text);
base::Result<EnrolmentToken> parse_enrolment_token(std::string_view text);

// What both kinds must have to be made. Errc::invalid_argument with the member in `where`.
base::Result<void> check_new_token(std::string_view name, base::TimeMs lifetime_ms, std::int64_t most_days);

std::string new_secret();                      // base64url
std::string hash_of(std::string_view secret);  // SHA-256, hexadecimal
// `bytes` that only who knows the secret can make, others for each purpose (HKDF-SHA256). Throws
// std::runtime_error when OpenSSL fails.
std::string derived_secret(std::string_view secret, std::string_view purpose, std::size_t bytes);

}  // namespace censo::collector::access
