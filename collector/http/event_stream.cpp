// Answers that go on: sent in chunks as there is more, until the route says that it is all, the client goes
// or the collector stops.
#include "collector/http/awaiting.h"
#include "collector/http/problem.h"
#include "collector/http/session.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

#include <utility>

namespace censo::collector::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using base::Errc;
using std::chrono::steady_clock;

constexpr std::string_view beat = ":\n\n";  // a comment (WHATWG HTML, 9.2.6)

// One of the few streams that there may be.
class StreamPlace {
 public:
  explicit StreamPlace(std::atomic<std::size_t>& streams) : streams_(streams), taken_(++streams) {}
  ~StreamPlace() { --streams_; }
  StreamPlace(const StreamPlace&) = delete;
  StreamPlace& operator=(const StreamPlace&) = delete;
  std::size_t taken() const { return taken_; }

 private:
  std::atomic<std::size_t>& streams_;
  std::size_t taken_;
};

bool is_passing(const base::Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timeout;
}

// The next question of a stream, asked as the first was.
std::shared_ptr<Exchange> next_of(const Exchange& exchange, Handler more) {
  auto next = std::make_shared<Exchange>();
  next->match = exchange.match;
  next->request = exchange.request;
  next->credential = exchange.credential;
  next->work = std::move(more);
  return next;
}

}  // namespace

Awaitable<void> Session::stream(std::shared_ptr<Exchange> exchange) {
  const StreamPlace place(edge_.streams);
  if (place.taken() > edge_.limits.streams) {
    exchange->answer =
        base::fail(Errc::unavailable, "too many follow streams already; try again later", {}, "STREAMS_FULL");
    co_await send(exchange);
    co_return;
  }
  record(*exchange, **exchange->answer);
  auto ec = co_await begin_stream(exchange);
  Response response = std::move(**exchange->answer);
  auto written = steady_clock::now();
  while (!ec) {
    const bool silent = response.body.empty() && steady_clock::now() - written < edge_.limits.stream_beat;
    if (!silent) {
      const std::string piece = response.body.empty() ? std::string(beat) : std::move(response.body);
      ec = co_await write_piece(piece);
      written = steady_clock::now();
    }
    if (ec || !response.more || worker_.stopping) break;
    response.body.clear();
    co_await pause_stream();
    if (worker_.stopping) break;
    auto next = next_of(*exchange, response.more);
    next = co_await run_job(next, submit);
    auto& answer = *next->answer;
    if (answer) {
      response = std::move(*answer);
    } else if (!is_passing(answer.error())) {
      break;
    }
  }
  if (ec) co_return;
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.write);  // the last one's has passed in a pause
  const auto last = beast::http::make_chunk_last();
  co_await asio::async_write(stream_, last, with_error);
}

Awaitable<beast::error_code> Session::begin_stream(std::shared_ptr<Exchange> exchange) {
  const Response& response = **exchange->answer;
  beast::http::response<beast::http::empty_body> head(static_cast<beast::http::status>(response.status), 11);
  head.keep_alive(false);
  head.set("X-Request-Id", exchange->request.request_id);
  head.set("Cache-Control", "no-store");
  head.set("X-Content-Type-Options", "nosniff");
  head.set("X-Accel-Buffering", "no");  // of proxies
  head.set(beast::http::field::content_type, response.content_type);
  head.chunked(true);
  beast::http::response_serializer<beast::http::empty_body> serializer(head);
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.write);
  const auto result = co_await beast::http::async_write_header(stream_, serializer, with_error);
  co_return std::get<0>(result);
}

Awaitable<beast::error_code> Session::write_piece(std::string_view piece) {
  beast::get_lowest_layer(stream_).expires_after(edge_.limits.write);
  const auto chunk = beast::http::make_chunk(asio::buffer(piece));
  const auto result = co_await asio::async_write(stream_, chunk, with_error);
  co_return std::get<0>(result);
}

Awaitable<void> Session::pause_stream() {
  Timer timer(stream_.get_executor(), edge_.limits.stream_pause);
  co_await timer.async_wait(with_error);
}

}  // namespace censo::collector::http
