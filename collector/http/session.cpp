#include "collector/http/session.h"

#include "base/id.h"
#include "base/log.h"
#include "collector/access/agent_certificate.h"
#include "collector/http/awaiting.h"
#include "collector/http/problem.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace censo::collector::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using base::Errc;
using base::fail;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t read_ahead = 16 * 1024;  // less, and Beast reads in tiny pieces
constexpr std::size_t most_buffered = 64 * 1024;
constexpr std::size_t parsed_bytes_a_body_byte =
    24;  // zstd gives 6 to 9 times, the report in memory 2 to 3 times more

base::Error body_too_large() {
  return fail(Errc::limit_exceeded, "the body is longer than this listener takes", {}, "BODY_TOO_LARGE");
}

base::Error syntax_error(const beast::error_code& ec) {
  using beast::http::error;
  if (ec == error::header_limit) {
    return fail(Errc::limit_exceeded, "the header is longer than this listener takes", {},
                "HEADER_TOO_LARGE");
  }
  if (ec == error::body_limit) return body_too_large();
  return fail(Errc::invalid_argument, "the request is no HTTP: " + ec.message(), {}, "HTTP_SYNTAX");
}

base::Error budget_spent() {
  return fail(Errc::unavailable, "too much is in flight; try again later", {}, "MEMORY_FULL");
}

// A fault in the request, against one of the connection, which nobody can be told of.
bool is_syntax(const beast::error_code& ec) {
  static const auto& category = beast::http::make_error_code(beast::http::error::bad_method).category();
  return ec.category() == category && ec != beast::http::error::end_of_stream &&
         ec != beast::http::error::partial_message;
}

// RFC 9112: as one text, so that a short answer is one TLS record in one packet. Of head and body as two
// buffers, a write through Beast 1.81's flat stream sent the head of an answer of 27 kB and no more.
std::string message_of(const Response& response, std::string_view request_id, bool goes_on) {
  const auto reason = beast::http::obsolete_reason(static_cast<beast::http::status>(response.status));
  std::string text;
  text.reserve(512 + response.body.size());
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason).append("\r\n");
  const auto field = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  field("X-Request-Id", request_id);
  field("Cache-Control", "no-store");
  field("X-Content-Type-Options", "nosniff");
  if (!goes_on) field("Connection", "close");
  if (!response.body.empty()) field("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) field(name, value);
  if (response.status != 204) field("Content-Length", std::to_string(response.body.size()));
  return text.append("\r\n").append(response.body);
}

}  // namespace

Session::Session(Arrival arrival, asio::ssl::context& tls, Worker& worker, Edge& edge)
    : side_(arrival.side),
      address_(std::move(arrival.address)),
      slot_(std::move(arrival.slot)),
      worker_(worker),
      edge_(edge),
      stream_(std::move(arrival.socket), tls),
      buffer_(most_buffered) {
  worker_.sessions.insert(this);
}

Session::~Session() {
  worker_.leave(this);
}

std::size_t Session::body_limit() const {
  return side_ == Side::api ? edge_.limits.api_body_bytes : edge_.limits.agents_body_bytes;
}

std::size_t Session::body_limit_of(const Route& route) const {
  return std::max(body_limit(), route.body_bytes);
}

void Session::end_if_idle() {
  if (idle_) beast::get_lowest_layer(stream_).cancel();
}

Awaitable<void> Session::run() {
  bool goes_on = co_await shake_hands();
  while (goes_on && !worker_.stopping) {
    goes_on = co_await serve_one();
  }
  co_await close();
}

Awaitable<bool> Session::shake_hands() {
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.handshake);
  const auto result = co_await stream_.async_handshake(asio::ssl::stream_base::server, with_error);
  const auto& ec = std::get<0>(result);
  if (ec) {
    const long verdict = SSL_get_verify_result(stream_.native_handle());
    base::log(base::LogLevel::info, "tls.failed", ec.message(),
              {{"address", address_}, {"certificate", X509_verify_cert_error_string(verdict)}});
    co_return false;
  }
  slot_.end_handshake();
  edge_.metrics->count_handshake(side_ == Side::api ? Metrics::Listener::api : Metrics::Listener::agents,
                                 SSL_session_reused(stream_.native_handle()) == 1);
  buffer_.reserve(read_ahead);
  co_return side_ == Side::api || learn_agent();
}

bool Session::learn_agent() {
  const X509* certificate = SSL_get0_peer_certificate(stream_.native_handle());
  if (certificate == nullptr) return false;
  auto agent = access::read_agent_certificate(*certificate);
  if (!agent) return false;
  certificate_.agent_id = std::move(agent->agent_id);
  certificate_.certificate_serial = std::move(agent->serial);
  slot_.prove();
  return true;
}

// The first byte may take as long as a kept-alive connection may idle; a request is then owed within its own
// time.
Awaitable<bool> Session::wait_for_request() {
  if (buffer_.size() > 0) co_return true;
  beast::get_lowest_layer(stream_).expires_after(served_ ? edge_.limits.keep_alive : edge_.limits.header);
  const auto ec = co_await receive();
  co_return !ec;
}

