// One libsnmp session: a device and a credential. Made, called and destroyed on the engine's thread only.
#pragma once

#include "collector/scanner/snmp/question.h"
#include "collector/scanner/snmp/udp_transport.h"
#include "collector/scanner/snmp_session.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <optional>

struct snmp_session;
struct snmp_pdu;
struct usmUser;

namespace censo::scanner {

class Channel {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Channel(const ScanTarget& target, const SnmpCredential& credential);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // One question at a time. The promise is kept by a later call of readable(), overdue() or cancel(), or by
  // this one.
  void ask(Question question, std::promise<Answer> promise);
  bool is_waiting() const { return promise_.has_value(); }
  int socket() const { return socket_; }
  Time due() const { return due_; }  // when to call overdue()
  void readable();
  void overdue();
  void cancel();

 private:
  struct Shims;  // the C callbacks

  void open(const ScanTarget& target);
  void begin();
  void send();
  void after_library();
  void follow_or_conclude();
  void conclude(Verdict verdict, std::string detail);
  void conclude_unanswered();
  void conclude_socket_error();
  void adopt_user();
  void take_response(const snmp_pdu& pdu);
  void take_report(const snmp_pdu& pdu);
  snmp_pdu* make_probe() const;
  snmp_pdu* make_request() const;
  bool is_probing() const;

  SnmpCredential credential_;
  void* session_ = nullptr;  // libsnmp's; nullptr: open_failure_ says why
  SnmpFailure open_failure_{Verdict::ok, {}};
  int socket_ = -1;
  Inbox inbox_;
  usmUser* user_ = nullptr;  // SNMPv3, once the engine id is known; kept out of libsnmp's list between calls
  bool answered_ = false;    // by anything that the credential proves

  std::optional<std::promise<Answer>> promise_;
  Question question_;
  Answer answer_;
  int tries_left_ = 0;
  std::uintptr_t attempt_ = 0;  // tells libsnmp's late callbacks from those of the present try
  snmp_pdu* sent_ = nullptr;    // owned by libsnmp until the try ends
  bool engine_id_seen_ = false;
  bool try_ended_ = false;
  bool has_response_ = false;  // in answer_
  int late_reports_ = 0;       // notInTimeWindows in this try
  std::array<long, 8> recent_ids_{};
  std::size_t next_recent_ = 0;
  Time started_{}, due_{};
};

}  // namespace censo::scanner
