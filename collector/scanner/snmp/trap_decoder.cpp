#include "collector/scanner/snmp/trap_decoder.h"

#include "base/digest.h"
#include "collector/scanner/snmp/datagram.h"
#include "collector/scanner/snmp/own_transport.h"
#include "collector/scanner/snmp/usm.h"
#include "collector/scanner/snmp/variables.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>
#include <net-snmp/library/snmpusm.h>

#include <arpa/inet.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <span>
#include <system_error>
#include <utility>

namespace censo::scanner {
namespace {

constexpr std::size_t longest_string = 4 * 1024;

const Oid up_time{{1, 3, 6, 1, 2, 1, 1, 3, 0}};
const Oid trap_name{{1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0}};
const Oid trap_address{{1, 3, 6, 1, 6, 3, 18, 1, 3, 0}};  // SNMP-COMMUNITY-MIB, RFC 3584
const Oid standard_traps{{1, 3, 6, 1, 6, 3, 1, 1, 5}};

// RFC 3411, SnmpEngineID: Net-SNMP's enterprise, for it is its engine, and octets of our own.
std::string engine_id_of(const std::string& seed) {
  const auto digest = base::sha256("engine " + seed);
  std::string id("\x80\x00\x1f\x88\x05", 5);
  id.append(digest.begin(), digest.begin() + 8);
  return id;
}

std::string hex(std::string_view octets) {
  return base::to_hex({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()});
}

std::string address_text(const std::string& octets) {
  char text[INET_ADDRSTRLEN] = {};
  if (octets.size() != 4 || octets == std::string(4, '\0')) return {};
  return inet_ntop(AF_INET, octets.data(), text, sizeof text) ? text : "";
}

// RFC 3584, 3.1 (2) and (3).
Oid name_of_v1(const snmp_pdu& pdu) {
  if (pdu.trap_type != SNMP_TRAP_ENTERPRISESPECIFIC) {
    Oid name = standard_traps;
    name.arcs.push_back(static_cast<std::uint32_t>(pdu.trap_type) + 1);
    return name;
  }
  Oid name;
  for (std::size_t i = 0; i < pdu.enterprise_length; ++i)
    name.arcs.push_back(static_cast<std::uint32_t>(pdu.enterprise[i]));
  name.arcs.push_back(0);
  name.arcs.push_back(static_cast<std::uint32_t>(pdu.specific_type));
  return name;
}

Trap to_trap(const snmp_pdu& pdu) {
  Trap trap;
  trap.inform = pdu.command == SNMP_MSG_INFORM;
  if (pdu.command == SNMP_MSG_TRAP) {
    trap.version = SnmpVersion::v1;
    trap.trap = name_of_v1(pdu);
    trap.agent = address_text({reinterpret_cast<const char*>(pdu.agent_addr), 4});
  } else if (pdu.version == SNMP_VERSION_3) {
    trap.version = SnmpVersion::v3;
  }
  std::uint64_t cut = 0;
  for (const auto* variable = pdu.variables; variable; variable = variable->next_variable) {
    auto bind = to_bind(*variable, longest_string, cut);
    if (bind.oid == up_time) continue;
    if (bind.oid == trap_name) {
      if (const auto* name = std::get_if<Oid>(&bind.value)) trap.trap = *name;
    } else if (bind.oid == trap_address) {
      if (const auto* octets = std::get_if<std::string>(&bind.value)) trap.agent = address_text(*octets);
    } else {
      trap.binds.push_back(std::move(bind));
    }
  }
  return trap;
}

bool has_level(const SnmpCredential& credential, const DatagramHead& head) {
  return (credential.auth != AuthProtocol::none) == head.authenticated &&
         (credential.privacy != PrivacyProtocol::none) == head.encrypted;
}

}  // namespace

std::string_view name_of(TrapFault fault) {
  switch (fault) {
    case TrapFault::none: break;
    case TrapFault::question: return "question";
    case TrapFault::malformed: return "malformed";
    case TrapFault::unknown_community: return "unknown_community";
    case TrapFault::unknown_user: return "unknown_user";
    case TrapFault::not_proven: return "not_proven";
  }
  return "none";
}

// One of libsnmp's over a transport that is no socket: it is given a datagram, and what it sends is kept. Its
// descriptor is there because libsnmp asks for one that is readable.
class TrapDecoder::Session {
 public:
  explicit Session(TrapTrust trust)
      : trust_(std::move(trust)),
        engine_id_(engine_id_of(trust_.engine_seed)),
        event_(eventfd(1, EFD_CLOEXEC)) {
    if (event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    set_exact_engineID(reinterpret_cast<const u_char*>(engine_id_.data()), engine_id_.size());
    auto boots = std::to_string(trust_.boots - 1);  // it adds one, as when a stored number is read at a start
    if (snmpv3_local_snmpEngineBoots() != trust_.boots) engineBoots_conf("engineBoots", boots.data());
    // As init_snmpv3() does: without it the answer to a question for our engine says another time than ours.
    set_enginetime(reinterpret_cast<const u_char*>(engine_id_.data()), static_cast<u_int>(engine_id_.size()),
                   static_cast<u_int>(trust_.boots), static_cast<u_int>(snmpv3_local_snmpEngineTime()), TRUE);
    open();
    for (const auto& credential : trust_.credentials) add_keys(credential);
  }
  ~Session() {
    if (session_) snmp_sess_close(session_);
    for (auto& keys : keys_) wipe_keys(keys.session);
    close(event_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  ReadTrap decode(const std::string& datagram) {
    const auto head =
        check_notification({reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size()});
    if (!head) return {{}, TrapFault::malformed, to_string(head.error()), {}};
    if (!session_) return {{}, TrapFault::malformed, "libsnmp could not open a session", {}};
    return head->version == 3 ? decode_v3(datagram, *head) : decode_community(datagram, *head);
  }
  std::string engine_id() const { return hex(engine_id_); }

 private:
  struct Keys {
    const SnmpCredential* credential;
    netsnmp_session session;  // its keys before they are localised
  };

  void open();
  void add_keys(const SnmpCredential& credential) {
    if (credential.version != SnmpVersion::v3) return;
    Keys keys{&credential, {}};
    snmp_sess_init(&keys.session);
    // What libsnmp fills in itself where it opens a session.
    keys.session.version = SNMP_VERSION_3;
    keys.session.securityAuthProto = usmNoAuthProtocol;
    keys.session.securityAuthProtoLen = std::size(usmNoAuthProtocol);
    keys.session.securityPrivProto = usmNoPrivProtocol;
    keys.session.securityPrivProtoLen = std::size(usmNoPrivProtocol);
    if (set_user(keys.session, credential)) keys_.push_back(keys);
  }

  ReadTrap decode_community(const std::string& datagram, const DatagramHead& head) {
    const auto version = head.version == 0 ? SnmpVersion::v1 : SnmpVersion::v2c;
    const auto vouches = [&](const SnmpCredential& one) {
      return one.version == version && one.community == head.community;
    };
    const auto found = std::ranges::find_if(trust_.credentials, vouches);
    if (found == trust_.credentials.end())
      return {{},
              TrapFault::unknown_community,
              std::string(name_of(version)) + ", a community that is not ours",
              {}};
    feed(datagram);
    if (!got_) return {{}, TrapFault::malformed, "libsnmp does not take it", {}};
    return taken(*found, "");
  }

  ReadTrap decode_v3(const std::string& datagram, const DatagramHead& head) {
    // RFC 3414, 4: who wants to send an inform asks whom he sends it to.
    if (head.engine_id.empty()) {
      feed(datagram);
      return {{}, TrapFault::question, "asks for our engine id", std::move(replies_)};
    }
    ReadTrap read{{}, TrapFault::unknown_user, "no credential for this user and level of security", {}};
    for (const auto& keys : keys_) {
      if (keys.credential->user != head.user || !has_level(*keys.credential, head)) continue;
      feed_as(datagram, head, keys);
      if (got_ && trap_.inform && head.engine_id != engine_id_)
        return {{}, TrapFault::not_proven, "an inform for another engine than ours", {}};
      if (got_) return taken(*keys.credential, head.engine_id);
      read = {{}, TrapFault::not_proven, "user " + head.user + ": " + fault_, std::move(replies_)};
    }
    return read;
  }

  void feed_as(const std::string& datagram, const DatagramHead& head, const Keys& keys) {
    auto session = keys.session;
    std::string engine = head.engine_id;
    session.securityEngineID = reinterpret_cast<u_char*>(engine.data());
    session.securityEngineIDLen = engine.size();
    session.contextEngineID = session.securityEngineID;
    session.contextEngineIDLen = session.securityEngineIDLen;
    const auto user = make_user(session);
    wipe_keys(session);
    got_ = false;
    replies_.clear();
    fault_ = user ? "" : user.error().message;
    if (!user) return;
    {
      const UserLent lent(*user);
      feed(datagram);
    }
    usm_free_user(*user);
    if (!got_) fault_ = snmp_api_errstring(snmp_sess_session(session_)->s_snmp_errno);
  }

  void feed(const std::string& datagram) {
    datagram_ = &datagram;
    got_ = false;
    replies_.clear();
    netsnmp_large_fd_set ready;
    netsnmp_large_fd_set_init(&ready, std::max(FD_SETSIZE, event_ + 1));
    NETSNMP_LARGE_FD_ZERO(&ready);
    NETSNMP_LARGE_FD_SET(event_, &ready);
    snmp_sess_read2(session_, &ready);
    netsnmp_large_fd_set_cleanup(&ready);
    datagram_ = nullptr;
  }

  ReadTrap taken(const SnmpCredential& credential, const std::string& engine_id) {
    trap_.credential = credential.name;
    trap_.engine_id = trap_.inform ? "" : hex(engine_id);
    if (trap_.trap.arcs.empty()) return {{}, TrapFault::malformed, "it does not say which trap it is", {}};
    return {std::move(trap_), TrapFault::none, "", std::move(replies_)};
  }

  static Session& of(netsnmp_transport* transport) noexcept {
    return *static_cast<Session*>(owner_of(*transport));
  }
  static int receive(netsnmp_transport* transport, void* buffer, int size, void** opaque,
                     int* opaque_size) noexcept {
    *opaque = nullptr;
    *opaque_size = 0;
    const auto* datagram = std::exchange(of(transport).datagram_, nullptr);
    if (!datagram || datagram->size() > static_cast<std::size_t>(size)) return -1;
    std::memcpy(buffer, datagram->data(), datagram->size());
    return static_cast<int>(datagram->size());
  }
  static int send_out(netsnmp_transport* transport, const void* buffer, int size, void**, int*) noexcept {
    of(transport).replies_.emplace_back(static_cast<const char*>(buffer), static_cast<std::size_t>(size));
    return size;
  }
  static int close_nothing(netsnmp_transport* transport) noexcept {
    transport->sock = -1;
    return 0;
  }
  static int event(int operation, netsnmp_session* session, int, netsnmp_pdu* pdu, void*) noexcept;

  TrapTrust trust_;
  std::string engine_id_;
  int event_;
  void* session_ = nullptr;  // libsnmp's; nullptr: it could not be opened
  std::vector<Keys> keys_;
  const std::string* datagram_ = nullptr;
  Trap trap_;
  bool got_ = false;
  std::string fault_;  // why libsnmp gave none, of version 3
  std::vector<std::string> replies_;
};

int TrapDecoder::Session::event(int operation, netsnmp_session* session, int, netsnmp_pdu* pdu,
                                void*) noexcept {
  if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE || !pdu) return 1;
  auto& self = *static_cast<Session*>(session->callback_magic);
  if (pdu->command != SNMP_MSG_TRAP && pdu->command != SNMP_MSG_TRAP2 && pdu->command != SNMP_MSG_INFORM)
    return 1;
  self.trap_ = to_trap(*pdu);
  self.got_ = true;
  if (pdu->command != SNMP_MSG_INFORM) return 1;
  auto* reply = snmp_clone_pdu(pdu);
  if (!reply) return 1;
  reply->command = SNMP_MSG_RESPONSE;
  reply->errstat = 0;
  reply->errindex = 0;
  if (snmp_sess_send(self.session_, reply) == 0) snmp_free_pdu(reply);
  return 1;
}

void TrapDecoder::Session::open() {
  auto* transport = new_transport(event_, this);
  if (!transport) return;
  transport->f_recv = receive;
  transport->f_send = send_out;
  transport->f_close = close_nothing;
  netsnmp_session session;
  snmp_sess_init(&session);
  session.version = SNMP_DEFAULT_VERSION;
  session.callback = event;
  session.callback_magic = this;
  session.isAuthoritative = SNMP_SESS_UNKNOWNAUTH;  // informs name our engine, traps their sender's
  session_ =
      snmp_sess_add_ex(&session, transport, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
}

TrapDecoder::TrapDecoder(TrapTrust trust) : session_(std::make_unique<Session>(std::move(trust))) {}
TrapDecoder::~TrapDecoder() = default;

ReadTrap TrapDecoder::decode(const std::string& datagram) {
  return session_->decode(datagram);
}
std::string TrapDecoder::engine_id() const {
  return session_->engine_id();
}

}  // namespace censo::scanner
