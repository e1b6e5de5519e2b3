// The sockets that traps and syslog come in by. Nothing blocks; one thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/listen/syslog_stream.h"
#include "collector/listen/tls_stream.h"

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::listen {

// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int number() const { return number_; }

 private:
  int number_;
};

// "0.0.0.0:162", "[::]:514" bound to a socket of this type. Errc::invalid_argument: no address and port;
// Errc::conflict, Errc::permission_denied: in use, below 1024.
base::Result<Descriptor> bound_socket(std::string_view listen, int type);
std::uint16_t port_of(const Descriptor& socket);

struct Datagram {
  std::string bytes;
  std::string address;  // of who sent it, without port; IPv4 in its own form
  sockaddr_storage peer{};
  socklen_t peer_size = 0;
};

class DatagramDoor {
 public:
  static base::Result<DatagramDoor> open(std::string_view listen);
  int descriptor() const { return socket_.number(); }
  std::uint16_t port() const { return port_of(socket_); }
  // What is there, at most `most`.
  std::vector<Datagram> receive(std::size_t most);
  void answer(const Datagram& to, std::string_view bytes) const;

 private:
  explicit DatagramDoor(Descriptor socket) : socket_(std::move(socket)) {}
  Descriptor socket_;
};

struct StreamMessage {
  std::string address, text;
  std::string fault = {};  // why there is no message; "": there is one
};

// Syslog over TCP, with TLS or without as the other side begins. So many connections in all and of one
// address; who says nothing for long is let go.
class StreamDoor {
 public:
  // `tls` empty: none is spoken.
  static base::Result<StreamDoor> open(std::string_view listen, std::optional<TlsContext> tls = {});
  int descriptor() const { return socket_.number(); }
  std::vector<int> connections() const;
  using LetsIn = std::function<bool(const std::string& address)>;
  // The addresses of those that were hung up on because they are not let in.
  std::vector<std::string> accept_all(base::TimeMs now, const LetsIn& lets_in);
  // Reads what is there on this connection; its end and its faults end it. What its other side is told of a
  // fault is that end, and an alert of TLS: syslog has no answers.
  std::vector<StreamMessage> receive(int connection, base::TimeMs now);
  void let_go(base::TimeMs now);  // those that have said nothing for long, or not finished their handshake
  std::int64_t refused() const { return refused_; }

  static constexpr std::size_t most_connections = 512, most_of_one = 32;
  static constexpr base::TimeMs longest_silence_ms = 60 * 60 * 1000, longest_handshake_ms = 30'000;

 private:
  struct Connection {
    Descriptor socket;
    std::string address;
    SyslogStream stream;
    base::TimeMs accepted_at = 0, heard_at = 0;
    bool begun = false;
    std::optional<TlsStream> tls = {};
  };
  StreamDoor(Descriptor socket, std::optional<TlsContext> tls)
      : socket_(std::move(socket)), tls_(std::move(tls)) {}
  bool take(Connection& connection, std::string_view bytes, std::vector<StreamMessage>& messages) const;
  Descriptor socket_;
  std::optional<TlsContext> tls_;
  std::map<int, Connection> connections_;
  std::int64_t refused_ = 0;  // too many connections
};

}  // namespace censo::collector::listen
