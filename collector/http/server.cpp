#include "collector/http/server.h"

#include "base/log.h"
#include "base/text.h"
#include "collector/http/awaiting.h"
#include "collector/http/session.h"
#include "collector/http/tls.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace censo::collector::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Errc;
using base::fail;
using boost::system::error_code;

base::Result<tcp::endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto bad = fail(Errc::invalid_argument, "expected address:port, found \"" + std::string(text) + "\"");
  if (colon == std::string_view::npos) return bad;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  error_code ec;
  const auto address = asio::ip::make_address(std::string(host), ec);
  const auto port = base::parse_unsigned(text.substr(colon + 1));
  if (ec || !port || *port > 65535) return bad;
  return tcp::endpoint(address, static_cast<std::uint16_t>(*port));
}

void set_option(tcp::acceptor& acceptor, int level, int name, int value) {
  ::setsockopt(acceptor.native_handle(), level, name, &value, sizeof value);
}

struct OpenAcceptor {
  asio::io_context& context;
  tcp::endpoint& endpoint;  // port 0 becomes the one that was taken
  bool shared = true;
};

base::Result<tcp::acceptor> open_acceptor(const OpenAcceptor& wanted) {
  tcp::acceptor acceptor(wanted.context);
  error_code ec;
  acceptor.open(wanted.endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec && wanted.shared) set_option(acceptor, SOL_SOCKET, SO_REUSEPORT, 1);
  if (!ec) set_option(acceptor, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);  // the silent never reach us
  if (!ec) acceptor.bind(wanted.endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) wanted.endpoint = acceptor.local_endpoint(ec);
  if (!ec) return acceptor;
  const auto where = wanted.endpoint.address().to_string() + ":" + std::to_string(wanted.endpoint.port());
  const auto code = ec == asio::error::address_in_use ? Errc::conflict : Errc::io_failed;
  return fail(code, "cannot listen on " + where + ": " + ec.message(), where);
}

}  // namespace

void Worker::stop(std::chrono::milliseconds limit) {
  stopping = true;
  for (Session* session : sessions) session->end_if_idle();
  if (sessions.empty()) return;
  drain = std::make_unique<asio::steady_timer>(context, limit);
  drain->async_wait([this](const error_code& ec) {
    drain.reset();
    if (!ec) context.stop();
  });
}

void Worker::leave(Session* session) {
  sessions.erase(session);
  if (drain && sessions.empty()) drain->cancel();
}

struct Server::Parts {
  // One listening socket of one worker.
  struct Door {
    Side side;
    Worker& worker;
    asio::ssl::context& tls;
    tcp::acceptor acceptor;
  };

  Parts(const Limits& limits, const access::ServerIdentity& identity, const std::string& authority_pem,
        const base::Clock& clock)
      : edge(limits, clock),
        api_tls(make_api_tls(identity, clock)),
        agents_tls(make_agents_tls(identity, authority_pem, clock)) {}

  base::Result<std::uint16_t> open_doors(Side side, std::string_view listen);
  Awaitable<void> accept(Door& door);
  Awaitable<void> wait_for_room(Door& door);
  void take_in(Door& door, Socket socket);

  Edge edge;
  asio::ssl::context api_tls, agents_tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::unique_ptr<Door>> doors;
  std::uint16_t api_port = 0, agents_port = 0;
  std::vector<std::jthread> threads;
};

// The first socket does not share its port, so that one in use is noticed; then each worker gets its own.
base::Result<std::uint16_t> Server::Parts::open_doors(Side side, std::string_view listen) {
  auto endpoint = parse_endpoint(listen);
  if (!endpoint) return endpoint.error();
  {
    const auto probe = open_acceptor({workers.front()->context, *endpoint, false});
    if (!probe) return probe.error();
  }
  auto& tls = side == Side::api ? api_tls : agents_tls;
  for (const auto& worker : workers) {
    auto acceptor = open_acceptor({worker->context, *endpoint});
    if (!acceptor) return acceptor.error();
    doors.push_back(std::make_unique<Door>(Door{side, *worker, tls, std::move(*acceptor)}));
  }
  return endpoint->port();
}

