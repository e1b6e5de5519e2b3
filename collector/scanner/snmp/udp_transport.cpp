#include "collector/scanner/snmp/udp_transport.h"

#include "collector/scanner/snmp/datagram.h"
#include "collector/scanner/snmp/own_transport.h"
#include "collector/scanner/snmp_session.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

namespace censo::scanner {
namespace {

Inbox& inbox_of(netsnmp_transport* transport) noexcept {
  return *static_cast<Inbox*>(owner_of(*transport));
}

bool is_sound(std::span<const std::uint8_t> datagram, Inbox& inbox) noexcept {
  const auto head = check_datagram(datagram);
  if (!head) {
    inbox.fault = to_string(head.error());
  } else if (head->community != inbox.community) {
    inbox.fault = "an answer with another community";
  } else {
    return true;
  }
  return false;
}

int receive(netsnmp_transport* transport, void* buffer, int size, void** opaque, int* opaque_size) noexcept {
  *opaque = nullptr;
  *opaque_size = 0;
  auto& inbox = inbox_of(transport);
  const auto count = recv(transport->sock, buffer, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (count < 0) {
    if (errno != EAGAIN && errno != EINTR) inbox.error_number = errno;
    return -1;
  }
  inbox.bytes += static_cast<std::uint64_t>(count);
  const std::span datagram(static_cast<const std::uint8_t*>(buffer), static_cast<std::size_t>(count));
  return is_sound(datagram, inbox) ? static_cast<int>(count) : -1;
}

int send_out(netsnmp_transport* transport, const void* buffer, int size, void**, int*) noexcept {
  const auto count =
      send(transport->sock, buffer, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0) inbox_of(transport).error_number = errno;
  return static_cast<int>(count);
}

int close_socket(netsnmp_transport* transport) noexcept {
  const int socket = transport->sock;
  transport->sock = -1;
  return socket < 0 ? 0 : close(socket);
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<SocketAddress> socket_address(const ScanTarget& target) {
  SocketAddress address;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, target.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(target.port);
    address.size = sizeof v4;
    std::memcpy(&address.storage, &v4, sizeof v4);
    return address;
  }
  if (inet_pton(AF_INET6, target.address.c_str(), &v6.sin6_addr) != 1) return std::nullopt;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(target.port);
  address.size = sizeof v6;
  std::memcpy(&address.storage, &v6, sizeof v6);
  return address;
}

}  // namespace

OpenedTransport open_udp(const ScanTarget& target, Inbox& inbox) {
  const auto address = socket_address(target);
  if (!address) return {nullptr, -1, EAFNOSUPPORT};
  const int socket = ::socket(address->storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return {nullptr, -1, errno};
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address->storage), address->size) != 0) {
    const int error_number = errno;
    close(socket);
    return {nullptr, -1, error_number};
  }
  auto* transport = new_transport(socket, &inbox);
  if (!transport) {
    close(socket);
    return {nullptr, -1, ENOMEM};
  }
  transport->f_recv = receive;
  transport->f_send = send_out;
  transport->f_close = close_socket;
  return {transport, socket, 0};
}

}  // namespace censo::scanner
