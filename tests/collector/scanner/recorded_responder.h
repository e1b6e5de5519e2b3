// Many recorded devices in one process: listens on all addresses of the machine (127.0.0.0/8 has sixteen
// million) and answers for each address with one of the recordings: GET, GETNEXT and GETBULK of versions 1
// and 2c. The same question costs a look-up and a copy from the second time on.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace censo::scanner {

// A question as it came in.
struct AskedPdu {
  std::uint8_t tag = 0;  // 0xa0 GET, 0xa1 GETNEXT, 0xa5 GETBULK
  std::int64_t unrepeated = 0, repetitions = 0;
  std::vector<Oid> oids;
};
// The parts of a message, as they are encoded.
struct AskedMessage {
  std::int64_t version = 0;
  std::uint8_t tag = 0;
  std::string_view community, id, rest;  // `rest`: of the PDU after the id
};
// False: it is none of these.
bool read_message(std::string_view datagram, AskedMessage& message);
AskedPdu pdu_of(const AskedMessage& message);

class RecordedResponder {
 public:
  // An address is the device numbered by what is left of it (as a number) divided by their count. Variables
  // in the order of their names. `answers` counts what was sent.
  RecordedResponder(std::uint16_t port, std::vector<std::vector<VarBind>> devices,
                    std::atomic<std::uint64_t>& answers);
  ~RecordedResponder();
  RecordedResponder(const RecordedResponder&) = delete;
  RecordedResponder& operator=(const RecordedResponder&) = delete;

  // What each device was asked so far, each once; when nobody asks any more.
  std::vector<std::vector<AskedPdu>> questions() const;

 private:
  struct Device {
    std::vector<VarBind> variables;
    std::unordered_map<std::string, std::string> answers;  // by question, both without their ids
  };
  void serve(const std::stop_token& stop);
  // In place of the question; 0: none.
  std::size_t answer(std::uint32_t address, std::string_view question, char* out);

  int socket_ = -1;
  std::vector<Device> devices_;
  Device empty_;  // answers for single VLANs (public@5), of which nothing is recorded
  std::atomic<std::uint64_t>& answers_;
  std::string key_;  // of the question at hand
  std::jthread thread_;
};

}  // namespace censo::scanner
