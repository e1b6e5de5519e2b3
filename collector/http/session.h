// One connection: TLS, then requests one after the other until either side ends it. Lives in one io_context.
#pragma once

#include "collector/http/admission.h"
#include "collector/http/awaiting.h"
#include "collector/http/edge.h"
#include "collector/http/exchange.h"
#include "collector/http/request_head.h"
#include "collector/http/worker.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace censo::collector::http {

// What an accepted connection brings.
struct Arrival {
  Side side = Side::api;
  Socket socket;
  std::string address;
  Admission::Slot slot;
};

class Session {
 public:
  Session(Arrival arrival, boost::asio::ssl::context& tls, Worker& worker, Edge& edge);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  Awaitable<void> run();
  void end_if_idle();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Error = boost::beast::error_code;
  using Submit = decltype(&submit);  // or submit_caller

  Awaitable<bool> shake_hands();
  bool learn_agent();
  Awaitable<bool> wait_for_request();
  Awaitable<Error> receive();
  Awaitable<bool> serve_one();
  bool parses(Error& ec);
  Awaitable<Error> read_header();
  Awaitable<Error> read_body();
  Awaitable<Error> say_continue();
  Awaitable<std::shared_ptr<Exchange>> run_job(std::shared_ptr<Exchange> exchange, Submit hand_over);
  Awaitable<bool> send(std::shared_ptr<Exchange> exchange);
  Awaitable<void> stream(std::shared_ptr<Exchange> exchange);  // event_stream.cpp
  Awaitable<Error> begin_stream(std::shared_ptr<Exchange> exchange);
  Awaitable<Error> write_piece(std::string_view piece);
  Awaitable<void> pause_stream();
  Awaitable<void> close();

  std::shared_ptr<Exchange> new_exchange() const;
  std::shared_ptr<Exchange> begin();
  std::optional<base::Error> refusal(const Exchange& exchange);
  std::size_t body_limit() const;  // of the listener
  std::size_t body_limit_of(const Route& route) const;
  void take_body(Exchange& exchange);
  void record(const Exchange& exchange, const Response& response) const;

  Side side_;
  std::string address_;
  Admission::Slot slot_;
  Worker& worker_;
  Edge& edge_;
  boost::beast::ssl_stream<boost::beast::basic_stream<boost::asio::ip::tcp, Executor>> stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<ByteBudget::Share> share_;
  access::Credential certificate_;               // of the agent listener
  std::chrono::steady_clock::time_point began_;  // of the request
  bool expects_continue_ = false;
  bool idle_ = true;     // no request has begun
  bool served_ = false;  // at least one
};

}  // namespace censo::collector::http
