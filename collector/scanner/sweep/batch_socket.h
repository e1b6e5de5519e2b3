// A socket for UDP or for pings, connected to nobody, that sends and receives many datagrams a system call.
#pragma once

#include "base/result.h"
#include "collector/scanner/address.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace censo::scanner {

class BatchSocket {
 public:
  struct Received {
    Address from{};
    std::uint16_t port = 0;
    std::span<const std::uint8_t> octets;  // until the next receive()
    bool is_cut = false;                   // it was longer
  };
  struct Unsent {
    std::size_t place = 0;  // in the batch
    int error_number = 0;
  };
  struct Refused {
    Address by{};
    std::uint16_t port = 0;
  };

  static constexpr std::size_t batch = 64;
  static constexpr std::size_t longest = 2048;  // octets of a datagram

  // Errc::unavailable.
  static base::Result<BatchSocket> open(bool v4);
  // For echo requests: a ping socket where the system lets our group have them (net.ipv4.ping_group_range),
  // else a raw one, which needs CAP_NET_RAW. Ports are 0. Errc::permission_denied.
  static base::Result<BatchSocket> open_ping(bool v4);
  BatchSocket(BatchSocket&&) noexcept;
  BatchSocket& operator=(BatchSocket&&) = delete;
  ~BatchSocket();

  // Copies the datagram. At most `batch` of them before send().
  void add(const Address& to, std::uint16_t port, std::span<const std::uint8_t> octets);
  std::size_t added() const;
  // Empties the batch, waiting while the system's queue is full unless a stop comes; those that the system
  // will not send are returned.
  std::vector<Unsent> send(const std::stop_token& stop);

  // At most `batch` of those that wait; never waits itself.
  std::span<const Received> receive();
  // ICMP "port unreachable" since the last call, at most `batch`; never waits.
  std::vector<Refused> refusals();

  // Until something can be received, `until` passes or a stop comes.
  void wait(std::chrono::steady_clock::time_point until, const std::stop_token& stop);

 private:
  struct Buffers;
  BatchSocket(int socket, bool v4);
  void wait_for(short events, std::chrono::nanoseconds time, const std::stop_token& stop);

  int socket_;
  int wake_ = -1;  // an eventfd that a stop makes readable
  bool v4_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace censo::scanner
