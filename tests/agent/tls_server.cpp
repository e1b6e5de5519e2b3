#include "tests/agent/tls_server.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

namespace censo::test {
namespace {

X509* read_certificate(const std::string& pem) {
  BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  return certificate;
}

SSL_CTX* make_context(const Identity& identity, const std::string& client_ca) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  const std::string& chain = identity.certificate_pem;
  X509* leaf = read_certificate(chain);
  SSL_CTX_use_certificate(context, leaf);
  X509_free(leaf);
  const auto second = chain.find("-----BEGIN", 1);
  if (second != std::string::npos)
    SSL_CTX_add_extra_chain_cert(context, read_certificate(chain.substr(second)));
  BIO* memory = BIO_new_mem_buf(identity.key_pem.data(), static_cast<int>(identity.key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  BIO_free(memory);
  SSL_CTX_use_PrivateKey(context, key);
  EVP_PKEY_free(key);
  const unsigned char scope[] =
      "test";  // without one OpenSSL resumes no session of a client with a certificate
  SSL_CTX_set_session_id_context(context, scope, sizeof scope);
  if (!client_ca.empty()) {
    X509* root = read_certificate(client_ca);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root);
    X509_free(root);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

// Header and body, as far as the client sent them.
std::string read_request(SSL* ssl) {
  std::string request;
  char buffer[4096];
  for (;;) {
    const auto header_end = request.find("\r\n\r\n");
    const auto length = request.find("Content-Length: ");
    if (header_end != std::string::npos && length != std::string::npos &&
        request.size() >= header_end + 4 + std::stoul(request.substr(length + 16))) {
      return request;
    }
    const int got = SSL_read(ssl, buffer, sizeof buffer);
    if (got <= 0) return request;
    request.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace

TlsServer::TlsServer(const Identity& identity, Handler handler, const std::string& client_ca, Speech speech)
    : handler_(std::move(handler)), speech_(speech), context_(make_context(identity, client_ca)) {
  std::signal(SIGPIPE, SIG_IGN);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, generic, &size) != 0 || ::pipe(stop_) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { serve(); });
}

TlsServer::~TlsServer() {
  ::close(stop_[1]);
  thread_.join();
  ::close(stop_[0]);
  ::close(listener_);
  SSL_CTX_free(static_cast<SSL_CTX*>(context_));
}

std::string TlsServer::url(const std::string& path, const std::string& host) const {
  return "https://" + host + ":" + std::to_string(port_) + path;
}

std::vector<std::string> TlsServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int TlsServer::resumed() const {
  const std::lock_guard lock(mutex_);
  return resumed_;
}

void TlsServer::serve() {
  for (;;) {
    pollfd waiting[] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    ::poll(waiting, 2, -1);
    if (waiting[1].revents != 0) return;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const timeval limit{5, 0};  // no test hangs on a client that does not go
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    answer(connection);
    ::close(connection);
  }
}

void TlsServer::answer(int connection) {
  char buffer[4096];
  if (speech_ == Speech::tls) return answer_over_tls(connection);
  if (speech_ == Speech::garbage) ::send(connection, "220 mail ready\r\n", 16, MSG_NOSIGNAL);
  while (::recv(connection, buffer, sizeof buffer, 0) > 0) {
  }
}

void TlsServer::answer_over_tls(int connection) {
  SSL* ssl = SSL_new(static_cast<SSL_CTX*>(context_));
  SSL_set_fd(ssl, connection);
  if (SSL_accept(ssl) == 1) {
    const std::string request = read_request(ssl);
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      if (SSL_session_reused(ssl) == 1) ++resumed_;
    }
    const Answer answer = handler_(request);
    char byte = 0;
    if (answer.manner == Answer::Manner::never) SSL_read(ssl, &byte, 1);
    for (const char each : answer.manner == Answer::Manner::drip ? answer.bytes : std::string()) {
      if (SSL_write(ssl, &each, 1) != 1) break;
      pollfd pause{stop_[0], POLLIN, 0};
      if (::poll(&pause, 1, 20) != 0) break;
    }
    if (answer.manner == Answer::Manner::at_once && !answer.bytes.empty()) {
      SSL_write(ssl, answer.bytes.data(), static_cast<int>(answer.bytes.size()));
      SSL_shutdown(ssl);
      SSL_read(ssl, &byte, 1);  // the client closes first, so that nothing it has not read is lost
    }
  }
  SSL_free(ssl);
  // Closing with unread bytes would be a reset, which can overtake our last words.
  ::shutdown(connection, SHUT_WR);
  char rest[4096];
  while (::recv(connection, rest, sizeof rest, 0) > 0) {
  }
}

std::string http_answer(int status, const std::string& body, const std::string& more_fields) {
  return "HTTP/1.1 " + std::to_string(status) + " Status\r\nContent-Type: application/json\r\n" +
         more_fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace censo::test
