#include "hostile_device.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace censo::scanner {
namespace {

// Trusts its input: it comes from libsnmp, on a loopback address.
class RequestReader {
 public:
  explicit RequestReader(std::string_view octets) : octets_(octets) {}

  std::string_view next(unsigned char* tag = nullptr) {
    if (tag) *tag = static_cast<unsigned char>(octets_.at(0));
    std::size_t length = static_cast<unsigned char>(octets_.at(1)), head = 2;
    if (length > 0x80) {
      const auto count = length - 0x80;
      length = 0;
      for (; head < 2 + count; ++head) length = length * 256 + static_cast<unsigned char>(octets_.at(head));
    }
    const auto content = octets_.substr(head, length);
    octets_.remove_prefix(head + length);
    return content;
  }
  bool at_end() const { return octets_.empty(); }

 private:
  std::string_view octets_;
};

std::vector<std::uint32_t> arcs_of(std::string_view octets) {
  std::vector<std::uint32_t> arcs;
  std::uint32_t arc = 0;
  for (const char c : octets) {
    arc = arc * 128 + (static_cast<unsigned char>(c) & 0x7f);
    if (static_cast<unsigned char>(c) & 0x80) continue;
    if (arcs.empty()) {
      arcs = {arc / 40, arc % 40};
    } else {
      arcs.push_back(arc);
    }
    arc = 0;
  }
  return arcs;
}

ReceivedRequest parse_request(std::string_view datagram) {
  RequestReader message(RequestReader(datagram).next());
  ReceivedRequest request;
  message.next();
  request.community = message.next();
  RequestReader pdu(message.next(&request.pdu));
  request.id = pdu.next();
  pdu.next();
  pdu.next();
  for (RequestReader list(pdu.next()); !list.at_end();) {
    RequestReader bind(list.next());
    request.oids.push_back(arcs_of(bind.next()));
  }
  return request;
}

}  // namespace

std::string tlv(unsigned char tag, const std::string& content) {
  std::string out(1, static_cast<char>(tag));
  if (content.size() < 0x80) {
    out += static_cast<char>(content.size());
  } else {
    out += '\x83';
    for (const int shift : {16, 8, 0}) out += static_cast<char>((content.size() >> shift) & 0xff);
  }
  return out + content;
}

std::string integer_tlv(std::int64_t value) {
  std::string octets;
  for (const int shift : {24, 16, 8, 0}) octets += static_cast<char>((value >> shift) & 0xff);
  return tlv(0x02, octets);
}

std::string oid_octets(const std::vector<std::uint32_t>& arcs) {
  std::string out(1, static_cast<char>(arcs.at(0) * 40 + arcs.at(1)));
  for (std::size_t i = 2; i < arcs.size(); ++i) {
    std::string arc(1, static_cast<char>(arcs[i] & 0x7f));
    for (auto rest = arcs[i] >> 7; rest > 0; rest >>= 7) {
      arc.insert(arc.begin(), static_cast<char>(0x80 | (rest & 0x7f)));
    }
    out += arc;
  }
  return out;
}

std::string variable(const std::vector<std::uint32_t>& arcs, const std::string& value_tlv) {
  return tlv(0x30, tlv(0x06, oid_octets(arcs)) + value_tlv);
}

std::string answer_to(const ReceivedRequest& request, const std::string& variables) {
  const auto pdu = tlv(0xa2, tlv(0x02, request.id) + integer_tlv(0) + integer_tlv(0) + tlv(0x30, variables));
  return tlv(0x30, integer_tlv(1) + tlv(0x04, request.community) + pdu);
}

std::string honest_get(const ReceivedRequest& request) {
  const std::vector<std::uint32_t> up_time{1, 3, 6, 1, 2, 1, 1, 3, 0}, name{1, 3, 6, 1, 2, 1, 1, 5, 0};
  std::string variables;
  for (const auto& oid : request.oids) {
    const auto value = oid == up_time ? tlv(0x43, "\x12\x34")
                       : oid == name  ? tlv(0x04, "some-device")
                                      : tlv(0x80, "");
    variables += variable(oid, value);
  }
  return answer_to(request, variables);
}

HostileDevice::HostileDevice(const std::string& address, std::uint16_t port, Behaviour behaviour) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &own.sin_addr);
  if (bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0)
    throw std::runtime_error("cannot bind");
  thread_ = std::jthread(
      [this, behaviour = std::move(behaviour)](std::stop_token stop) { serve(stop, behaviour); });
}

HostileDevice::~HostileDevice() {
  thread_.request_stop();
  thread_.join();
  close(socket_);
}

void HostileDevice::serve(std::stop_token stop, const Behaviour& behaviour) const {
  std::string buffer(65'536, '\0');
  while (!stop.stop_requested()) {
    pollfd waiting{socket_, POLLIN, 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto count =
        recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= 0) continue;
    auto request = parse_request({buffer.data(), static_cast<std::size_t>(count)});
    request.from = from;
    for (const auto& datagram : behaviour(request)) {
      sendto(socket_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
    }
  }
}

}  // namespace censo::scanner
