#include "collector/scanner/sweep/batch_socket.h"

#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace censo::scanner {
namespace {

constexpr int queue_bytes = 4 * 1024 * 1024;  // some ten thousand small answers
constexpr int most_send_errors = 100;         // that may be news of earlier datagrams

union SocketAddress {
  sockaddr_in v4;
  sockaddr_in6 v6;
};

// `storage` is what the kernel wrote, of the socket's family.
void read_address(const SocketAddress& storage, bool v4, Address& address, std::uint16_t& port) {
  if (v4) {
    address = v4_start;
    std::memcpy(address.data() + 12, &storage.v4.sin_addr, 4);
    port = ntohs(storage.v4.sin_port);
  } else {
    std::memcpy(address.data(), &storage.v6.sin6_addr, 16);
    port = ntohs(storage.v6.sin6_port);
  }
}

bool says_refused(const msghdr& header) {
  for (const cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&header), const_cast<cmsghdr*>(part))) {
    sock_extended_err error{};
    if (part->cmsg_len < CMSG_LEN(sizeof error)) continue;
    const bool of_errors = (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                           (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR);
    if (!of_errors) continue;
    std::memcpy(&error, CMSG_DATA(part), sizeof error);
    return error.ee_errno == ECONNREFUSED;
  }
  return false;
}

}  // namespace

// Laid out once: the kernel is handed the same arrays each time.
struct BatchSocket::Buffers {
  template <std::size_t octets>
  struct Side {
    std::array<mmsghdr, batch> headers{};
    std::array<iovec, batch> parts{};
    std::array<SocketAddress, batch> addresses{};
    std::array<std::array<std::uint8_t, octets>, batch> data{};
    Side() {
      for (std::size_t i = 0; i < batch; ++i) {
        parts[i].iov_base = data[i].data();
        headers[i].msg_hdr.msg_iov = &parts[i];
        headers[i].msg_hdr.msg_iovlen = 1;
        headers[i].msg_hdr.msg_name = &addresses[i];
      }
    }
  };
  Side<512> out;
  std::size_t added = 0;
  Side<longest> in;
  std::array<Received, batch> received{};
  Side<512> errors;  // the datagrams that they are about
  std::array<std::array<char, 256>, batch> controls{};
};

BatchSocket::BatchSocket(int socket, bool v4)
    : socket_(socket),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      v4_(v4),
      buffers_(std::make_unique<Buffers>()) {}

BatchSocket::BatchSocket(BatchSocket&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      wake_(std::exchange(other.wake_, -1)),
      v4_(other.v4_),
      buffers_(std::move(other.buffers_)) {}

BatchSocket::~BatchSocket() {
  if (socket_ >= 0) close(socket_);
  if (wake_ >= 0) close(wake_);
}

base::Result<BatchSocket> BatchSocket::open(bool v4) {
  BatchSocket socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), v4);
  if (socket.socket_ < 0 || socket.wake_ < 0)
    return base::fail(base::Errc::unavailable, std::string("no socket for a sweep: ") + std::strerror(errno));
  const int on = 1;
  setsockopt(socket.socket_, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on);
  setsockopt(socket.socket_, SOL_SOCKET, SO_RCVBUF, &queue_bytes, sizeof queue_bytes);
  return socket;
}

base::Result<BatchSocket> BatchSocket::open_ping(bool v4) {
  const int family = v4 ? AF_INET : AF_INET6, protocol = v4 ? IPPROTO_ICMP : int{IPPROTO_ICMPV6};
  int fd = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (fd < 0) fd = ::socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  BatchSocket socket(fd, v4);
  if (fd < 0 || socket.wake_ < 0)
    return base::fail(base::Errc::permission_denied,
                      std::string("no socket for pings: ") + std::strerror(errno));
  // A raw socket would be handed all that comes; a ping socket does not know the option and needs none.
  if (v4) {
    const icmp_filter replies_only{~(1u << ICMP_ECHOREPLY)};
    setsockopt(fd, SOL_RAW, ICMP_FILTER, &replies_only, sizeof replies_only);
  } else {
    icmp6_filter replies_only{};
    ICMP6_FILTER_SETBLOCKALL(&replies_only);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies_only);
    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &replies_only, sizeof replies_only);
  }
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &queue_bytes, sizeof queue_bytes);
  return socket;
}

