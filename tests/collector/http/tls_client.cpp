#include "tests/collector/http/tls_client.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace censo::collector::http {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Bio reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all};
}

void trust(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reader(pem);
  X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
  X509_free(certificate);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

void show(SSL_CTX* context, const std::string& certificate_pem, const std::string& key_pem) {
  const Bio certificate_bio = reader(certificate_pem), key_bio = reader(key_pem);
  X509* certificate = PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr);
  const bool ok =
      SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!ok) throw std::runtime_error("the test's certificate and key do not fit");
}

}  // namespace

int connect_tcp(std::uint16_t port) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{10, 0};
  ::setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(file, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return file;
  ::close(file);
  return -1;
}

TlsClient::TlsClient(std::uint16_t port, const ClientSettings& settings)
    : socket_(connect_tcp(port)),
      context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      ssl_(nullptr, SSL_free) {
  if (socket_ < 0) {
    failure_ = "connection refused";
    return;
  }
  SSL_CTX_set_security_level(context_.get(), settings.most_version < TLS1_2_VERSION ? 0 : 1);
  SSL_CTX_set_max_proto_version(context_.get(), settings.most_version);
  if (!settings.authority_pem.empty()) trust(context_.get(), settings.authority_pem);
  if (!settings.certificate_pem.empty()) show(context_.get(), settings.certificate_pem, settings.key_pem);
  ssl_.reset(SSL_new(context_.get()));
  auto* const parameters = SSL_get0_param(ssl_.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, settings.host.c_str()) != 1) {
    X509_VERIFY_PARAM_set1_host(parameters, settings.host.c_str(), 0);
  }
  if (settings.session) SSL_set_session(ssl_.get(), settings.session.get());
  SSL_set_fd(ssl_.get(), socket_);
  connected_ = SSL_connect(ssl_.get()) == 1;
  if (!connected_) note_failure();
}

TlsClient::~TlsClient() {
  ssl_.reset();
  if (socket_ >= 0) ::close(socket_);
}

void TlsClient::note_failure() {
  timed_out_ = errno == EAGAIN;
  const auto code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  failure_ = reason == nullptr ? "closed" : reason;
  ERR_clear_error();
}

bool TlsClient::send(std::string_view bytes) {
  return connected_ && SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool TlsClient::read_more() {
  if (!connected_) return false;
  std::array<char, 16 * 1024> space{};
  errno = 0;
  const int size = SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()));
  if (size > 0) {
    buffer_.append(space.data(), static_cast<std::size_t>(size));
    return true;
  }
  note_failure();
  return false;
}

std::optional<HttpAnswer> TlsClient::read_answer() {
  while (buffer_.find("\r\n\r\n") == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  const auto head_end = buffer_.find("\r\n\r\n");
  const std::string head = buffer_.substr(0, head_end);
  buffer_.erase(0, head_end + 4);
  HttpAnswer answer;
  answer.status = std::stoi(head.substr(9, 3));
  for (const auto line : base::split(head, '\n')) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    answer.fields[base::to_lower(line.substr(0, colon))] = base::trim(line.substr(colon + 2));
  }
  const auto length = answer.fields.find("content-length");
  const std::size_t size = length == answer.fields.end() ? 0 : std::stoul(length->second);
  while (buffer_.size() < size) {
    if (!read_more()) return std::nullopt;
  }
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

std::string TlsClient::read_to_end() {
  while (read_more()) continue;
  return std::exchange(buffer_, {});
}

// A copy: OpenSSL spoils the session of a connection that ends without a farewell.
std::shared_ptr<SSL_SESSION> TlsClient::session() const {
  return {SSL_SESSION_dup(SSL_get0_session(ssl_.get())), SSL_SESSION_free};
}

bool TlsClient::is_closed() {
  while (read_more()) buffer_.clear();
  return !timed_out_;
}

std::string to_text(const HttpRequest& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!request.bearer.empty()) text += "Authorization: Bearer " + request.bearer + "\r\n";
  for (const auto& [name, value] : request.fields) text += name + ": " + value + "\r\n";
  if (!request.body.empty() || request.method != "GET") {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

}  // namespace censo::collector::http
