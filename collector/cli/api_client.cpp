#include "collector/cli/api_client.h"

#include "base/digest.h"
#include "base/text.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/json.hpp>
#include <boost/url/parse.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace censo::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using base::Errc;
using base::fail;
using Stream = beast::ssl_stream<beast::tcp_stream>;

constexpr auto step_limit = std::chrono::seconds(10);    // connect, handshake
constexpr auto answer_limit = std::chrono::seconds(30);  // request and answer
constexpr auto silence_limit =
    std::chrono::seconds(60);  // of a stream; collectors show every 15 s that they live
constexpr std::size_t body_limit = 64 * 1024 * 1024;

struct Address {
  std::string host, port;
};

base::Result<Address> address_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme() != "https" || parsed->host().empty())
    return fail(Errc::invalid_argument, "expected a URL like https://host:8443, found \"" + url + "\"");
  std::string host = parsed->host_address();
  return Address{host, parsed->has_port() ? std::string(parsed->port()) : "443"};
}

std::string openssl_reason(const beast::error_code& error) {
  return error.category() == asio::error::get_ssl_category() ? ": " + error.message()
                                                             : " (" + error.message() + ")";
}

base::Error unreachable(const std::string& what, const Address& address, const beast::error_code& error) {
  const bool late = error == beast::error::timeout;
  return fail(late ? Errc::timeout : Errc::unavailable,
              what + " " + address.host + ":" + address.port +
                  (late ? " took too long" : " failed" + openssl_reason(error)));
}

base::Result<void> trust(asio::ssl::context& tls, const std::string& ca) {
  beast::error_code error;
  if (ca.empty())
    tls.set_default_verify_paths(error);
  else
    tls.add_certificate_authority(asio::buffer(ca), error);
  if (error) return fail(Errc::malformed, "the CA certificate does not load: " + error.message());
  return {};
}

// The name or address that the certificate must carry.
void expect_host(Stream& stream, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(stream.native_handle());
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return;
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  X509_VERIFY_PARAM_set1_host(expected, host.c_str(), 0);
}

ShownCertificate shown(X509* certificate) {
  unsigned char* key = nullptr;
  const int key_size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
  const auto digest =
      base::sha256(std::span<const std::uint8_t>(key, key_size > 0 ? static_cast<std::size_t>(key_size) : 0));
  OPENSSL_free(key);
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  ShownCertificate result{
      std::string(text, static_cast<std::size_t>(size)), base::Bytes(32), {digest.begin(), digest.end()}};
  X509_digest(certificate, EVP_sha256(), result.digest.data(), nullptr);
  BIO_free(memory);
  return result;
}

base::Errc code_of(const boost::json::object& problem, unsigned status) {
  const auto* code = problem.if_contains("code");
  if (code != nullptr && code->is_string())
    for (int i = 0; i <= static_cast<int>(Errc::io_failed); ++i)
      if (base::name_of(static_cast<Errc>(i)) == code->get_string()) return static_cast<Errc>(i);
  return status == 404 ? Errc::not_found : status == 401 ? Errc::unauthenticated : Errc::unavailable;
}

std::string member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

base::Result<boost::json::value> answer_of(const http::response<http::string_body>& response) {
  boost::json::error_code error;
  auto value = response.body().empty() ? boost::json::value() : boost::json::parse(response.body(), error);
  if (error)
    return fail(Errc::malformed, "the answer is no JSON: is there a Censo collector at this address?");
  if (response.result_int() < 300) return value;
  const boost::json::object nothing;
  const auto& problem = value.is_object() ? value.get_object() : nothing;
  std::string detail = member(problem, "detail");
  if (detail.empty()) detail = "the collector answered with status " + std::to_string(response.result_int());
  return fail(code_of(problem, response.result_int()), detail, member(problem, "where"),
              member(problem, "reason"));
}

}  // namespace

std::string encoded(std::string_view text) {
  return base::percent_encoded(text);
}

// One TLS connection; every step has its time limit.
class ApiClient::Connection {
 public:
  explicit Connection(Address address) : address_(std::move(address)), tls_(asio::ssl::context::tls_client) {}

