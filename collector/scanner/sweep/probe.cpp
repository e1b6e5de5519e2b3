#include "collector/scanner/sweep/probe.h"

#include <algorithm>

namespace censo::scanner {
namespace {

using namespace std::string_literals;

constexpr int most_retries = 4;
constexpr unsigned char sequence = 0x30, octets = 0x04, get = 0xa0;

// Four octets that are no shorter number, to be written over.
const auto any_id = "\x02\x04\x7f\x7f\x7f\x7f"s;

// X.690, 8.1: a tag, a length, what is inside. Nothing here is longer than 64 KiB.
std::string value(unsigned char tag, const std::string& inside) {
  std::string out(1, static_cast<char>(tag));
  if (inside.size() < 0x80) {
    out += static_cast<char>(inside.size());
  } else {
    out += '\x82';
    out += static_cast<char>(inside.size() >> 8);
    out += static_cast<char>(inside.size() & 0xff);
  }
  return out + inside;
}

std::string get_pdu(const std::string& variables) {
  const auto no_error = "\x02\x01\x00\x02\x01\x00"s;
  return value(get, any_id + no_error + value(sequence, variables));
}

std::string community_message(bool v1, const std::string& community) {
  const auto version = v1 ? "\x02\x01\x00"s : "\x02\x01\x01"s;
  const auto sys_object_id = "\x06\x08\x2b\x06\x01\x02\x01\x01\x02\x00"s, null = "\x05\x00"s;
  return value(sequence, version + value(octets, community) + get_pdu(value(sequence, sys_object_id + null)));
}

// RFC 3414, 4: no user, no engine id, flag "reportable".
std::string engine_message() {
  const auto version_3 = "\x02\x01\x03"s, largest = "\x02\x03\x00\xff\xe3"s, reportable = "\x04\x01\x04"s;
  const auto user_based = "\x02\x01\x03"s, nothing = "\x04\x00"s, zero = "\x02\x01\x00"s;
  const auto security = value(sequence, nothing + zero + zero + nothing + nothing + nothing);
  return value(sequence, version_3 + value(sequence, any_id + largest + reportable + user_based) +
                             value(octets, security) + value(sequence, nothing + nothing + get_pdu("")));
}

Probe probe_for(const SnmpCredential& credential, std::size_t place) {
  Probe probe{.version = credential.version,
              .community = credential.community,
              .credential = static_cast<std::uint8_t>(place),
              .octets = {},
              .ids_at = {}};
  const bool v3 = credential.version == SnmpVersion::v3;
  const auto message =
      v3 ? engine_message() : community_message(credential.version == SnmpVersion::v1, credential.community);
  probe.octets.assign(message.begin(), message.end());
  // The last one first: a community may hold anything, what follows it does not.
  auto at = message.rfind(any_id);
  probe.ids_at.push_back(at + 2);
  if (v3) probe.ids_at.push_back(message.find(any_id) + 2);
  return probe;
}

}  // namespace

void Probe::set_id(std::uint32_t id) {
  for (const auto at : ids_at)
    for (std::size_t i = 0; i < 4; ++i) octets[at + i] = static_cast<std::uint8_t>(id >> (24 - 8 * i));
}

std::vector<Probe> probes_for(std::span<const SnmpCredential> credentials, int retries) {
  std::vector<Probe> probes;
  bool v3_asked = false;
  for (std::size_t place = 0; place < credentials.size(); ++place) {
    const bool v3 = credentials[place].version == SnmpVersion::v3;
    if (v3 && v3_asked) continue;
    v3_asked = v3_asked || v3;
    const auto probe = probe_for(credentials[place], place);
    for (int i = 0; i <= std::clamp(retries, 0, most_retries) && probes.size() < most_tries; ++i)
      probes.push_back(probe);
  }
  return probes;
}

}  // namespace censo::scanner
