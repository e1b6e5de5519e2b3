#include "collector/scanner/snmp/datagram.h"

#include <algorithm>
#include <string_view>

namespace censo::scanner {
namespace {

using Octets = std::span<const std::uint8_t>;

enum : std::uint8_t {
  tag_integer = 0x02,
  tag_octets = 0x04,
  tag_null = 0x05,
  tag_oid = 0x06,
  tag_sequence = 0x30,
  tag_address = 0x40,
  tag_counter32 = 0x41,
  tag_unsigned32 = 0x42,
  tag_ticks = 0x43,
  tag_opaque = 0x44,
  tag_counter64 = 0x46,
  tag_no_such_object = 0x80,
  tag_no_such_instance = 0x81,
  tag_end_of_view = 0x82,
  tag_get = 0xa0,
  tag_response = 0xa2,
  tag_trap_v1 = 0xa4,
  tag_inform = 0xa6,
  tag_trap = 0xa7,
  tag_report = 0xa8,
};

enum class Expected { answer, notification };

constexpr std::size_t max_arcs = 128;

struct Fault {
  std::string message;  // empty: none yet
  std::size_t at = 0;
};

// Reads values one after the other from a stretch of the datagram. The first fault is kept; after it every
// reader is at its end.
class Reader {
 public:
  Reader(Octets octets, std::size_t at, Fault& fault) : octets_(octets), at_(at), fault_(&fault) {}

  bool at_end() const { return octets_.empty() || !fault_->message.empty(); }
  std::size_t at() const { return at_; }
  std::size_t size() const { return octets_.size(); }
  std::uint8_t next_tag() const { return octets_.empty() ? 0 : octets_.front(); }

  void refuse(std::string message, std::size_t at) {
    if (fault_->message.empty()) *fault_ = {std::move(message), at};
    octets_ = {};
  }

  // What is inside the next value; empty when its tag or length is wrong.
  Reader enter(std::uint8_t tag, std::string_view what) {
    if (at_end()) {
      refuse("expected " + std::string(what) + ", found the end", at_);
    } else if (octets_.front() != tag) {
      refuse("expected " + std::string(what) + ", found tag " + std::to_string(octets_.front()), at_);
    }
    if (at_end()) return {{}, at_, *fault_};
    skip(1);
    const auto length = read_length(what);
    const Reader inner(octets_.first(length), at_, *fault_);
    skip(length);
    return inner;
  }

  std::int64_t integer(std::string_view what) {
    auto inner = enter(tag_integer, what);
    if (inner.size() < 1 || inner.size() > 4) {
      refuse("expected " + std::string(what) + " of 1 to 4 octets, found " + std::to_string(inner.size()),
             inner.at_);
      return 0;
    }
    std::int64_t value = inner.octets_.front() & 0x80 ? -1 : 0;
    for (const auto octet : inner.octets_) value = value * 256 + octet;
    return value;
  }

  std::string text(std::string_view what) {
    const auto inner = enter(tag_octets, what);
    return {inner.octets_.begin(), inner.octets_.end()};
  }

  void oid(std::string_view what) {
    const auto inner = enter(tag_oid, what);
    std::size_t arcs = 1;
    std::uint64_t arc = 0;
    for (std::size_t i = 0; i < inner.size(); ++i) {
      arc = arc * 128 + (inner.octets_[i] & 0x7f);
      if (arc > 0xffffffff)
        return refuse(std::string(what) + " has a number of more than 32 bits", inner.at_ + i);
      if (inner.octets_[i] & 0x80) continue;
      arc = 0;
      if (++arcs > max_arcs) return refuse(std::string(what) + " has more than 128 numbers", inner.at_ + i);
    }
    if (inner.size() > 0 && inner.octets_.back() & 0x80)
      refuse(std::string(what) + " is cut short", inner.at_);
  }

  void value() {
    if (next_tag() == tag_integer) {
      integer("an integer value");
    } else if (next_tag() == tag_oid) {
      oid("an object identifier value");
    } else {
      plain_value();
    }
  }

  void done(std::string_view what) {
    if (!at_end()) refuse(std::to_string(size()) + " octets too many in " + std::string(what), at_);
  }

 private:
  void plain_value() {
    const auto tag = next_tag();
    const auto start = at_;
    const auto octets = enter(tag, "a value").size();
    const auto needs = [&](std::size_t least, std::size_t most, std::string_view what) {
      if (octets < least || octets > most)
        refuse(std::string(what) + " of " + std::to_string(octets) + " octets", start);
    };
    switch (tag) {
      case tag_octets:
      case tag_opaque: return;
      case tag_address: return needs(4, 4, "an address");
      case tag_counter32:
      case tag_unsigned32:
      case tag_ticks: return needs(1, 5, "an unsigned number of 32 bits");
      case tag_counter64: return needs(1, 9, "an unsigned number of 64 bits");
      case tag_null:
      case tag_no_such_object:
      case tag_no_such_instance:
      case tag_end_of_view: return needs(0, 0, "an empty value");
      default: return refuse("a value of unknown type " + std::to_string(tag), start);
    }
  }

  void skip(std::size_t count) {
    octets_ = octets_.subspan(std::min(count, octets_.size()));
    at_ += count;
  }