  // `verified` false: only to look at the chain.
  base::Result<void> open(const std::string& ca, bool verified) {
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
    tls_.set_verify_mode(verified ? asio::ssl::verify_peer : asio::ssl::verify_none);
    if (verified)
      if (auto trusted = trust(tls_, ca); !trusted) return trusted.error();
    stream_.emplace(io_, tls_);
    if (verified) expect_host(*stream_, address_.host);
    asio::ip::tcp::resolver resolver(io_);
    beast::error_code error;
    const auto found = resolver.resolve(address_.host, address_.port, error);
    if (error) return unreachable("looking up", address_, error);
    tcp().expires_after(step_limit);
    tcp().async_connect(found, [&](beast::error_code ec, const asio::ip::tcp::endpoint&) { error = ec; });
    finish();
    if (error) return unreachable("connecting to", address_, error);
    tcp().expires_after(step_limit);
    stream_->async_handshake(asio::ssl::stream_base::client, [&](beast::error_code ec) { error = ec; });
    finish();
    if (error) return unreachable("the TLS handshake with", address_, error);
    return {};
  }

  // Errc::unavailable when the connection broke; nothing of the answer had come then.
  base::Result<http::response<http::string_body>> exchange(http::request<http::string_body>& request) {
    beast::error_code error;
    tcp().expires_after(answer_limit);
    http::async_write(*stream_, request, [&](beast::error_code ec, std::size_t) { error = ec; });
    finish();
    if (error) return unreachable("sending to", address_, error);
    http::response_parser<http::string_body> parser;
    parser.body_limit(body_limit);
    http::async_read(*stream_, buffer_, parser, [&](beast::error_code ec, std::size_t) { error = ec; });
    finish();
    if (error) return unreachable("the answer of", address_, error);
    return parser.release();
  }

  // An answer that goes on is handed over piece by piece, and the response's body is empty; one that is none
  // (a problem) comes whole.
  base::Result<http::response<http::string_body>> stream(
      http::request<http::string_body>& request,
      const std::function<base::Result<void>(std::string_view)>& on_piece) {
    beast::error_code error;
    tcp().expires_after(answer_limit);
    http::async_write(*stream_, request, [&](beast::error_code ec, std::size_t) { error = ec; });
    finish();
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    while (!error && !parser.is_done()) {
      const bool is_stream = parser.is_header_done() && parser.get().result() == http::status::ok;
      tcp().expires_after(is_stream ? silence_limit : answer_limit);
      http::async_read_some(*stream_, buffer_, parser,
                            [&](beast::error_code ec, std::size_t) { error = ec; });
      finish();
      if (parser.is_header_done() && parser.get().body().size() > body_limit)
        return fail(Errc::limit_exceeded, "an answer that is too long");
      if (error || !parser.is_header_done() || parser.get().result() != http::status::ok) continue;
      const auto piece = std::exchange(parser.get().body(), {});
      if (auto taken = on_piece(piece); !taken) return taken.error();
    }
    if (error) return unreachable("the answer of", address_, error);
    return parser.release();
  }

  SSL* ssl() { return stream_->native_handle(); }
  const Address& address() const { return address_; }

 private:
  beast::tcp_stream& tcp() { return beast::get_lowest_layer(*stream_); }
  void finish() {
    io_.restart();
    io_.run();
  }

  Address address_;
  asio::io_context io_;
  asio::ssl::context tls_;
  std::optional<Stream> stream_;
  beast::flat_buffer buffer_{body_limit};
};

ApiClient::ApiClient(const Context& context) : context_(context) {}
ApiClient::~ApiClient() = default;

namespace {

http::request<http::string_body> request_for(const Address& address, const Context& context,
                                             std::string_view method, const std::string& target) {
  http::request<http::string_body> request;
  request.method_string(beast::string_view(method.data(), method.size()));
  request.target(target);
  request.version(11);
  request.set(http::field::host, address.host + ":" + address.port);
  request.set(http::field::authorization, "Bearer " + context.token);
  request.set(http::field::user_agent, "censo");
  return request;
}

}  // namespace

struct ApiClient::Answer {
  http::response<http::string_body> response;
};

base::Result<ApiClient::Answer> ApiClient::exchange(std::string_view method, const std::string& target,
                                                    std::string body, std::string_view media_type) {
  const auto address = address_of(context_.url);
  if (!address) return address.error();
  auto request = request_for(*address, context_, method, target);
  request.set(http::field::accept, "application/json");
  if (!body.empty())
    request.set(http::field::content_type, beast::string_view(media_type.data(), media_type.size()));
  request.body() = std::move(body);
  request.prepare_payload();
  const bool reused = connection_ != nullptr;
  for (int attempt = 0;; ++attempt) {
    if (!connection_) {
      connection_ = std::make_unique<Connection>(*address);
      if (auto opened = connection_->open(context_.ca, true); !opened) {
        connection_.reset();
        return opened.error();
      }
    }
    auto response = connection_->exchange(request);
    if (!response || !response->keep_alive()) connection_.reset();
    if (response) return Answer{std::move(*response)};
    // A kept connection that the collector closed meanwhile; what changes something is never sent twice.
    if (!reused || attempt > 0 || method != "GET") return response.error();
  }
}

