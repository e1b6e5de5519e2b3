// One io thread's part: its io_context and the connections that live in it. Everything but `context` is
// touched by that thread alone.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <set>

namespace censo::collector::http {

class Session;

struct Worker {
  std::set<Session*> sessions;
  bool stopping = false;
  std::unique_ptr<boost::asio::steady_timer> drain;  // while stopping and not empty
  boost::asio::io_context context{1};                // dies before what stands above

  // Ends what waits for a request; lets the rest finish for `limit`.
  void stop(std::chrono::milliseconds limit);
  void leave(Session* session);
};

}  // namespace censo::collector::http