  std::size_t read_length(std::string_view what) {
    const auto start = at_;
    if (octets_.empty()) return refuse(std::string(what) + " ends before its length", start), 0;
    std::size_t length = octets_.front();
    skip(1);
    if (length == 0x80) return refuse(std::string(what) + " has an indefinite length", start), 0;
    if (length > 0x80) {
      const std::size_t count = length - 0x80;
      if (count > 4 || count > size())
        return refuse(std::string(what) + " has a length that cannot be read", start), 0;
      length = 0;
      for (const auto octet : octets_.first(count)) length = length * 256 + octet;
      skip(count);
    }
    if (length > size()) {
      refuse(std::string(what) + " claims " + std::to_string(length) + " octets where " +
                 std::to_string(size()) + " are left",
             start);
      return 0;
    }
    return length;
  }

  Octets octets_;
  std::size_t at_;
  Fault* fault_;
};

bool is_expected(std::uint8_t tag, std::int64_t version, Expected expected) {
  if (expected == Expected::answer) return tag == tag_response || tag == tag_report;
  if (version == 0) return tag == tag_trap_v1;
  return tag == tag_inform || tag == tag_trap || (version == 3 && tag == tag_get);
}

void check_binds(Reader& pdu, DatagramHead& head) {
  auto list = pdu.enter(tag_sequence, "a list of variables");
  pdu.done("the PDU");
  for (; !list.at_end(); ++head.varbinds) {
    auto bind = list.enter(tag_sequence, "a variable");
    bind.oid("a variable's name");
    bind.value();
    bind.done("a variable");
  }
}

// RFC 1157, 4.1.6.
void check_trap_v1(Reader& pdu, DatagramHead& head) {
  pdu.oid("an enterprise");
  const auto address = pdu.enter(tag_address, "an agent's address");
  if (address.size() != 4) pdu.refuse("an agent's address of other than 4 octets", address.at());
  pdu.integer("a generic trap");
  pdu.integer("a specific trap");
  const auto ticks = pdu.enter(tag_ticks, "a time stamp");
  if (ticks.size() < 1 || ticks.size() > 5) pdu.refuse("a time stamp of other than 32 bits", ticks.at());
  check_binds(pdu, head);
}

void check_pdu(Reader& message, DatagramHead& head, Expected expected) {
  const auto tag = message.next_tag();
  if (!is_expected(tag, head.version, expected)) {
    const std::string_view what =
        expected == Expected::answer ? "a response or report" : "a trap or inform of this version";
    return message.refuse("expected " + std::string(what) + ", found tag " + std::to_string(tag),
                          message.at());
  }
  head.is_report = tag == tag_report;
  auto pdu = message.enter(tag, "a PDU");
  if (tag == tag_trap_v1) return check_trap_v1(pdu, head);
  head.request_id = pdu.integer("a request id");
  pdu.integer("an error status");
  pdu.integer("an error index");
  check_binds(pdu, head);
}

// RFC 3414, 2.4: whom the message claims to be of.
void read_security(const Reader& parameters, DatagramHead& head) {
  auto inner = parameters;
  auto list = inner.enter(tag_sequence, "security parameters");
  inner.done("the security parameters");
  head.engine_id = list.text("an engine id");
  list.integer("an engine's boots");
  list.integer("an engine's time");
  head.user = list.text("a user's name");
  list.text("authentication parameters");
  list.text("privacy parameters");
  list.done("the security parameters");
}

void check_v3(Reader& message, DatagramHead& head, Expected expected) {
  auto global = message.enter(tag_sequence, "the message's global data");
  head.message_id = global.integer("a message id");
  global.integer("a message size");
  const auto flags = global.text("message flags");
  global.integer("a security model");
  global.done("the message's global data");
  const auto parameters = message.enter(tag_octets, "security parameters");
  if (expected == Expected::notification) read_security(parameters, head);
  if (flags.size() != 1) return message.refuse("expected one octet of message flags", global.at());
  constexpr char authentication_flag = 1, privacy_flag = 2;
  head.authenticated = (flags[0] & authentication_flag) != 0;
  head.encrypted = (flags[0] & privacy_flag) != 0;
  if (head.encrypted) {
    message.text("an encrypted PDU");
    return;
  }
  auto scoped = message.enter(tag_sequence, "a scoped PDU");
  scoped.text("a context engine id");
  scoped.text("a context name");
  check_pdu(scoped, head, expected);
  scoped.done("the scoped PDU");
}

base::Result<DatagramHead> check(Octets datagram, Expected expected) {
  if (datagram.empty()) return base::fail(base::Errc::malformed, "an empty datagram", "byte 0");
  DatagramHead head;
  Fault fault;
  Reader outer(datagram, 0, fault);
  auto message = outer.enter(tag_sequence, "a message");
  outer.done("the datagram after its message");
  head.version = message.integer("a version");
  if (head.version == 0 || head.version == 1) {
    head.community = message.text("a community");
    check_pdu(message, head, expected);
  } else if (head.version == 3) {
    check_v3(message, head, expected);
  } else {
    message.refuse("expected version 0 (v1), 1 (v2c) or 3, found " + std::to_string(head.version), 2);
  }
  message.done("the message");
  if (!fault.message.empty()) {
    return base::fail(base::Errc::malformed, fault.message, "byte " + std::to_string(fault.at));
  }
  return head;
}

}  // namespace

base::Result<DatagramHead> check_datagram(std::span<const std::uint8_t> datagram) {
  return check(datagram, Expected::answer);
}

base::Result<DatagramHead> check_notification(std::span<const std::uint8_t> datagram) {
  return check(datagram, Expected::notification);
}

}  // namespace censo::scanner
