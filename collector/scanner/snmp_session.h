// SNMP as the scanner needs it: one of the four seams. The real one is snmp/snmp_engine.h over libsnmp, the
// recorded twin answers from a .snmprec file.
#pragma once

#include "base/digest.h"
#include "base/result.h"

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace censo::scanner {

// An object identifier (RFC 2578); at most 128 arcs.
struct Oid {
  std::vector<std::uint32_t> arcs;
  bool starts_with(const Oid& prefix) const;
  friend auto operator<=>(const Oid&, const Oid&) = default;
};
std::string to_text(const Oid& oid);  // "1.3.6.1.2.1.1.1.0"
base::Result<Oid> parse_oid(std::string_view text);

enum class VarType {
  integer,
  octets,
  oid,
  address,
  counter32,
  unsigned32,
  ticks,
  opaque,
  counter64,
  null,
  no_such_object,
  no_such_instance,
  end_of_view
};

struct VarBind {
  Oid oid;
  VarType type = VarType::null;
  std::variant<std::monostate, std::int64_t, std::uint64_t, std::string, Oid>
      value;  // octets, opaque and addresses (4 bytes) as string
};

enum class SnmpVersion { v1, v2c, v3 };         // RFC 1157, 1901, 3411
std::string_view name_of(SnmpVersion version);  // "v1"
enum class AuthProtocol { none, md5, sha1, sha224, sha256, sha384, sha512 };
enum class PrivacyProtocol { none, des, aes128, aes192, aes256 };

// Secret: never logged, never in a report.
struct SnmpCredential {
  std::string name;  // what people and results call it
  SnmpVersion version = SnmpVersion::v2c;
  std::string community;  // v1 and v2c
  std::string user;       // v3 from here on
  AuthProtocol auth = AuthProtocol::none;
  std::string auth_passphrase;  // at least 8 characters (RFC 3414, 11.2)
  PrivacyProtocol privacy = PrivacyProtocol::none;
  std::string privacy_passphrase;
  std::string context;
};

struct ScanTarget {
  std::string address;  // IPv4 or IPv6, without brackets
  std::uint16_t port = 161;
  friend auto operator<=>(const ScanTarget&, const ScanTarget&) = default;
};

// How a device's scan ended. Stable words: they are stored and shown.
enum class Verdict {
  ok,
  no_answer,
  auth_failed,
  malformed,
  loop,
  limit,
  refused,
  cancelled,
  no_snmp,
  window_closed
};
std::string_view name_of(Verdict verdict);
Verdict verdict_of(std::string_view name);  // of name_of(); no_answer when it is none

// What one device may cost us. Exceeding one ends the walk with Verdict::limit and keeps what came before.
struct SnmpLimits {
  std::size_t max_rows_per_table = 20'000;
  std::size_t max_varbinds = 200'000;
  std::size_t max_bytes = 32 * 1024 * 1024;
  std::size_t max_string_bytes = 4 * 1024;  // a longer one is cut and noted
  std::int64_t device_ms = 120'000;         // wall time in all
  std::int64_t request_ms = 3'000;
  int retries = 2;
};

struct SnmpFailure {
  Verdict verdict = Verdict::no_answer;
  std::string detail;  // which limit, which OID, which parse fault
};
base::Error to_error(const SnmpFailure& failure);  // Error::reason is the verdict's word

// What a session has cost so far.
struct SnmpUsage {
  std::uint64_t varbinds = 0;
  std::uint64_t bytes = 0;        // received, whether of use or not
  std::uint64_t cut_strings = 0;  // longer than SnmpLimits::max_string_bytes
};

// One device with one credential. Blocking; one thread. The limits count over the session's life.
class SnmpSession {
 public:
  virtual ~SnmpSession() = default;
  // Values in the order asked; missing ones are no_such_object or no_such_instance.
  virtual base::Result<std::vector<VarBind>> get(std::span<const Oid> oids) = 0;
  // The whole subtree below `root`, strictly increasing, by GETBULK; by GETNEXT in version 1. On a failure
  // midway the rows so far are kept in `rows`.
  virtual base::Result<void> walk(const Oid& root, std::vector<VarBind>& rows) = 0;
  // What follows is asked of this VLAN's own instances, as Cisco's switches have them: community@VLAN, or the
  // context vlan-VLAN; 0: of the device as before. The limits go on counting.
  virtual void in_vlan(std::uint16_t vlan) = 0;
  // Why the last call failed; verdict ok when it did not.
  virtual SnmpFailure last_failure() const = 0;
  virtual SnmpUsage usage() const = 0;
};

}  // namespace censo::scanner
