#include "collector/scanner/ports/tcp_talk.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <system_error>

namespace censo::scanner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Outcome = Talk::Outcome;

constexpr auto slice = std::chrono::milliseconds(100);  // how soon a stop is seen
constexpr std::size_t read_at_once = 4 * 1024;
constexpr std::size_t most_tls_bytes = 256 * 1024;  // received in all, handshake and padding included

struct Until {
  SteadyClock::time_point deadline;
  const std::stop_token& stop;
};

class Socket {
 public:
  explicit Socket(int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~Socket() {
    if (socket_ >= 0) close(socket_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // 0, or the error.
  int connect(const Address& address, std::uint16_t port, const Until& until) const {
    if (socket_ < 0) return errno;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = htons(port);
    std::memcpy(&v4.sin_addr, address.data() + 12, 4);
    std::memcpy(&v6.sin6_addr, address.data(), 16);
    const bool is_4 = is_v4(address);
    const auto* to = is_4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    if (::connect(socket_, to, is_4 ? sizeof v4 : sizeof v6) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!wait(POLLOUT, until)) return until.stop.stop_requested() ? ECANCELED : ETIMEDOUT;
    int error_number = 0;
    socklen_t size = sizeof error_number;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error_number, &size);
    return error_number;
  }

  bool send_all(std::string_view octets, const Until& until) const {
    while (!octets.empty()) {
      const auto count = send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (count > 0) {
        octets.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EAGAIN || !wait(POLLOUT, until)) {
        return false;
      }
    }
    return true;
  }

  // Empty: the other side closed, failed, or was silent too long.
  std::span<const char> receive(std::span<char> space, const Until& until) const {
    while (wait(POLLIN, until)) {
      const auto count = recv(socket_, space.data(), space.size(), 0);
      if (count > 0) return space.first(static_cast<std::size_t>(count));
      if (count == 0 || errno != EAGAIN) return {};
    }
    return {};
  }

 private:
  bool wait(short events, const Until& until) const {
    while (!until.stop.stop_requested()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until.deadline - SteadyClock::now());
      if (left.count() <= 0) return false;
      pollfd waiting{socket_, events, 0};
      const auto found = poll(&waiting, 1, static_cast<int>(std::min(left, slice).count()));
      if (found > 0) return true;
      if (found < 0 && errno != EINTR) return false;
    }
    return false;
  }

  int socket_;
};

// Old devices offer old ciphers; nothing but a look at the certificate is asked of them.
SSL_CTX* tls_context() {
  static const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context = [] {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> made(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!made) throw std::bad_alloc();
    SSL_CTX_set_security_level(made.get(), 0);
    SSL_CTX_set_min_proto_version(made.get(), TLS1_VERSION);
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_max_cert_list(made.get(), 64 * 1024);
    SSL_CTX_set_options(made.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    return made;
  }();
  return context.get();
}

std::string tls_fault() {
  const auto code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "the TLS handshake failed" : std::string("TLS: ") + reason;
}

// TLS in memory: only Socket touches the network, without signals and within its time.
class Tls {
 public:
  Tls(const Socket& socket, const Until& until)
      : socket_(socket), until_(until), ssl_(SSL_new(tls_context()), SSL_free) {
    if (!ssl_) throw std::bad_alloc();
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
  }

  bool shake_hands() {
    return run([this] { return SSL_do_handshake(ssl_.get()); }) > 0;
  }
  bool send_all(std::string_view octets) {
    return octets.empty() ||
           run([&] { return SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size())); }) > 0;
  }
  std::span<const char> receive(std::span<char> space) {
    const int count = run([&] { return SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size())); });
    return space.first(static_cast<std::size_t>(std::max(count, 0)));
  }
  std::vector<std::uint8_t> certificate() const {
    const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    unsigned char* octets = nullptr;
    const int size = peer ? i2d_X509(peer.get(), &octets) : -1;
    std::vector<std::uint8_t> der;
    if (size > 0) der.assign(octets, octets + size);
    OPENSSL_free(octets);
    return der;
  }

 private:
  // Repeats the step while TLS wants more from the network.
  int run(const std::function<int()>& step) {
    for (;;) {
      const int result = step();
      const int why = SSL_get_error(ssl_.get(), result);
      if (!flush()) return -1;
      if (result > 0 || why != SSL_ERROR_WANT_READ) return result;
      const auto came = socket_.receive(buffer_, until_);
      received_ += came.size();
      if (came.empty() || received_ > most_tls_bytes) return -1;
      BIO_write(SSL_get_rbio(ssl_.get()), came.data(), static_cast<int>(came.size()));
    }
  }
  bool flush() {
    char* octets = nullptr;
    const auto size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &octets);
    const bool sent = size <= 0 || socket_.send_all({octets, static_cast<std::size_t>(size)}, until_);
    (void)BIO_reset(SSL_get_wbio(ssl_.get()));
    return sent;
  }

  const Socket& socket_;
  const Until& until_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::array<char, read_at_once> buffer_{};
  std::size_t received_ = 0;
};

template <class Receive>
void read_until_enough(const TalkWish& wish, const TalkLimits& limits, const Receive& receive, Talk& talk) {
  std::array<char, read_at_once> space{};
  while (wish.enough && talk.received.size() < limits.max_bytes && !wish.enough(talk.received)) {
    const auto room = std::min(space.size(), limits.max_bytes - talk.received.size());
    const auto came = receive(std::span(space).first(room));
    if (came.empty()) return;
    talk.received.append(came.data(), came.size());
  }
}

}  // namespace

Outcome outcome_of(int error_number) {
  switch (error_number) {
    case 0: return Outcome::open;
    case ECONNREFUSED: return Outcome::refused;
    case ETIMEDOUT: return Outcome::silent;
    case ECANCELED: return Outcome::cancelled;
    case ENETUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EAFNOSUPPORT: return Outcome::no_route;
    default: return Outcome::unreachable;
  }
}

Talk talk(const Address& address, std::uint16_t port, const TalkWish& wish, const TalkLimits& limits,
          const std::stop_token& stop) {
  Talk talk;
  const Socket socket(is_v4(address) ? AF_INET : AF_INET6);
  const int error_number = socket.connect(address, port, {SteadyClock::now() + limits.connect, stop});
  talk.outcome = outcome_of(error_number);
  if (talk.outcome != Outcome::open) {
    talk.detail = std::generic_category().message(error_number);
    return talk;
  }
  const Until until{SteadyClock::now() + limits.answer, stop};
  if (!wish.tls) {
    if (socket.send_all(wish.say, until))
      read_until_enough(
          wish, limits, [&](std::span<char> space) { return socket.receive(space, until); }, talk);
    return talk;
  }
  Tls tls(socket, until);
  ERR_clear_error();
  if (!tls.shake_hands()) {
    talk.detail = tls_fault();
    return talk;
  }
  talk.certificate = tls.certificate();
  if (tls.send_all(wish.say))
    read_until_enough(
        wish, limits, [&](std::span<char> space) { return tls.receive(space); }, talk);
  ERR_clear_error();
  return talk;
}

}  // namespace censo::scanner