Awaitable<beast::error_code> Session::receive() {
  // A chunk's header or a trailer without end: the parser takes none of it, and no room is left for more.
  if (buffer_.size() == buffer_.max_size()) co_return beast::http::error::buffer_overflow;
  const auto space = buffer_.prepare(std::min(read_ahead, buffer_.max_size() - buffer_.size()));
  const auto result = co_await stream_.async_read_some(space, with_error);
  const auto& [ec, size] = result;
  buffer_.commit(size);
  co_return ec;
}

// One step further through what has arrived. Without a fault in `ec`, false means that more must arrive.
bool Session::parses(beast::error_code& ec) {
  if (buffer_.size() > 0)
    buffer_.consume(parser_->put(buffer_.data(), ec));
  else
    ec = beast::http::error::need_more;
  if (ec != beast::http::error::need_more) return !ec;
  ec = {};
  return false;
}

Awaitable<bool> Session::serve_one() {
  parser_.reset();
  share_.reset();
  idle_ = true;
  const bool arrived = co_await wait_for_request();
  if (!arrived) co_return false;
  idle_ = false;
  share_.emplace(edge_.budget);
  auto ec = co_await read_header();
  began_ = steady_clock::now();
  if (ec && !is_syntax(ec)) co_return false;
  std::shared_ptr<Exchange> exchange = ec ? new_exchange() : begin();
  if (ec) exchange->answer = syntax_error(ec);
  if (!exchange->answer && exchange->match.route->body_bytes > 0) {
    exchange = co_await run_job(exchange, submit_caller);
  }
  if (!exchange->answer) {
    ec = co_await read_body();
    if (ec && !is_syntax(ec)) co_return false;
    if (ec) exchange->answer = syntax_error(ec);
  }
  if (!exchange->answer) {
    take_body(*exchange);
  }
  if (!exchange->answer) {
    exchange = co_await run_job(exchange, submit);
  }
  served_ = true;
  const bool goes_on = co_await send(exchange);
  co_return goes_on;
}

Awaitable<beast::error_code> Session::read_header() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(edge_.limits.header_bytes));
  // Until the route is known.
  parser_->body_limit(std::max(body_limit(), edge_.router->largest_body(side_)));
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.header);
  beast::error_code ec;
  while (!ec && !parser_->is_header_done()) {
    if (parses(ec) || ec) continue;
    ec = co_await receive();
  }
  co_return ec;
}

std::shared_ptr<Exchange> Session::new_exchange() const {
  auto exchange = std::make_shared<Exchange>();
  exchange->request.request_id = base::id_to_text(base::next_id(*edge_.clock));
  return exchange;
}

// All that the header alone decides. An exchange with an answer is a refusal.
std::shared_ptr<Exchange> Session::begin() {
  auto exchange = new_exchange();
  auto head = read_head(parser_->get().base(), edge_.limits.header_fields);
  if (!head) {
    exchange->answer = head.error();
    return exchange;
  }
  expects_continue_ = head->expects_continue;
  head->request.request_id = exchange->request.request_id;
  exchange->request = std::move(head->request);
  exchange->request.caller.address = address_;
  exchange->request.caller.agent_id = certificate_.agent_id;
  exchange->credential = certificate_;
  if (side_ == Side::api) exchange->credential.bearer = std::move(head->bearer);
  const bool basic = head->basic;
  auto match = edge_.router->find(side_, exchange->request.method, head->target);
  if (!match) {
    exchange->answer = match.error();
    return exchange;
  }
  exchange->match = std::move(*match);
  exchange->request.parameters = exchange->match.parameters;
  // A browser sends a password that it knows with every request, whoever made it.
  if (basic && exchange->match.route->role != Role::calendar_reader) exchange->credential.bearer.clear();
  const auto refused = refusal(*exchange);
  if (refused) exchange->answer = *refused;
  return exchange;
}

std::optional<base::Error> Session::refusal(const Exchange& exchange) {
  const Route& route = *exchange.match.route;
  if (side_ == Side::api && route.role == Role::calendar_reader && exchange.credential.bearer.empty())
    return fail(Errc::unauthenticated, "expected a token as password", "Authorization", "PASSWORD_EXPECTED");
  if (side_ == Side::api && route.role != Role::none && exchange.credential.bearer.empty()) {
    return fail(Errc::unauthenticated, "expected Authorization: Bearer <token>", "Authorization");
  }
  if (route.role == Role::none && route.access == Access::write) {
    const auto wait = edge_.enrolments.exceeded(network_of(address_, 24, 64), steady_clock::now());
    if (wait)
      return fail(Errc::limit_exceeded, "too many tries from this network", std::to_string(*wait),
                  "TOO_MANY_REQUESTS");
  }
  const auto length = parser_->content_length();
  const auto limit = body_limit_of(route);
  if (length && *length > limit) return body_too_large();
  parser_->body_limit(limit);
  const auto expected = length ? static_cast<std::size_t>(*length) : parser_->chunked() ? limit : 0;
  if (!share_->take(expected)) return budget_spent();
  return std::nullopt;
}

