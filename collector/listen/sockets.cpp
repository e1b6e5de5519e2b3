#include "collector/listen/sockets.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

namespace censo::collector::listen {
namespace {

using base::Errc;
using base::fail;

constexpr int receive_buffer = 4 * 1024 * 1024;
constexpr std::size_t longest_datagram = 65'535, read_at_once = 64 * 1024;

std::string address_text(const sockaddr_storage& peer) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return text.data();
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  const std::string_view given(text.data());
  return std::string(given.starts_with("::ffff:") && given.find('.') != given.npos ? given.substr(7) : given);
}

struct Endpoint {
  std::string host, port;
};

base::Result<Endpoint> endpoint_of(std::string_view listen) {
  const auto colon = listen.rfind(':');
  auto host = listen.substr(0, std::min(colon, listen.size()));
  const auto port = colon == listen.npos ? std::string_view() : listen.substr(colon + 1);
  const auto number = base::parse_integer(port);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || !number || *number < 0 || *number > 65'535)
    return fail(Errc::invalid_argument,
                "expected an address and a port such as 0.0.0.0:162, found \"" + std::string(listen) + "\"");
  return Endpoint{std::string(host), std::string(port)};
}

base::Error cannot_listen(std::string_view listen) {
  const auto code = errno == EACCES ? Errc::permission_denied : Errc::conflict;
  return fail(code,
              "cannot listen on " + std::string(listen) + ": " + std::generic_category().message(errno));
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}
Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

base::Result<Descriptor> bound_socket(std::string_view listen, int type) {
  const auto endpoint = endpoint_of(listen);
  if (!endpoint) return endpoint.error();
  addrinfo hints{};
  hints.ai_socktype = type;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  if (getaddrinfo(endpoint->host.c_str(), endpoint->port.c_str(), &hints, &found) != 0)
    return fail(Errc::invalid_argument,
                "expected an address and a port, found \"" + std::string(listen) + "\"");
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
  Descriptor socket(::socket(found->ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.number() < 0) return cannot_listen(listen);
  const int on = 1;
  if (type == SOCK_STREAM) setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (type == SOCK_DGRAM)
    setsockopt(socket.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (bind(socket.number(), found->ai_addr, found->ai_addrlen) != 0) return cannot_listen(listen);
  if (type == SOCK_STREAM && ::listen(socket.number(), 128) != 0) return cannot_listen(listen);
  return socket;
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (getsockname(socket.number(), reinterpret_cast<sockaddr*>(&own), &size) != 0) return 0;
  return ntohs(own.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(own).sin_port
                                        : reinterpret_cast<const sockaddr_in6&>(own).sin6_port);
}

base::Result<DatagramDoor> DatagramDoor::open(std::string_view listen) {
  auto socket = bound_socket(listen, SOCK_DGRAM);
  if (!socket) return socket.error();
  return DatagramDoor(std::move(*socket));
}

std::vector<Datagram> DatagramDoor::receive(std::size_t most) {
  std::vector<Datagram> found;
  std::string buffer(longest_datagram, '\0');
  while (found.size() < most) {
    Datagram one;
    one.peer_size = sizeof one.peer;
    const auto size = recvfrom(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                               reinterpret_cast<sockaddr*>(&one.peer), &one.peer_size);
    if (size < 0) break;
    one.bytes.assign(buffer, 0, static_cast<std::size_t>(size));
    one.address = address_text(one.peer);
    found.push_back(std::move(one));
  }
  return found;
}

void DatagramDoor::answer(const Datagram& to, std::string_view bytes) const {
  [[maybe_unused]] const auto sent =
      sendto(descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&to.peer), to.peer_size);
}

base::Result<StreamDoor> StreamDoor::open(std::string_view listen, std::optional<TlsContext> tls) {
  auto socket = bound_socket(listen, SOCK_STREAM);
  if (!socket) return socket.error();
  return StreamDoor(std::move(*socket), std::move(tls));
}

std::vector<int> StreamDoor::connections() const {
  std::vector<int> numbers;
  for (const auto& [number, connection] : connections_) numbers.push_back(number);
  return numbers;
}

std::vector<std::string> StreamDoor::accept_all(base::TimeMs now, const LetsIn& lets_in) {
  std::vector<std::string> strangers;
  for (;;) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    Descriptor taken(
        accept4(descriptor(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (taken.number() < 0) return strangers;
    auto address = address_text(peer);
    if (!lets_in(address)) {
      strangers.push_back(std::move(address));
      continue;
    }
    const auto of_it =
        std::ranges::count_if(connections_, [&](const auto& one) { return one.second.address == address; });
    if (connections_.size() >= most_connections || of_it >= static_cast<std::ptrdiff_t>(most_of_one)) {
      ++refused_;
      continue;
    }
    const int number = taken.number();
    connections_.emplace(number, Connection{std::move(taken), std::move(address), {}, now, now});
  }
}

std::vector<StreamMessage> StreamDoor::receive(int number, base::TimeMs now) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return {};
  auto& connection = found->second;
  std::string buffer(read_at_once, '\0');
  const auto size = recv(number, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  std::vector<StreamMessage> messages;
  if (size > 0) {
    connection.heard_at = now;
    if (take(connection, {buffer.data(), static_cast<std::size_t>(size)}, messages)) return messages;
  }
  const bool ended_well = messages.empty() || messages.back().fault.empty();
  if (auto rest = connection.stream.rest(); ended_well && !rest.empty())
    messages.push_back({connection.address, std::move(rest)});
  connections_.erase(found);
  return messages;
}

// False: the connection ends.
bool StreamDoor::take(Connection& connection, std::string_view bytes,
                      std::vector<StreamMessage>& messages) const {
  if (!std::exchange(connection.begun, true) && tls_ && TlsStream::begins_with(bytes))
    connection.tls.emplace(*tls_);
  std::string clear;
  const auto end = [&](std::string why) {
    messages.push_back({connection.address, {}, std::move(why)});
    return false;
  };
  if (auto& tls = connection.tls) {
    auto read = tls->take(bytes);
    // So little that there is room for it, unless the other side takes nothing.
    const auto reply = tls->reply();
    const auto sent =
        send(connection.socket.number(), reply.data(), reply.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!read) return end(read.error().message);
    if (!reply.empty() && sent != static_cast<ssize_t>(reply.size()) && !tls->is_closed())
      return end("TLS: it does not take what we say");
    bytes = clear = std::move(*read);
  }
  for (auto& text : connection.stream.take(bytes)) messages.push_back({connection.address, std::move(text)});
  if (connection.stream.is_broken()) return end("malformed: the length of a message is none, or too long");
  return !connection.tls || !connection.tls->is_closed();
}

void StreamDoor::let_go(base::TimeMs now) {
  std::erase_if(connections_, [now](const auto& one) {
    const auto& connection = one.second;
    const bool shakes_hands = connection.tls && !connection.tls->is_established();
    return now - connection.heard_at > longest_silence_ms ||
           (shakes_hands && now - connection.accepted_at > longest_handshake_ms);
  });
}

}  // namespace censo::collector::listen
