// The TLS session with the collector: what an earlier contact ended with, so that the next one takes it up
// again instead of showing and checking certificates. A secret like our key, and kept beside it, in the file
// `session` of the state folder. Not thread-safe.
#pragma once

#include <string>
#include <string_view>

struct ssl_st;      // OpenSSL's SSL
struct ssl_ctx_st;  // and SSL_CTX

namespace censo::agent {

struct HttpsPeer;  // agent/delivery.h

class TlsSession {
 public:
  // What cannot be written there is kept in memory alone.
  explicit TlsSession(std::string state_folder);

  // Before the handshake of a client; `ssl` goes before this does. What is kept is used once, and only
  // towards the same server, trusting the same root, as the same agent, while the certificate lasts that the
  // server showed.
  void take_up(ssl_ctx_st* context, ssl_st* ssl, const HttpsPeer& peer);

 private:
  std::string taken(const std::string& parties);
  void keep(std::string_view session);
  static int keep_new(ssl_st* ssl, void* session);

  std::string file_;
  std::string parties_;  // of the connection under way
  std::string kept_;     // as in the file
  bool read_ = false;    // the file, of an earlier run
};

}  // namespace censo::agent