Awaitable<void> Server::Parts::wait_for_room(Door& door) {
  // Shared: the wake-up may come from another thread after this one has given up.
  const auto timer = std::make_shared<Timer>(door.worker.context, Timer::time_point::max());
  const auto executor = door.acceptor.get_executor();
  auto wake = [timer, executor] { asio::post(executor, [timer] { timer->cancel(); }); };
  edge.admission.when_room(std::move(wake));
  co_await timer->async_wait(with_error);
}

// What does not fit waits in the kernel's queue, where it costs nothing.
Awaitable<void> Server::Parts::accept(Door& door) {
  while (door.acceptor.is_open()) {
    const bool full = !edge.admission.has_room();
    if (full) {
      co_await wait_for_room(door);
    }
    auto result = co_await door.acceptor.async_accept(door.worker.context, with_error);
    auto& [ec, socket] = result;
    if (!ec) {
      take_in(door, std::move(socket));
    } else if (ec == asio::error::no_descriptors) {
      base::log(base::LogLevel::error, "http.no_descriptors", "no file descriptor is left for a connection");
      Timer pause(door.worker.context, std::chrono::milliseconds(100));
      co_await pause.async_wait(with_error);
    }
  }
}

void Server::Parts::take_in(Door& door, Socket socket) {
  error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec || door.worker.stopping) return;
  const auto address = peer.address().to_string();
  auto slot = edge.admission.enter(address);
  if (!slot) {
    base::log(base::LogLevel::debug, "http.source_full", "too many unproven connections of one source",
              {{"address", address}});
    return;
  }
  socket.set_option(tcp::no_delay(true), ec);
  auto session = std::make_unique<Session>(Arrival{door.side, std::move(socket), address, std::move(*slot)},
                                           door.tls, door.worker, edge);
  auto running = session->run();
  auto ended = [session = std::move(session)](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& thrown) {
      base::log(base::LogLevel::error, "http.session_failed", thrown.what());
    }
  };
  asio::co_spawn(door.worker.context, std::move(running), std::move(ended));
}

base::Result<std::unique_ptr<Server>> Server::open(const ServerSettings& settings,
                                                   const access::ServerIdentity& identity,
                                                   const std::string& authority_pem,
                                                   const base::Clock& clock) {
  auto parts = std::make_unique<Parts>(settings.limits, identity, authority_pem, clock);
  const auto cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  const auto count = settings.threads == 0 ? cores : settings.threads;
  for (std::size_t i = 0; i < count; ++i) parts->workers.push_back(std::make_unique<Worker>());
  const auto api_port = parts->open_doors(Side::api, settings.api_listen);
  if (!api_port) return api_port.error();
  const auto agents_port = parts->open_doors(Side::agents, settings.agents_listen);
  if (!agents_port) return agents_port.error();
  parts->api_port = *api_port;
  parts->agents_port = *agents_port;
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() {
  stop();
}

std::uint16_t Server::api_port() const {
  return parts_->api_port;
}
std::uint16_t Server::agents_port() const {
  return parts_->agents_port;
}

void Server::start(Serving serving) {
  auto& edge = parts_->edge;
  serving.metrics.watch(serving.routes);
  edge.router = std::make_unique<const Router>(std::move(serving.routes));
  edge.database = &serving.database;
  edge.metrics = &serving.metrics;
  for (const auto& door : parts_->doors) {
    asio::co_spawn(door->worker.context, parts_->accept(*door), asio::detached);
  }
  for (const auto& worker : parts_->workers) {
    parts_->threads.emplace_back([&context = worker->context] { context.run(); });
  }
}

void Server::stop() {
  for (const auto& door : parts_->doors) {
    asio::post(door->worker.context, [&acceptor = door->acceptor] { acceptor.close(); });
  }
  for (const auto& worker : parts_->workers) {
    asio::post(worker->context,
               [&worker = *worker, limit = parts_->edge.limits.drain] { worker.stop(limit); });
  }
  parts_->threads.clear();
  parts_->edge.admission.wake_nobody();
}

}  // namespace censo::collector::http
