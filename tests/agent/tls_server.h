// A TLS server on 127.0.0.1 that answers as a test says: well, badly, slowly or not at all.
#pragma once

#include "tests/agent/test_authority.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace censo::test {

struct Answer {
  std::string bytes;
  enum class Manner {
    at_once,
    drip,   // a byte now and then, until the client has enough
    never,  // says nothing until the client goes
  } manner = Manner::at_once;
};

enum class Speech { tls, silence, garbage };

class TlsServer {
 public:
  // Gets the request with header and body. Called from the server's thread.
  using Handler = std::function<Answer(const std::string& request)>;

  // With a `client_ca`, clients without a certificate of it are refused.
  TlsServer(const Identity& identity, Handler handler, const std::string& client_ca = {},
            Speech speech = Speech::tls);
  ~TlsServer();

  std::uint16_t port() const { return port_; }
  std::string url(const std::string& path, const std::string& host = "127.0.0.1") const;
  std::vector<std::string> requests() const;
  int resumed() const;  // connections that took an earlier session up again

 private:
  void serve();
  void answer(int connection);
  void answer_over_tls(int connection);

  Handler handler_;
  Speech speech_;
  void* context_ = nullptr;  // SSL_CTX
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  int resumed_ = 0;
  std::jthread thread_;
};

// A complete HTTP answer.
std::string http_answer(int status, const std::string& body, const std::string& more_fields = {});

}  // namespace censo::test
