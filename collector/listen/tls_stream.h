// TLS on a connection whose bytes the caller reads and sends. No client certificate is asked for.
#pragma once

#include "base/result.h"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace censo::collector::access {
struct ServerIdentity;  // collector/access/certificate_authority.h
}

namespace censo::collector::listen {

// What all connections have in common.
class TlsContext {
 public:
  explicit TlsContext(const access::ServerIdentity& identity);  // throws std::runtime_error
  SSL_CTX& native() const { return *context_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

class TlsStream {
 public:
  explicit TlsStream(const TlsContext& context);  // throws std::runtime_error; the context may go away
  // So begins a connection with TLS, and no syslog message: the record of a handshake.
  static bool begins_with(std::string_view bytes) { return bytes.starts_with('\x16'); }

  // What the other side says in these bytes, in clear. Errc::malformed: no TLS, or not as we speak it;
  // nothing more can be taken. Either way reply() may have something to send.
  base::Result<std::string> take(std::string_view bytes);
  std::string reply();
  bool is_established() const;
  bool is_closed() const { return closed_; }  // the other side has said that this is its end

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };
  std::unique_ptr<SSL, Free> ssl_;
  bool closed_ = false;
};

}  // namespace censo::collector::listen
