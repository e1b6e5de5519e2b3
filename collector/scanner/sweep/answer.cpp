#include "collector/scanner/sweep/answer.h"

#include "collector/scanner/snmp/datagram.h"

namespace censo::scanner {
namespace {

// As the message has it: RFC 1157, 4; RFC 1901, 3; RFC 3412, 6.1.
std::int64_t number_of(SnmpVersion version) {
  switch (version) {
    case SnmpVersion::v1: return 0;
    case SnmpVersion::v2c: return 1;
    case SnmpVersion::v3: return 3;
  }
  return -1;
}

}  // namespace

SweepAnswer read_answer(std::span<const std::uint8_t> datagram, std::span<const Probe> sent,
                        std::uint32_t first_id) {
  using Kind = SweepAnswer::Kind;
  const auto head = check_datagram(datagram);
  if (!head) return {Kind::malformed, 0, to_string(head.error())};
  const bool v3 = head->version == 3;
  // An engine that cannot read the PDU answers with a report whose request id is 0 (RFC 3412, 7.1, 3).
  const auto place = (v3 ? head->message_id : head->request_id) - std::int64_t{first_id};
  if (place < 0 || place >= static_cast<std::int64_t>(sent.size()))
    return {Kind::unmatched, 0, "an answer with another id than asked with"};
  const auto& probe = sent[static_cast<std::size_t>(place)];
  if (head->version != number_of(probe.version)) return {Kind::unmatched, 0, "an answer of another version"};
  if (!v3 && head->community != probe.community)
    return {Kind::unmatched, 0, "an answer with another community"};
  if (!v3 && head->is_report) return {Kind::unmatched, 0, "a report in version 1 or 2c"};
  return {Kind::answer, static_cast<std::size_t>(place), {}};
}

}  // namespace censo::scanner