base::Result<boost::json::value> ApiClient::call(std::string_view method, const std::string& target,
                                                 std::string body, std::string_view media_type) {
  const auto answer = exchange(method, target, std::move(body), media_type);
  if (!answer) return answer.error();
  return answer_of(answer->response);
}

namespace {

std::string target_of(std::string_view path, const Query& query) {
  std::string target(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += separator + name + "=" + encoded(value);
    separator = '&';
  }
  return target;
}

}  // namespace

base::Result<boost::json::value> ApiClient::get(std::string_view path, const Query& query) {
  return call("GET", target_of(path, query), {});
}

base::Result<boost::json::value> ApiClient::send(std::string_view method, std::string_view path,
                                                 const Query& query, const boost::json::value& body) {
  return call(method, target_of(path, query), body.is_null() ? std::string() : boost::json::serialize(body));
}

base::Result<boost::json::value> ApiClient::post_text(std::string_view path, const Query& query,
                                                      std::string text, std::string_view media_type) {
  return call("POST", target_of(path, query), std::move(text), media_type);
}

base::Result<std::string> ApiClient::get_bytes(std::string_view path, const Query& query) {
  auto answer = exchange("GET", target_of(path, query), {}, {});
  if (!answer) return answer.error();
  if (answer->response.result_int() == 200) return std::move(answer->response.body());
  const auto refused = answer_of(answer->response);
  return refused ? fail(Errc::malformed, "the answer is no file") : refused.error();
}

base::Result<boost::json::value> ApiClient::post(std::string_view path, const boost::json::value& body) {
  return call("POST", std::string(path), boost::json::serialize(body));
}

base::Result<boost::json::value> ApiClient::put(std::string_view path, const boost::json::value& body) {
  return call("PUT", std::string(path), boost::json::serialize(body));
}

base::Result<void> ApiClient::follow(std::string_view path, const std::string& last_id,
                                     const std::function<void(const ServerEvent&)>& on_event) {
  const auto address = address_of(context_.url);
  if (!address) return address.error();
  auto request = request_for(*address, context_, "GET", std::string(path));
  request.set(http::field::accept, "text/event-stream");
  if (!last_id.empty()) request.set("Last-Event-ID", last_id);
  Connection connection(*address);  // of its own: it ends with the stream
  if (auto opened = connection.open(context_.ca, true); !opened) return opened.error();
  EventReader reader;
  const auto response = connection.stream(request, [&](std::string_view piece) -> base::Result<void> {
    const auto events = reader.take(piece);
    if (!events) return events.error();
    for (const auto& event : *events) on_event(event);
    return {};
  });
  if (!response) return response.error();
  if (response->result() == http::status::ok) return {};
  const auto answer = answer_of(*response);
  if (!answer) return answer.error();
  return fail(Errc::malformed, "the answer is no stream of events");
}

base::Result<void> ApiClient::remove(std::string_view path) {
  auto answer = call("DELETE", std::string(path), {});
  if (!answer) return answer.error();
  return {};
}

base::Result<std::vector<ShownCertificate>> ApiClient::shown_chain(const std::string& url) {
  const auto address = address_of(url);
  if (!address) return address.error();
  Connection connection(*address);
  if (auto opened = connection.open({}, false); !opened) return opened.error();
  std::vector<ShownCertificate> chain;
  STACK_OF(X509)* certificates = SSL_get_peer_cert_chain(connection.ssl());
  for (int i = 0; i < sk_X509_num(certificates); ++i) chain.push_back(shown(sk_X509_value(certificates, i)));
  return chain;
}

base::Result<std::string> fetch_ca(const std::string& url, std::string_view fingerprint) {
  auto wanted = base::from_hex(fingerprint);
  if (!wanted || wanted->size() != 32) wanted = base::from_base64url(fingerprint);
  if (!wanted || wanted->size() != 32)
    return fail(Errc::invalid_argument,
                "expected a SHA-256 as 64 hexadecimal digits or 43 characters of base64url");
  const auto chain = ApiClient::shown_chain(url);
  if (!chain) return chain.error();
  for (const auto& certificate : *chain)
    if (certificate.key_digest == *wanted || certificate.digest == *wanted) return certificate.pem;
  return fail(Errc::permission_denied,
              "no certificate that " + url + " shows has this fingerprint: somebody else may answer there");
}

}  // namespace censo::cli
