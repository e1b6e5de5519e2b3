// The user-based security model (RFC 3414, RFC 7860, RFC 3826) as libsnmp has it. Engine's thread only.
#pragma once

#include "base/result.h"

#include <string_view>

struct snmp_pdu;
struct snmp_session;
struct usmUser;

namespace censo::scanner {

struct SnmpCredential;

// Names and keys of a credential into a session about to be opened. Errc::invalid_argument: a passphrase too
// short, a protocol that the library lacks, privacy without authentication.
base::Result<void> set_user(snmp_session& session, const SnmpCredential& credential);
void wipe_keys(snmp_session& session);

// The user with keys localised to the session's engine id. Owned by the caller (usm_free_user), and in no
// list of libsnmp's.
base::Result<usmUser*> make_user(snmp_session& session);

// libsnmp finds users in one global list by engine id and name. Two channels may know the same device by two
// addresses, or try the same name with two passphrases: so a channel's user is in the list only while libsnmp
// works for that channel.
class UserLent {
 public:
  explicit UserLent(usmUser* user);  // nullptr: nothing to lend
  ~UserLent();
  UserLent(const UserLent&) = delete;
  UserLent& operator=(const UserLent&) = delete;

 private:
  usmUser* user_;
};

// Drops what libsnmp remembers of the device's clock.
void forget_engine(const snmp_session& session);

// usmStats of RFC 3414, 5.
enum class UsmReport {
  other,
  unsupported_level,
  not_in_time_window,
  unknown_user,
  unknown_engine,
  wrong_digest,
  decryption_error
};
UsmReport report_of(const snmp_pdu& pdu);
std::string_view text_of(UsmReport report);

}  // namespace censo::scanner
