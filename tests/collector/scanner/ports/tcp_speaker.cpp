#include "tcp_speaker.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>

namespace censo::scanner {
namespace {

bool readable(int socket, int milliseconds) {
  pollfd waiting{socket, POLLIN, 0};
  return poll(&waiting, 1, milliseconds) > 0;
}

void add_name(X509_NAME* name, const char* field, const char* value) {
  X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value), -1,
                             -1, 0);
}

SSL_CTX* server_context() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context = [] {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* name = X509_get_subject_name(certificate.get());
    add_name(name, "CN", "speaker.example");
    add_name(name, "O", "Example");
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(made.get(), certificate.get());
    SSL_CTX_use_PrivateKey(made.get(), key.get());
    return made;
  }();
  return context.get();
}

}  // namespace

TcpSpeaker::TcpSpeaker(Speech speech, const std::string& address)
    : speech_(std::move(speech)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to whoever has gone already
  sockaddr_in own{};
  own.sin_family = AF_INET;
  inet_pton(AF_INET, address.c_str(), &own.sin_addr);
  socklen_t size = sizeof own;
  if (bind(socket_, reinterpret_cast<sockaddr*>(&own), size) != 0 || listen(socket_, 8) != 0)
    throw std::runtime_error("cannot listen");
  getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
  port_ = ntohs(own.sin_port);
  thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

TcpSpeaker::~TcpSpeaker() {
  thread_.request_stop();
  thread_.join();
  close(socket_);
}

void TcpSpeaker::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!readable(socket_, 20)) continue;
    const int connection = accept(socket_, nullptr, nullptr);
    ++connections_;
    speech_.tls ? speak_tls(connection) : speak(connection, stop);
    close(connection);
  }
}

void TcpSpeaker::speak(int connection, const std::stop_token& stop) {
  send(connection, speech_.first.data(), speech_.first.size(), MSG_NOSIGNAL);
  while (speech_.stays && !stop.stop_requested() && !readable(connection, 20)) continue;
  char buffer[4096];
  if (!readable(connection, 200)) return;
  const auto count = recv(connection, buffer, sizeof buffer, 0);
  if (count <= 0) return;
  received_ += static_cast<std::size_t>(count);
  send(connection, speech_.answer.data(), speech_.answer.size(), MSG_NOSIGNAL);
}

void TcpSpeaker::speak_tls(int connection) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(server_context()), SSL_free);
  SSL_set_fd(ssl.get(), connection);
  char buffer[4096];
  if (SSL_accept(ssl.get()) <= 0 || SSL_read(ssl.get(), buffer, sizeof buffer) <= 0) return;
  SSL_write(ssl.get(), speech_.answer.data(), static_cast<int>(speech_.answer.size()));
}

}  // namespace censo::scanner
