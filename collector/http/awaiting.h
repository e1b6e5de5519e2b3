// What awaits need of Asio.
#pragma once

// clang 14 cannot assemble Asio's coroutine templates under -fsanitize=function (LLVM issue 49689).
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("function"))), apply_to = function)
#endif
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#ifdef __clang__
#pragma clang attribute pop
#endif

namespace censo::collector::http {

// How an await gives back the error code instead of throwing it.
constexpr auto with_error = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace censo::collector::http
