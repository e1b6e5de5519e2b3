// A blocking HTTPS client over OpenSSL that can also misbehave: it sends whatever bytes it is given.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace censo::collector::http {

struct ClientSettings {
  std::string authority_pem;             // what the server must be signed by; empty: not asked
  std::string host = "127.0.0.1";        // what its certificate must name
  std::string certificate_pem, key_pem;  // of this client
  int most_version = TLS1_3_VERSION;
  std::shared_ptr<SSL_SESSION> session = {};  // to be taken up again
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string, std::less<>> fields;  // names in lower case
  std::string body;
};

// Every read ends after ten seconds.
class TlsClient {
 public:
  TlsClient(std::uint16_t port, const ClientSettings& settings);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // TLS 1.3 tells of a refused certificate only at the first read.
  bool connected() const { return connected_; }
  const std::string& failure() const { return failure_; }  // OpenSSL's reason, with the name of an alert
  bool send(std::string_view bytes);
  std::optional<HttpAnswer> read_answer();  // nothing: the connection ended
  std::string read_to_end();                // as it came, until the connection ends or ten seconds pass
  // Of this connection, once an answer was read.
  std::shared_ptr<SSL_SESSION> session() const;
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  bool is_closed();  // reads on until it ends; false: it did not in time

 private:
  bool read_more();
  void note_failure();

  int socket_ = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  bool connected_ = false, timed_out_ = false;
  std::string failure_, buffer_;
};

// One TCP connection without TLS; -1 when it is refused. The caller closes it.
int connect_tcp(std::uint16_t port);

// A request with Host and, when `body` is not empty or the method sends one, Content-Length.
struct HttpRequest {
  std::string method = "GET", target = "/", bearer = {}, body = {};
  std::map<std::string, std::string> fields = {};
};
std::string to_text(const HttpRequest& request);

}  // namespace censo::collector::http