void BatchSocket::add(const Address& to, std::uint16_t port, std::span<const std::uint8_t> octets) {
  auto& out = buffers_->out;
  const auto i = buffers_->added++;
  auto& address = out.addresses[i];
  address = {};
  if (v4_) {
    address.v4.sin_family = AF_INET;
    address.v4.sin_port = htons(port);
    std::memcpy(&address.v4.sin_addr, to.data() + 12, 4);
  } else {
    address.v6 = {};
    address.v6.sin6_family = AF_INET6;
    address.v6.sin6_port = htons(port);
    std::memcpy(&address.v6.sin6_addr, to.data(), 16);
  }
  out.headers[i].msg_hdr.msg_namelen = v4_ ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  out.parts[i].iov_len = std::min(octets.size(), out.data[i].size());
  std::memcpy(out.data[i].data(), octets.data(), out.parts[i].iov_len);
}

std::size_t BatchSocket::added() const {
  return buffers_->added;
}

std::vector<BatchSocket::Unsent> BatchSocket::send(const std::stop_token& stop) {
  std::vector<Unsent> unsent;
  std::size_t next = 0;
  int errors = 0;
  while (next < buffers_->added && !stop.stop_requested()) {
    const auto count = sendmmsg(socket_, &buffers_->out.headers[next],
                                static_cast<unsigned>(buffers_->added - next), MSG_NOSIGNAL);
    if (count > 0) {
      next += static_cast<std::size_t>(count);
      errors = 0;
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      wait_for(POLLOUT, std::chrono::milliseconds(10), stop);
    } else if (++errors > most_send_errors || (errno != ECONNREFUSED && errors > 1)) {
      // An ICMP message about an earlier datagram is reported here first: only what comes again is this
      // one's.
      unsent.push_back({next++, errno});
      errors = 0;
    }
  }
  buffers_->added = 0;
  return unsent;
}

std::span<const BatchSocket::Received> BatchSocket::receive() {
  auto& in = buffers_->in;
  for (std::size_t i = 0; i < batch; ++i) {
    in.parts[i].iov_len = longest;
    in.headers[i].msg_hdr.msg_namelen = sizeof(SocketAddress);
  }
  int count = -1;
  for (int tries = 0; count < 0 && tries < most_send_errors; ++tries) {
    count = recvmmsg(socket_, in.headers.data(), batch, MSG_DONTWAIT, nullptr);
    if (count < 0 && errno == EAGAIN) break;
  }
  const auto size = static_cast<std::size_t>(std::max(count, 0));
  for (std::size_t i = 0; i < size; ++i) {
    auto& received = buffers_->received[i];
    read_address(in.addresses[i], v4_, received.from, received.port);
    received.octets = {in.data[i].data(), in.headers[i].msg_len};
    received.is_cut = (in.headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
  }
  return {buffers_->received.data(), size};
}

std::vector<BatchSocket::Refused> BatchSocket::refusals() {
  auto& errors = buffers_->errors;
  for (std::size_t i = 0; i < batch; ++i) {
    errors.parts[i].iov_len = errors.data[i].size();
    auto& header = errors.headers[i].msg_hdr;
    header.msg_namelen = sizeof(SocketAddress);
    header.msg_control = buffers_->controls[i].data();
    header.msg_controllen = buffers_->controls[i].size();
  }
  std::vector<Refused> refused;
  const auto count = recvmmsg(socket_, errors.headers.data(), batch, MSG_ERRQUEUE | MSG_DONTWAIT, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto place = static_cast<std::size_t>(i);
    if (!says_refused(errors.headers[place].msg_hdr)) continue;
    auto& one = refused.emplace_back();
    read_address(errors.addresses[place], v4_, one.by, one.port);
  }
  return refused;
}

void BatchSocket::wait(std::chrono::steady_clock::time_point until, const std::stop_token& stop) {
  wait_for(POLLIN, until - std::chrono::steady_clock::now(), stop);
}

void BatchSocket::wait_for(short events, std::chrono::nanoseconds time, const std::stop_token& stop) {
  const auto wake = [this] {
    const std::uint64_t one = 1;
    // Full means that it is readable already.
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  };
  const std::stop_callback on_stop(stop, wake);
  time = std::max(time, std::chrono::nanoseconds(0));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const timespec patience{seconds.count(), (time - seconds).count()};
  std::array waiting{pollfd{socket_, events, 0}, pollfd{wake_, POLLIN, 0}};
  ppoll(waiting.data(), waiting.size(), &patience, nullptr);
}

}  // namespace censo::scanner
