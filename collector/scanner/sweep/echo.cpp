#include "collector/scanner/sweep/echo.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace censo::scanner {
namespace {

constexpr std::size_t header_size = 8;
constexpr std::array<std::uint8_t, 4> mark{'c', 'e', 'n', 's'};  // tells our requests from those of others

// RFC 1071. A ping socket writes it too, a raw one does not.
std::uint16_t checksum(std::span<const std::uint8_t> octets) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) sum += octets[i] * 256u + octets[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::span<const std::uint8_t> without_ip_header(std::span<const std::uint8_t> datagram) {
  if (datagram.empty() || datagram[0] >> 4 != 4) return datagram;
  const std::size_t size = (datagram[0] & 0x0fu) * 4;
  return datagram.subspan(std::min(size, datagram.size()));
}

}  // namespace

EchoRequest echo_request(bool v4, std::uint32_t id) {
  const std::uint8_t request = v4 ? 8 : 128;
  EchoRequest octets{request};
  std::copy(mark.begin(), mark.end(), octets.begin() + header_size);
  // As identifier and sequence number too: for whoever looks at the wire.
  for (std::size_t i = 0; i < 4; ++i)
    octets[4 + i] = octets[header_size + mark.size() + i] = static_cast<std::uint8_t>(id >> (24 - 8 * i));
  const auto sum = checksum(octets);
  octets[2] = static_cast<std::uint8_t>(sum >> 8);
  octets[3] = static_cast<std::uint8_t>(sum & 0xff);
  return octets;
}

std::optional<std::uint32_t> echoed_id(bool v4, std::span<const std::uint8_t> datagram) {
  const std::uint8_t reply = v4 ? 0 : 129;
  const auto message = v4 ? without_ip_header(datagram) : datagram;
  if (message.size() != EchoRequest{}.size() || message[0] != reply || message[1] != 0) return std::nullopt;
  const auto content = message.subspan(header_size);
  if (!std::equal(mark.begin(), mark.end(), content.begin())) return std::nullopt;
  std::uint32_t id = 0;
  for (const auto octet : content.subspan(mark.size())) id = id << 8 | octet;
  return id;
}

}  // namespace censo::scanner
