// A device that answers SNMPv2c as badly as we can think of. Answers from a thread of its own until
// destroyed.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace censo::scanner {

// Parts of an answer in BER; a test may build wrong ones from them.
std::string tlv(unsigned char tag, const std::string& content);
std::string integer_tlv(std::int64_t value);
std::string oid_octets(const std::vector<std::uint32_t>& arcs);
std::string variable(const std::vector<std::uint32_t>& arcs, const std::string& value_tlv);

struct ReceivedRequest {
  unsigned char pdu = 0;  // 0xa0 GET, 0xa1 GETNEXT, 0xa5 GETBULK
  std::string id;         // its octets
  std::string community;
  std::vector<std::vector<std::uint32_t>> oids;
  sockaddr_in from{};
  bool is_get() const { return pdu == 0xa0; }
};

// A well-formed answer with these variables, one after the other in BER.
std::string answer_to(const ReceivedRequest& request, const std::string& variables);
// Scalars of a modest device; what it does not have is noSuchObject.
std::string honest_get(const ReceivedRequest& request);

class HostileDevice {
 public:
  // The datagrams to send back, for each that came.
  using Behaviour = std::function<std::vector<std::string>(const ReceivedRequest&)>;
  HostileDevice(const std::string& address, std::uint16_t port, Behaviour behaviour);
  ~HostileDevice();
  HostileDevice(const HostileDevice&) = delete;
  HostileDevice& operator=(const HostileDevice&) = delete;

 private:
  void serve(std::stop_token stop, const Behaviour& behaviour) const;

  int socket_ = -1;
  std::jthread thread_;
};

}  // namespace censo::scanner
