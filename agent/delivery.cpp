#include "agent/delivery.h"

#include "agent/certificate.h"
#include "agent/tls_session.h"
#include "base/text.h"

#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

namespace censo::agent {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using base::Errc;
using boost::system::error_code;

constexpr std::size_t max_header_bytes = 8 * 1024;
constexpr std::size_t max_body_bytes = 64 * 1024;
constexpr std::size_t read_buffer_bytes = 16 * 1024;

// A name look-up that glibc makes in a thread of its own; `request` points into the rest.
struct LookUp {
  std::string host, port;
  addrinfo hints{};
  gaicb request{};
};

// glibc has no way to stop a running look-up, and writes to it when it ends: one that outlasts its time is
// left to it.
void abandon(std::unique_ptr<LookUp> look_up) {
  if (gai_cancel(&look_up->request) == EAI_NOTCANCELED) static_cast<void>(look_up.release());
}

base::Result<std::vector<tcp::endpoint>> resolve(const HttpsUrl& url, std::chrono::milliseconds limit) {
  error_code no_address;
  const auto address = asio::ip::make_address(url.host, no_address);
  if (!no_address) return std::vector{tcp::endpoint(address, url.port)};
  auto look_up = std::make_unique<LookUp>();
  look_up->host = url.host;
  look_up->port = std::to_string(url.port);
  look_up->hints.ai_socktype = SOCK_STREAM;
  look_up->request = {look_up->host.c_str(), look_up->port.c_str(), &look_up->hints, nullptr, 0, {}};
  gaicb* list[] = {&look_up->request};
  int outcome = getaddrinfo_a(GAI_NOWAIT, list, 1, nullptr);
  const timespec wait{limit.count() / 1000, (limit.count() % 1000) * 1'000'000};
  if (outcome == 0) {
    gai_suspend(list, 1, &wait);  // a signal ends it early
    outcome = gai_error(list[0]);
  }
  if (outcome == EAI_INPROGRESS) {
    abandon(std::move(look_up));
    return base::fail(Errc::timeout, "the name " + url.host + " was not resolved in time");
  }
  if (outcome != 0) {
    return base::fail(Errc::unavailable, "cannot resolve " + url.host + ": " + gai_strerror(outcome));
  }
  std::vector<tcp::endpoint> endpoints;
  for (const addrinfo* found = list[0]->ar_result; found != nullptr; found = found->ai_next) {
    tcp::endpoint endpoint;
    if (found->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(found->ai_addrlen);
    std::memcpy(endpoint.data(), found->ai_addr, found->ai_addrlen);
    endpoints.push_back(endpoint);
  }
  freeaddrinfo(list[0]->ar_result);
  return endpoints;
}

// Verifies as usual, with the root that the server itself sent as the only trusted one, if its key has the
// pinned digest.
int verify_with_pinned_root(X509_STORE_CTX* context, void* pin) {
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(context);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    X509* certificate = sk_X509_value(sent, i);
    if (public_key_digest(certificate) != *static_cast<const base::Sha256*>(pin)) continue;
    STACK_OF(X509)* trusted = sk_X509_new_null();
    sk_X509_push(trusted, certificate);
    X509_STORE_CTX_set0_trusted_stack(context, trusted);
    const int verified = X509_verify_cert(context);
    sk_X509_free(trusted);
    return verified;
  }
  X509_STORE_CTX_set_error(context, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

// OpenSSL's codes for alerts of the peer start here: it told us that our certificate, or we, do not please
// it.
bool is_alert(error_code error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) > SSL_AD_REASON_OFFSET;
}

}  // namespace

class HttpsConversation::Connection {
 public:
  Connection(const HttpsPeer& peer, const TimeLimits& limits)
      : peer_(peer), limits_(limits), name_(host_and_port(peer.url)) {}

  base::Result<void> open() {
    if (auto ready = prepare(); !ready) return ready.error();
    return connect();
  }
  base::Result<HttpsAnswer> exchange(const HttpsMessage& message, Then then);
  bool is_over() const { return is_over_; }

 private:
  base::Result<void> prepare();
  base::Result<void> connect();
  base::Error failure(error_code error, std::string_view doing);

  tcp::socket& socket() { return beast::get_lowest_layer(*stream_).socket(); }

  // Starts one asynchronous operation, which the stream bounds in time, and runs it to its end.
  template <class Start>
  error_code run(std::chrono::milliseconds limit, Start start) {
    error_code outcome;
    beast::get_lowest_layer(*stream_).expires_after(limit);
    start([&outcome](error_code error, const auto&...) { outcome = error; });
    context_.restart();
    context_.run();
    return outcome;
  }

