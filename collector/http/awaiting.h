// What awaits need of Asio.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>

// clang 14 cannot assemble Asio's coroutine templates under -fsanitize=function (LLVM issue 49689).
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("function"))), apply_to = function)
#endif
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#ifdef __clang__
#pragma clang attribute pop
#endif

namespace censo::collector::http {

// All that waits here waits in a worker's io_context: said in the types, no executor hides behind virtual
// calls.
using Executor = boost::asio::io_context::executor_type;
template <typename T>
using Awaitable = boost::asio::awaitable<T, Executor>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// How an await gives back the error code instead of throwing it.
constexpr auto with_error = boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>());

}  // namespace censo::collector::http
