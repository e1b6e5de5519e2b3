#include "collector/scanner/snmp/channel.h"

#include "collector/scanner/snmp/usm.h"
#include "collector/scanner/snmp/variables.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/large_fd_set.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>

namespace censo::scanner {
namespace {

// libsnmp would ask for the engine id itself, waiting for it, and enter the user in its list for good.
constexpr u_long own_user_and_probe = SNMP_FLAGS_DONT_PROBE | SNMP_FLAGS_USER_CREATED;

}  // namespace

// libsnmp calls these within snmp_sess_read2() and snmp_sess_timeout(); they only note what happened.
struct Channel::Shims {
  static int event(int operation, netsnmp_session* session, int, netsnmp_pdu* pdu, void* attempt) noexcept {
    auto& channel = *static_cast<Channel*>(session->callback_magic);
    if (!channel.promise_ || reinterpret_cast<std::uintptr_t>(attempt) != channel.attempt_) return 1;
    if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT || operation == NETSNMP_CALLBACK_OP_SEND_FAILED) {
      channel.try_ended_ = true;
    } else if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu) {
      pdu->command == SNMP_MSG_REPORT ? channel.take_report(*pdu) : channel.take_response(*pdu);
    }
    return 1;
  }

  // Between libsnmp's parser and its search for the request; the only place that hears of a message it drops.
  static int parsed(netsnmp_session* session, netsnmp_pdu* pdu, int result) noexcept {
    auto& channel = *static_cast<Channel*>(session->callback_magic);
    const auto& ids = channel.recent_ids_;
    const auto id = session->version == SNMP_VERSION_3 ? pdu->msgid : pdu->reqid;
    if (result != SNMPERR_SUCCESS) {
      channel.inbox_.fault = std::string("libsnmp: ") + snmp_api_errstring(session->s_snmp_errno);
    } else if (channel.sent_ && session->version != SNMP_VERSION_3 &&
               std::find(ids.begin(), ids.end(), id) == ids.end()) {
      channel.inbox_.fault = "an answer to request " + std::to_string(id) + ", which was never sent";
    }
    return 1;
  }
};

Channel::Channel(const ScanTarget& target, const SnmpCredential& credential) : credential_(credential) {
  open(target);
}

Channel::~Channel() {
  if (promise_) cancel();
  if (session_) forget_engine(*snmp_sess_session(session_));
  if (session_) snmp_sess_close(session_);
  if (user_) usm_free_user(user_);
}

void Channel::open(const ScanTarget& target) {
  if (credential_.version != SnmpVersion::v3) inbox_.community = credential_.community;
  auto opened = open_udp(target, inbox_);
  if (!opened.transport) {
    open_failure_ = {Verdict::no_answer,
                     "cannot reach it: " + std::generic_category().message(opened.error_number)};
    return;
  }
  netsnmp_session session;
  snmp_sess_init(&session);
  session.retries = 0;
  session.callback = Shims::event;
  session.callback_magic = this;
  session.flags |= own_user_and_probe;
  if (credential_.version == SnmpVersion::v3) {
    session.version = SNMP_VERSION_3;
    if (auto set = set_user(session, credential_); !set) {
      open_failure_ = {Verdict::auth_failed, set.error().message};
    }
  } else {
    session.version = credential_.version == SnmpVersion::v1 ? SNMP_VERSION_1 : SNMP_VERSION_2c;
    session.community = reinterpret_cast<u_char*>(credential_.community.data());
    session.community_len = credential_.community.size();
  }
  socket_ = opened.socket;
  session_ = snmp_sess_add_ex(&session, opened.transport, nullptr, nullptr, Shims::parsed, nullptr, nullptr,
                              nullptr, nullptr);
  wipe_keys(session);
  if (!session_) open_failure_ = {Verdict::no_answer, "libsnmp could not open a session"};
}

bool Channel::is_probing() const {
  return credential_.version == SnmpVersion::v3 && !user_;
}

void Channel::ask(Question question, std::promise<Answer> promise) {
  promise_ = std::move(promise);
  question_ = std::move(question);
  begin();
  if (open_failure_.verdict != Verdict::ok) return conclude(open_failure_.verdict, open_failure_.detail);
  send();
}

void Channel::begin() {
  answer_.binds.clear();
  answer_.failure = {Verdict::ok, {}};
  answer_.error_status = answer_.error_index = 0;
  answer_.bytes = answer_.cut_strings = 0;
  has_response_ = false;
  inbox_.bytes = 0;
  inbox_.fault.clear();
  inbox_.error_number = 0;
  started_ = std::chrono::steady_clock::now();
  tries_left_ = question_.tries;
}

snmp_pdu* Channel::make_probe() const {
  // RFC 3414, 4: an empty request without user and engine id is answered by a report that carries the engine
  // id.
  auto* pdu = snmp_pdu_create(SNMP_MSG_GET);
  pdu->version = SNMP_VERSION_3;
  pdu->securityName = strdup("");
  pdu->securityNameLen = 0;
  pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
  pdu->securityModel = SNMP_SEC_MODEL_USM;
  return pdu;
}

snmp_pdu* Channel::make_request() const {
  using Kind = Question::Kind;
  const int command = question_.kind == Kind::get        ? SNMP_MSG_GET
                      : question_.kind == Kind::get_next ? SNMP_MSG_GETNEXT
                                                         : SNMP_MSG_GETBULK;
  auto* pdu = snmp_pdu_create(command);
  if (question_.kind == Kind::get_bulk) {
    pdu->non_repeaters = 0;
    pdu->max_repetitions = question_.repetitions;
  }
  for (const auto& wanted : question_.oids) {
    std::array<oid, MAX_OID_LEN> name;
    const auto size = std::min(wanted.arcs.size(), name.size());
    std::copy_n(wanted.arcs.begin(), size, name.begin());
    snmp_add_null_var(pdu, name.data(), size);
  }
  return pdu;
}

