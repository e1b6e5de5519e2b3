// The socket of what answers as many devices at once: on all addresses of the machine, told which was asked.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <stdexcept>

namespace censo::scanner {

// The caller closes it. Throws std::runtime_error when the port is taken.
inline int open_responder_socket(std::uint16_t port) {
  constexpr int queue_bytes = 32 * 1024 * 1024;
  const int opened = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(opened, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  if (setsockopt(opened, SOL_SOCKET, SO_RCVBUFFORCE, &queue_bytes, sizeof queue_bytes) != 0)
    setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &queue_bytes, sizeof queue_bytes);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(port);
  if (bind(opened, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0)
    throw std::runtime_error("cannot bind");
  return opened;
}

}  // namespace censo::scanner
