#include "collector/listen/tls_stream.h"

#include "collector/access/certificate_authority.h"
#include "collector/access/tls_settings.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace censo::collector::listen {
namespace {

constexpr std::size_t longest_record = 16 * 1024;

std::string last_reason() {
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "the handshake failed";
}

}  // namespace

void TlsContext::Free::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}
void TlsStream::Free::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

TlsContext::TlsContext(const access::ServerIdentity& identity) : context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::runtime_error("TLS: no memory");
  access::set_up_tls(*context_, identity, TLS1_2_VERSION);
  // Connections are few and last long: nothing is kept to resume them.
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context_.get(), 0);
}

TlsStream::TlsStream(const TlsContext& context) : ssl_(SSL_new(&context.native())) {
  auto *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
  if (!ssl_ || in == nullptr || out == nullptr) {
    BIO_free(in);
    BIO_free(out);
    throw std::runtime_error("TLS: no memory");
  }
  SSL_set_bio(ssl_.get(), in, out);
  SSL_set_accept_state(ssl_.get());
}

base::Result<std::string> TlsStream::take(std::string_view bytes) {
  ERR_clear_error();
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
  std::string clear;
  std::array<char, longest_record> record{};
  for (;;) {
    const int size = SSL_read(ssl_.get(), record.data(), static_cast<int>(record.size()));
    if (size > 0) {
      clear.append(record.data(), static_cast<std::size_t>(size));
      continue;
    }
    const int why = SSL_get_error(ssl_.get(), size);
    if (why == SSL_ERROR_WANT_READ) return clear;
    if (why != SSL_ERROR_ZERO_RETURN)
      return base::fail(base::Errc::malformed, "expected TLS 1.2 or 1.3, found: " + last_reason());
    closed_ = true;
    SSL_shutdown(ssl_.get());  // says our end as well
    return clear;
  }
}

std::string TlsStream::reply() {
  auto* out = SSL_get_wbio(ssl_.get());
  std::string bytes(BIO_ctrl_pending(out), '\0');
  if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

bool TlsStream::is_established() const {
  return SSL_is_init_finished(ssl_.get()) == 1;
}

}  // namespace censo::collector::listen
