#include "collector/access/session_tickets.h"

#include "collector/access/secret.h"
#include "collector/access/x509.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

namespace censo::collector::access {
namespace {

constexpr std::string_view mark = "censo-1 ";  // before the period in a key's name

// What a context's callbacks need; the context owns it.
struct Tickets {
  TicketKeys keys;
  const base::Clock& clock;
};

int place_of_tickets() {
  static const int place = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* tickets, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Tickets*>(tickets); });
  return place;
}

const Tickets& tickets_of(const SSL* ssl) {
  return *static_cast<const Tickets*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place_of_tickets()));
}

bool set_mac_key(EVP_MAC_CTX* mac, std::array<unsigned char, 32> key) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.data(), key.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

int seal(const Tickets& tickets, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
  const auto key = tickets.keys.at(tickets.clock.now());
  std::copy(key.name.begin(), key.name.end(), name);
  const bool ready = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                     EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) == 1 &&
                     set_mac_key(mac, key.mac);
  return ready ? 1 : -1;
}

// 0: no key of ours, or too old; the handshake is then a full one.
int unseal(const Tickets& tickets, const unsigned char* name, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
           EVP_MAC_CTX* mac) {
  const std::string_view text(reinterpret_cast<const char*>(name), 16);
  const auto key = tickets.keys.named(text, tickets.clock.now());
  if (!key) return 0;
  const bool ready = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), iv) == 1 &&
                     set_mac_key(mac, key->mac);
  return ready ? 1 : -1;
}

// A certificate that has ended since is judged in a full handshake, which tells the client why.
SSL_TICKET_RETURN verdict_on(const SSL* ssl, SSL_SESSION* session, SSL_TICKET_STATUS status) {
  if (status == SSL_TICKET_FATAL_ERR_MALLOC || status == SSL_TICKET_FATAL_ERR_OTHER)
    return SSL_TICKET_RETURN_ABORT;
  if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  const X509* shown = SSL_SESSION_get0_peer(session);
  const bool ended = shown != nullptr && expires_at(*shown) <= tickets_of(ssl).clock.now();
  return ended ? SSL_TICKET_RETURN_IGNORE_RENEW : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

TicketKeys::TicketKeys(std::string secret, std::string scope)
    : secret_(std::move(secret)), scope_(std::move(scope)) {}

TicketKeys::Key TicketKeys::of_period(base::TimeMs period) const {
  Key key;
  std::copy(mark.begin(), mark.end(), key.name.begin());
  for (std::size_t i = 0; i < 8; ++i)
    key.name[mark.size() + i] =
        static_cast<unsigned char>(static_cast<std::uint64_t>(period) >> (56 - 8 * i));
  const auto bytes = derived_secret(secret_, "tickets " + scope_ + " " + std::to_string(period),
                                    key.cipher.size() + key.mac.size());
  const auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(key.cipher.size());
  std::copy(bytes.begin(), middle, key.cipher.begin());
  std::copy(middle, bytes.end(), key.mac.begin());
  return key;
}

TicketKeys::Key TicketKeys::at(base::TimeMs now) const {
  return of_period(now / period_ms);
}

std::optional<TicketKeys::Key> TicketKeys::named(std::string_view name, base::TimeMs now) const {
  if (!name.starts_with(mark)) return std::nullopt;
  std::uint64_t period = 0;
  for (const char byte : name.substr(mark.size())) period = period << 8 | static_cast<unsigned char>(byte);
  const auto current = now / period_ms;
  for (const auto known : {current, current - 1, current + 1})
    if (period == static_cast<std::uint64_t>(known)) return of_period(known);
  return std::nullopt;
}

void set_up_tickets(SSL_CTX& context, TicketKeys keys, const base::Clock& clock) {
  auto tickets = std::make_unique<Tickets>(Tickets{std::move(keys), clock});
  if (SSL_CTX_set_ex_data(&context, place_of_tickets(), tickets.get()) != 1)
    throw std::runtime_error("TLS settings: cannot set the keys of tickets");
  static_cast<void>(tickets.release());
  SSL_CTX_set_tlsext_ticket_key_evp_cb(&context, [](SSL* ssl, unsigned char* name, unsigned char* iv,
                                                    EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seals) {
    const auto& ours = tickets_of(ssl);
    return seals == 1 ? seal(ours, name, iv, cipher, mac) : unseal(ours, name, iv, cipher, mac);
  });
  SSL_CTX_set_session_ticket_cb(
      &context, nullptr,
      [](SSL* ssl, SSL_SESSION* session, const unsigned char*, std::size_t, SSL_TICKET_STATUS status, void*) {
        return verdict_on(ssl, session, status);
      },
      nullptr);
  SSL_CTX_set_timeout(&context, static_cast<long>(2 * TicketKeys::period_ms / 1000));
}

}  // namespace censo::collector::access