void Channel::send() {
  --tries_left_;
  ++attempt_;
  try_ended_ = false;
  late_reports_ = 0;
  auto* pdu = is_probing() ? make_probe() : make_request();
  due_ = std::min(std::chrono::steady_clock::now() + question_.patience, question_.deadline);
  auto* live = snmp_sess_session(session_);
  live->flags |= own_user_and_probe;  // opening the session cleared some
  live->timeout = std::chrono::microseconds(question_.patience).count();
  const UserLent lent(user_);
  recent_ids_[next_recent_++ % recent_ids_.size()] = pdu->reqid;
  sent_ = pdu;
  if (snmp_sess_async_send(session_, pdu, Shims::event, reinterpret_cast<void*>(attempt_)) != 0) return;
  sent_ = nullptr;
  snmp_free_pdu(pdu);
  if (inbox_.error_number != 0) return conclude_socket_error();
  conclude(Verdict::auth_failed,
           std::string("libsnmp could not make the message: ") + snmp_api_errstring(live->s_snmp_errno));
}

void Channel::readable() {
  netsnmp_large_fd_set ready;
  netsnmp_large_fd_set_init(&ready, std::max(FD_SETSIZE, socket_ + 1));
  NETSNMP_LARGE_FD_ZERO(&ready);
  NETSNMP_LARGE_FD_SET(socket_, &ready);
  {
    const UserLent lent(user_);
    snmp_sess_read2(session_, &ready);
  }
  netsnmp_large_fd_set_cleanup(&ready);
  after_library();
}

void Channel::overdue() {
  if (std::chrono::steady_clock::now() < due_) return;
  {
    const UserLent lent(user_);
    snmp_sess_timeout(session_);
  }
  try_ended_ = true;
  after_library();
}

// Acts on what the shims noted; libsnmp is not on the stack here.
void Channel::after_library() {
  if (!promise_) return;
  if (has_response_) return follow_or_conclude();
  if (inbox_.bytes > question_.max_bytes) {
    return conclude(Verdict::limit, "more bytes than the limit for one device");
  }
  if (inbox_.error_number != 0) return conclude_socket_error();
  if (engine_id_seen_ && is_probing()) return adopt_user();
  if (!try_ended_) return;
  if (tries_left_ <= 0 || std::chrono::steady_clock::now() >= question_.deadline)
    return conclude_unanswered();
  send();
}

void Channel::follow_or_conclude() {
  answer_.bytes = inbox_.bytes;
  if (!question_.follow || !question_.follow(answer_, question_)) return conclude(Verdict::ok, {});
  begin();
  send();
}

void Channel::adopt_user() {
  auto user = make_user(*snmp_sess_session(session_));
  if (!user) return conclude(Verdict::auth_failed, user.error().message);
  user_ = *user;
  tries_left_ = question_.tries;
  send();
}

void Channel::conclude_socket_error() {
  if (inbox_.error_number == ECONNREFUSED)
    return conclude(Verdict::refused, "nobody listens there (ICMP port unreachable)");
  conclude(Verdict::no_answer, "cannot reach it: " + std::generic_category().message(inbox_.error_number));
}

void Channel::conclude_unanswered() {
  const auto waited = std::chrono::steady_clock::now() - started_;
  const auto waited_ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
  if (!inbox_.fault.empty()) return conclude(Verdict::malformed, inbox_.fault);
  if (user_ && !answered_) {
    return conclude(Verdict::auth_failed, "tells its engine id, but answers no request of user '" +
                                              credential_.user +
                                              "': wrong privacy passphrase, or no right to read");
  }
  conclude(Verdict::no_answer, "no answer in " + std::to_string(waited_ms) + " ms");
}

void Channel::cancel() {
  if (promise_) conclude(Verdict::cancelled, "cancelled");
}

void Channel::conclude(Verdict verdict, std::string detail) {
  answer_.failure = {verdict, std::move(detail)};
  answer_.bytes = inbox_.bytes;
  ++attempt_;  // whatever libsnmp still holds of this question is of no interest any more
  sent_ = nullptr;
  promise_->set_value(std::move(answer_));
  promise_.reset();
}

void Channel::take_response(const snmp_pdu& pdu) {
  answered_ = true;
  answer_.error_status = pdu.errstat;
  answer_.error_index = pdu.errindex;
  const auto allowed =
      question_.oids.size() *
      (question_.kind == Question::Kind::get_bulk ? static_cast<std::size_t>(question_.repetitions) : 1);
  for (const auto* variable = pdu.variables; variable; variable = variable->next_variable) {
    if (answer_.binds.size() == allowed) {
      answer_.binds.clear();
      return conclude(Verdict::malformed,
                      "an answer of more than the " + std::to_string(allowed) + " variables asked for");
    }
    answer_.binds.push_back(to_bind(*variable, question_.max_string_bytes, answer_.cut_strings));
  }
  has_response_ = true;
  ++attempt_;  // one answer counts
  sent_ = nullptr;
}

void Channel::take_report(const snmp_pdu& pdu) {
  const auto report = report_of(pdu);
  if (is_probing()) {
    if (pdu.securityEngineIDLen > 0) {
      engine_id_seen_ = true;  // libsnmp stores the engine id itself once this callback returns
    } else {
      inbox_.fault = "a report without an engine id";
    }
    return;
  }
  // The first tells us the device's clock; libsnmp then sends the request once more by itself.
  if (report == UsmReport::not_in_time_window && ++late_reports_ == 1) return;
  conclude(Verdict::auth_failed, std::string(text_of(report)));
}

}  // namespace censo::scanner
