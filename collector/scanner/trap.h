// SNMP notifications (RFC 1157, 3416): traps and informs of versions 1, 2c and 3, as they are once libsnmp
// has read them and one of our credentials has vouched for them.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

struct Trap {
  SnmpVersion version = SnmpVersion::v2c;
  bool inform = false;     // its sender waits for an answer: ReadTrap::replies
  std::string credential;  // name of the one that vouches for it
  std::string engine_id;  // of the sender, in lower-case hex; "": version 1, 2c, and informs, which name ours
  std::string agent;      // address of the device where the sender passes it on for another; "": it does not
  Oid trap;               // snmpTrapOID; that of a version 1 trap by RFC 3584, 3.1
  std::vector<VarBind> binds;  // but sysUpTime, snmpTrapOID and snmpTrapAddress
};

// Why a datagram gave no trap. Stable words: they are stored and shown.
enum class TrapFault {
  none,
  question,           // SNMPv3 asks for our engine id: answered, no more
  malformed,          // no SNMP message
  unknown_community,  // version 1, 2c
  unknown_user,       // version 3: no credential of that name and level of security
  not_proven          // version 3: wrong passphrase, or outside the time window
};
std::string_view name_of(TrapFault fault);

struct ReadTrap {
  Trap trap;  // where `fault` is none
  TrapFault fault = TrapFault::none;
  std::string detail;                // for people
  std::vector<std::string> replies;  // datagrams for the sender; an inform's once it is kept
};

// What notifications are read with.
struct TrapTrust {
  std::vector<SnmpCredential> credentials;
  std::string engine_seed;  // what our engine id is made of: the same at each start
  std::uint32_t boots = 1;  // larger at each start (RFC 3414, 2.2)
};

}  // namespace censo::scanner