// At least body_bytes_per_second once the grace is over, and all of it within `body`.
Awaitable<beast::error_code> Session::read_body() {
  const auto& limits = edge_.limits;
  beast::error_code ec;
  if (std::exchange(expects_continue_, false) && !parser_->is_done()) {
    ec = co_await say_continue();
  }
  const auto start = steady_clock::now();
  while (!ec && !parser_->is_done()) {
    if (parses(ec) || ec) continue;
    const auto earned = milliseconds(parser_->get().body().size() * 1000 / limits.body_bytes_per_second);
    beast::get_lowest_layer(stream_).expires_at(start + std::min(limits.body_grace + earned, limits.body));
    ec = co_await receive();
  }
  co_return ec;
}

Awaitable<beast::error_code> Session::say_continue() {
  static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.write);
  const auto bytes = asio::buffer(text);
  const auto result = co_await asio::async_write(stream_, bytes, with_error);
  co_return std::get<0>(result);
}

void Session::take_body(Exchange& exchange) {
  exchange.request.body = std::move(parser_->get().body());
  const std::size_t factor = exchange.match.route->prepare ? parsed_bytes_a_body_byte : 1;
  if (!share_->take(exchange.request.body.size() * factor)) {
    exchange.answer = budget_spent();
    return;
  }
  prepare(exchange);
}

// The answer comes from a thread of the database; a timer is what this one waits on.
Awaitable<std::shared_ptr<Exchange>> Session::run_job(std::shared_ptr<Exchange> exchange, Submit hand_over) {
  struct Wait {
    Timer timer;
    bool over = false;
  };
  // Shared: the job may end after this connection has given up.
  const auto wait = std::make_shared<Wait>(Wait{Timer(stream_.get_executor(), edge_.limits.job)});
  const auto executor = stream_.get_executor();
  auto finished = [wait, executor] {
    asio::post(executor, [wait] {
      wait->over = true;
      wait->timer.cancel();
    });
  };
  const bool accepted = hand_over(exchange, *edge_.database, *edge_.clock, std::move(finished));
  if (!accepted) {
    exchange->answer =
        fail(Errc::unavailable, "too many requests wait for the database; try again later", {}, "QUEUE_FULL");
    co_return exchange;
  }
  co_await wait->timer.async_wait(with_error);
  if (wait->over) co_return exchange;
  // The job still has the exchange; another one answers.
  auto late = new_exchange();
  late->match.route = exchange->match.route;
  late->answer =
      fail(Errc::timeout, "the database did not answer in time; whether it took the request is not known");
  co_return late;
}

Awaitable<bool> Session::send(std::shared_ptr<Exchange> exchange) {
  if (exchange->request.caller.role != Role::none) slot_.prove();
  const auto& request_id = exchange->request.request_id;
  auto& answer = *exchange->answer;
  if (answer && answer->more) {
    co_await stream(exchange);
    co_return false;
  }
  const Response response = answer ? std::move(*answer) : problem(answer.error(), request_id);
  record(*exchange, response);
  const bool goes_on = parser_->is_done() && parser_->keep_alive() && !worker_.stopping;
  const std::string message = message_of(response, request_id, goes_on);
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.write);
  const auto result = co_await asio::async_write(stream_, asio::buffer(message), with_error);
  const auto& ec = std::get<0>(result);
  co_return goes_on && !ec;
}

void Session::record(const Exchange& exchange, const Response& response) const {
  const auto took = std::chrono::duration<double>(steady_clock::now() - began_).count();
  const Route* route = exchange.match.route;
  const auto method = route == nullptr ? std::string_view("none") : route->method;
  const auto pattern = route == nullptr ? std::string_view("none") : route->pattern;
  edge_.metrics->count_request(method, pattern, response.status, took);
  base::log(base::LogLevel::info, "http.request", title_of(response.status),
            {{"method", method},
             {"route", pattern},
             {"status", response.status},
             {"ms", static_cast<std::int64_t>(took * 1000)},
             {"caller", exchange.request.caller.name},
             {"address", address_},
             {"request_id", exchange.request.request_id}});
}

// Whoever was refused midway is still sending: what comes is read and dropped for a while, so that the answer
// is not lost with a reset connection.
Awaitable<void> Session::close() {
  auto& tcp = beast::get_lowest_layer(stream_);
  tcp.expires_after(edge_.limits.closing);
  co_await stream_.async_shutdown(with_error);
  beast::error_code ec;
  tcp.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  std::array<char, read_ahead> dropped{};
  const auto space = asio::buffer(dropped);
  while (!ec && parser_ && !parser_->is_done()) {
    const auto result = co_await tcp.async_read_some(space, with_error);
    ec = std::get<0>(result);
  }
}

}  // namespace censo::collector::http
