#include "agent/tls_session.h"

#include "agent/delivery.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

#include <openssl/ssl.h>
#include <unistd.h>

#include <memory>
#include <utility>

namespace censo::agent {
namespace {

constexpr std::size_t most_bytes = 16 * 1024;  // a ticket with two certificates has 2 kB

struct FreeSession {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, FreeSession>;

int place_of_keeper() {
  static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}

// Each part in a digest of its own, so that none can run into the next.
std::string parties_of(const HttpsPeer& peer) {
  std::string parts;
  for (const std::string_view part : {std::string_view(peer.ca_pem), std::string_view(peer.certificate_pem)})
    parts += base::to_hex(base::sha256(part));
  return base::to_hex(base::sha256(parts + host_and_port(peer.url))) + "\n";
}

bool lasts(const X509* certificate) {
  return certificate != nullptr && X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0;
}

Session parsed(const std::string& text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  return Session(d2i_SSL_SESSION(nullptr, &bytes, static_cast<long>(text.size())));
}

std::string written(const SSL_SESSION* session) {
  const int size = i2d_SSL_SESSION(session, nullptr);
  if (size <= 0) return {};
  std::string text(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  i2d_SSL_SESSION(session, &out);
  return text;
}

}  // namespace

TlsSession::TlsSession(std::string state_folder) : file_(std::move(state_folder) + "/session") {}

// Used once: a session that a server does not get along with does not stand in the way again.
std::string TlsSession::taken(const std::string& parties) {
  if (!std::exchange(read_, true)) {
    auto content = base::read_own_file(file_, most_bytes);
    if (content) kept_ = std::move(*content);
  }
  if (kept_.empty()) return {};
  ::unlink(file_.c_str());
  const std::string kept = std::exchange(kept_, {});
  return kept.starts_with(parties) ? kept.substr(parties.size()) : std::string();
}

void TlsSession::keep(std::string_view session) {
  kept_ = parties_ + std::string(session);
  const auto stored = base::write_own_file(file_, kept_, 0600);
  if (!stored) base::log(base::LogLevel::debug, "session.not_stored", base::to_string(stored.error()));
}

int TlsSession::keep_new(SSL* ssl, void* session) {
  auto* const keeper = static_cast<TlsSession*>(SSL_get_ex_data(ssl, place_of_keeper()));
  const std::string text = written(static_cast<SSL_SESSION*>(session));
  if (keeper != nullptr && !text.empty()) keeper->keep(text);
  return 0;  // OpenSSL's own reference stays OpenSSL's
}

void TlsSession::take_up(SSL_CTX* context, SSL* ssl, const HttpsPeer& peer) {
  parties_ = parties_of(peer);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, [](SSL* of, SSL_SESSION* session) { return keep_new(of, session); });
  SSL_set_ex_data(ssl, place_of_keeper(), this);
  const Session session = parsed(taken(parties_));
  if (session && lasts(SSL_SESSION_get0_peer(session.get()))) SSL_set_session(ssl, session.get());
}

}  // namespace censo::agent