  const HttpsPeer& peer_;
  const TimeLimits& limits_;
  const std::string name_;
  bool is_over_ = false;         // the server closes, or did already
  asio::io_context context_{1};  // before, and so outliving, the stream
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  std::optional<beast::ssl_stream<beast::tcp_stream>> stream_;
};

base::Result<void> HttpsConversation::Connection::prepare() {
  error_code error;
  tls_.set_verify_mode(asio::ssl::verify_peer);
  SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_3_VERSION);
  if (peer_.root_pin) {
    auto* pin = const_cast<base::Sha256*>(&*peer_.root_pin);
    SSL_CTX_set_cert_verify_callback(tls_.native_handle(), verify_with_pinned_root, pin);
  } else {
    tls_.add_certificate_authority(asio::buffer(peer_.ca_pem), error);
    if (error)
      return base::fail(Errc::malformed, "the collector's CA certificate cannot be read: " + error.message());
  }
  if (!peer_.certificate_pem.empty()) {
    tls_.use_certificate_chain(asio::buffer(peer_.certificate_pem), error);
    if (!error) tls_.use_private_key(asio::buffer(peer_.private_key_pem), asio::ssl::context::pem, error);
    if (error)
      return base::fail(Errc::malformed, "our certificate or key cannot be used: " + error.message());
  }
  stream_.emplace(context_, tls_);
  SSL* ssl = stream_->native_handle();
  const std::string& host = peer_.url.host;
  const bool named = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1
                                      : SSL_set1_host(ssl, host.c_str()) == 1 &&
                                            SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  if (!named) return base::fail(Errc::invalid_argument, "expected a host name or address, found " + host);
  return {};
}

base::Result<void> HttpsConversation::Connection::connect() {
  const auto endpoints = resolve(peer_.url, limits_.resolve);
  if (!endpoints) return endpoints.error();
  auto& tcp_stream = beast::get_lowest_layer(*stream_);
  auto error =
      run(limits_.connect, [&](auto done) { tcp_stream.async_connect(*endpoints, std::move(done)); });
  if (error) return failure(error, "connecting");
  // Used up by a handshake, not by a collector that is down: when it is back, all come at once.
  if (peer_.session != nullptr) peer_.session->take_up(tls_.native_handle(), stream_->native_handle(), peer_);
  error = run(limits_.handshake,
              [&](auto done) { stream_->async_handshake(asio::ssl::stream_base::client, std::move(done)); });
  if (error) return failure(error, "the TLS handshake");
  return {};
}

base::Result<HttpsAnswer> HttpsConversation::Connection::exchange(const HttpsMessage& message, Then then) {
  is_over_ = true;
  http::request<http::span_body<const char>> request(http::verb::post, message.path, 11);
  request.set(http::field::host, name_);
  request.set(http::field::user_agent, "censo-agent");
  request.set(http::field::content_type, "application/json");
  if (then == Then::close) request.set(http::field::connection, "close");
  if (!message.content_encoding.empty()) request.set(http::field::content_encoding, message.content_encoding);
  request.body() = {message.body.data(), message.body.size()};
  request.prepare_payload();
  auto error = run(limits_.write, [&](auto done) { http::async_write(*stream_, request, std::move(done)); });
  const auto write_error = error;  // a server that refuses early may have answered already

  beast::flat_buffer buffer;
  buffer.reserve(read_buffer_bytes);
  http::response_parser<http::string_body> parser;
  parser.header_limit(max_header_bytes);
  parser.body_limit(max_body_bytes);
  error = run(limits_.read, [&](auto done) { http::async_read(*stream_, buffer, parser, std::move(done)); });
  // Why the server closed is in its last words, not in our failing to write after them.
  const bool in_writing = write_error && !is_alert(error);
  if (error) return failure(in_writing ? write_error : error, in_writing ? "sending" : "reading the answer");

  const auto& answer = parser.get();
  is_over_ = then == Then::close || !answer.keep_alive();
  HttpsAnswer result{answer.result_int(), answer.body(), std::nullopt};
  if (const auto wait = base::parse_unsigned(answer[http::field::retry_after])) {
    result.retry_after = std::chrono::seconds(std::min<std::uint64_t>(*wait, 24 * 3600));
  }
  return result;
}

base::Error HttpsConversation::Connection::failure(error_code error, std::string_view doing) {
  const std::string where = std::string(doing) + " with " + name_;
  const long verified = SSL_get_verify_result(stream_->native_handle());
  if (verified == X509_V_ERR_APPLICATION_VERIFICATION) {
    return base::fail(Errc::unauthenticated, "the server's chain has no root with the pinned key", where);
  }
  if (verified != X509_V_OK) {
    return base::fail(
        Errc::unauthenticated,
        std::string("the server's certificate was refused: ") + X509_verify_cert_error_string(verified),
        where);
  }
  if (error == beast::error::timeout) return base::fail(Errc::timeout, "no answer in time", where);
  if (is_alert(error))
    return base::fail(Errc::unauthenticated, "the server ended TLS: " + error.message(), where);
  const bool http_fault = error.category() == http::make_error_code(http::error::bad_version).category() &&
                          error != http::error::end_of_stream && error != http::error::partial_message;
  return base::fail(http_fault ? Errc::malformed : Errc::unavailable, error.message(), where);
}

HttpsConversation::HttpsConversation(const HttpsPeer& peer, const TimeLimits& limits)
    : peer_(peer), limits_(limits) {}
HttpsConversation::~HttpsConversation() = default;

base::Result<HttpsAnswer> HttpsConversation::post(const HttpsMessage& message, Then then) {
  if (connection_ && !connection_->is_over()) {
    auto answer = connection_->exchange(message, then);
    if (answer) return answer;
  }
  connection_ = std::make_unique<Connection>(peer_, limits_);
  if (auto opened = connection_->open(); !opened) {
    connection_.reset();
    return opened.error();
  }
  return connection_->exchange(message, then);
}

base::Result<HttpsAnswer> post(const HttpsRequest& request, const TimeLimits& limits) {
  return HttpsConversation(request, limits)
      .post({request.url.path, request.body, request.content_encoding}, HttpsConversation::Then::close);
}

}  // namespace censo::agent
