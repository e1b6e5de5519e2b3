#include "recorded_responder.h"

#include "tests/collector/scanner/responder_socket.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace censo::scanner {
namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t most_bytes = 1'400;  // of an answer's variables, as agents keep to one Ethernet frame

// What is left of a message, read value by value. Only what libsnmp sends has to be understood.
struct Ber {
  std::string_view left;
  bool good = true;

  std::string_view value(std::uint8_t& tag) {
    if (left.size() < 2) return good = false, std::string_view();
    tag = static_cast<std::uint8_t>(left[0]);
    std::size_t length = static_cast<std::uint8_t>(left[1]), head = 2;
    if (length > 0x80) {
      const auto count = length - 0x80;
      if (count > 2 || left.size() < 2 + count) return good = false, std::string_view();
      length = 0;
      for (; head < 2 + count; ++head) length = length * 256 + static_cast<std::uint8_t>(left[head]);
    }
    if (left.size() < head + length) return good = false, std::string_view();
    const auto inside = left.substr(head, length);
    left.remove_prefix(head + length);
    return inside;
  }
  std::string_view value() {
    std::uint8_t tag = 0;
    return value(tag);
  }
  std::int64_t number() {
    std::int64_t sum = 0;
    for (const char octet : value()) sum = sum * 256 + static_cast<std::uint8_t>(octet);
    return sum;
  }
};

std::string encoded(std::uint8_t tag, std::string_view inside) {
  std::string out(1, static_cast<char>(tag));
  if (inside.size() >= 0x80) {
    out += static_cast<char>(0x82);
    out += static_cast<char>(inside.size() >> 8);
  }
  out += static_cast<char>(inside.size() & 0xff);
  return out.append(inside);
}

std::string octets_of(const Oid& oid) {
  std::string out(1, static_cast<char>(oid.arcs.size() > 1 ? oid.arcs[0] * 40 + oid.arcs[1] : 0));
  for (std::size_t i = 2; i < oid.arcs.size(); ++i) {
    for (int shift = 28; shift > 0; shift -= 7)
      if (oid.arcs[i] >> shift) out += static_cast<char>((oid.arcs[i] >> shift & 0x7f) | 0x80);
    out += static_cast<char>(oid.arcs[i] & 0x7f);
  }
  return out;
}

Oid oid_of_octets(std::string_view octets) {
  Oid oid;
  std::uint32_t arc = 0;
  for (const char octet : octets) {
    const auto bits = static_cast<std::uint8_t>(octet);
    arc = arc * 128 + (bits & 0x7f);
    if (bits & 0x80) continue;
    if (oid.arcs.empty())
      oid.arcs = {std::min(arc / 40, 2U), arc - std::min(arc / 40, 2U) * 40};
    else
      oid.arcs.push_back(arc);
    arc = 0;
  }
  return oid;
}

template <typename Number>
std::string octets_of_number(Number number) {
  std::string out;
  for (int i = 8; i-- > 0;) out += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
  if constexpr (std::is_unsigned_v<Number>) out.insert(0, 1, '\0');
  const auto needless = [&] {
    return out.size() > 1 && ((out[0] == 0 && !(out[1] & 0x80)) || (out[0] == '\xff' && (out[1] & 0x80)));
  };
  while (needless()) out.erase(0, 1);
  return out;
}

std::uint8_t tag_of(VarType type) {
  switch (type) {
    case VarType::integer: return 0x02;
    case VarType::octets: return 0x04;
    case VarType::oid: return 0x06;
    case VarType::address: return 0x40;
    case VarType::counter32: return 0x41;
    case VarType::unsigned32: return 0x42;
    case VarType::ticks: return 0x43;
    case VarType::opaque: return 0x44;
    case VarType::counter64: return 0x46;
    case VarType::null: return 0x05;
    case VarType::no_such_object: return 0x80;
    case VarType::no_such_instance: return 0x81;
    case VarType::end_of_view: return 0x82;
  }
  return 0x05;
}

std::string encoded(const VarBind& bind) {
  std::string value;
  if (const auto* signed_number = std::get_if<std::int64_t>(&bind.value))
    value = octets_of_number(*signed_number);
  if (const auto* number = std::get_if<std::uint64_t>(&bind.value)) value = octets_of_number(*number);
  if (const auto* text = std::get_if<std::string>(&bind.value)) value = *text;
  if (const auto* oid = std::get_if<Oid>(&bind.value)) value = octets_of(*oid);
  return encoded(0x30, encoded(0x06, octets_of(bind.oid)) + encoded(tag_of(bind.type), value));
}

using Variables = std::vector<VarBind>;

Variables::const_iterator first_from(const Variables& variables, const Oid& oid, bool after) {
  auto found = std::lower_bound(variables.begin(), variables.end(), oid,
                                [](const VarBind& bind, const Oid& name) { return bind.oid < name; });
  return found != variables.end() && found->oid == oid && after ? found + 1 : found;
}

// RFC 3416, 4.2.1 to 4.2.3; of version 1 (RFC 1157) the error that the first missing variable makes.
struct Found {
  std::string binds;
  std::int64_t error = 0, error_index = 0;
};

Found found_in(const Variables& variables, std::int64_t version, const AskedPdu& pdu) {
  Found found;
  constexpr std::uint8_t get = 0xa0, get_bulk = 0xa5;
  const auto rows = pdu.tag == get_bulk ? pdu.repetitions : 1;
  auto names = pdu.oids;
  for (std::int64_t row = 0; row < rows; ++row) {
    bool any = false;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto at = first_from(variables, names[i], pdu.tag != get);
      const bool is_there = at != variables.end() && (pdu.tag != get || at->oid == names[i]);
      if (!is_there && version == 0) return {{}, 2, static_cast<std::int64_t>(i + 1)};
      const auto missing = pdu.tag == get ? VarType::no_such_instance : VarType::end_of_view;
      const auto bind = encoded(is_there ? *at : VarBind{names[i], missing, {}});
      if (pdu.tag == get_bulk && !found.binds.empty() && found.binds.size() + bind.size() > most_bytes)
        return found;
      found.binds += bind;
      if (is_there) names[i] = at->oid;
      any |= is_there;
    }
    if (!any) break;
  }
  return found;
}

std::string asked_list(const AskedMessage& message) {
  Ber pdu{message.rest};
  pdu.value();
  pdu.value();
  return std::string(pdu.value());
}

// A tag and a length of two octets.
char* put_head(char* out, std::uint8_t tag, std::size_t length) {
  const std::array<char, 4> head{static_cast<char>(tag), '\x82', static_cast<char>(length >> 8),
                                 static_cast<char>(length & 0xff)};
  return std::copy(head.begin(), head.end(), out);
}

}  // namespace

bool read_message(std::string_view datagram, AskedMessage& message) {
  Ber outer{datagram};
  Ber inner{outer.value()};
  message.version = inner.number();
  message.community = inner.value();
  Ber pdu{inner.value(message.tag)};
  const auto whole = pdu.left;
  pdu.value();
  message.id = whole.substr(0, whole.size() - pdu.left.size());
  message.rest = pdu.left;
  return outer.good && inner.good && pdu.good && message.version <= 1;
}

AskedPdu pdu_of(const AskedMessage& message) {
  AskedPdu asked{.tag = message.tag, .unrepeated = 0, .repetitions = 0, .oids = {}};
  Ber pdu{message.rest};
  asked.unrepeated = pdu.number();
  asked.repetitions = pdu.number();
  Ber list{pdu.value()};
  while (list.good && !list.left.empty()) {
    Ber bind{list.value()};
    asked.oids.push_back(oid_of_octets(bind.value()));
  }
  return asked;
}

RecordedResponder::RecordedResponder(std::uint16_t port, std::vector<std::vector<VarBind>> devices,
                                     std::atomic<std::uint64_t>& answers)
    : answers_(answers) {
  for (auto& variables : devices) devices_.push_back({std::move(variables), {}});
  socket_ = open_responder_socket(port);
  thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

RecordedResponder::~RecordedResponder() {
  thread_.request_stop();
  thread_.join();
  close(socket_);
}

std::vector<std::vector<AskedPdu>> RecordedResponder::questions() const {
  std::vector<std::vector<AskedPdu>> all;
  for (const auto& device : devices_) {
    auto& asked = all.emplace_back();
    for (const auto& known : device.answers) {
      AskedMessage message;
      message.tag = static_cast<std::uint8_t>(known.first[1]);
      message.rest = std::string_view(known.first).substr(2);
      asked.push_back(pdu_of(message));
    }
  }
  return all;
}

std::size_t RecordedResponder::answer(std::uint32_t address, std::string_view question, char* out) {
  AskedMessage message;
  if (!read_message(question, message) || message.community.substr(0, 6) != "public") return 0;
  const bool of_vlan = message.community.size() > 6;
  auto& device = of_vlan ? empty_ : devices_[address % devices_.size()];
  key_.assign({static_cast<char>(message.version), static_cast<char>(message.tag)});
  key_ += message.rest;
  auto& known = device.answers[key_];
  if (known.empty()) {
    const auto found = found_in(device.variables, message.version, pdu_of(message));
    known = encoded(0x02, octets_of_number(found.error)) +
            encoded(0x02, octets_of_number(found.error_index)) +
            encoded(0x30, found.error == 0 ? found.binds : asked_list(message));
  }
  constexpr std::size_t head = 4;
  const std::string id(message.id), community(message.community);  // the answer is written over the question
  const auto version_and_community = 3 + 2 + community.size();
  const auto pdu_size = id.size() + known.size();
  auto* at = put_head(out, 0x30, version_and_community + head + pdu_size);
  at = std::copy_n(std::array{'\x02', '\x01', static_cast<char>(message.version)}.begin(), 3, at);
  *at++ = '\x04';
  *at++ = static_cast<char>(community.size());
  at = std::copy(community.begin(), community.end(), at);
  at = put_head(at, 0xa2, pdu_size);
  at = std::copy(id.begin(), id.end(), at);
  at = std::copy(known.begin(), known.end(), at);
  return static_cast<std::size_t>(at - out);
}

namespace {

struct Buffers {
  std::array<mmsghdr, batch> headers{};
  std::array<iovec, batch> parts{};
  std::array<sockaddr_in, batch> peers{};
  std::array<std::array<char, 8192>, batch> data{};
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> bytes{};
  };
  std::array<Control, batch> controls{};

  void reset() {
    for (std::size_t i = 0; i < batch; ++i) {
      parts[i] = {data[i].data(), data[i].size()};
      headers[i].msg_hdr = {&peers[i],          sizeof peers[i],          &parts[i], 1,
                            &controls[i].bytes, controls[i].bytes.size(), 0};
    }
  }
};

}  // namespace

void RecordedResponder::serve(const std::stop_token& stop) {
  const auto held = std::make_unique<Buffers>();
  auto& buffers = *held;
  while (!stop.stop_requested()) {
    pollfd waiting{socket_, POLLIN, 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    buffers.reset();
    const int count = recvmmsg(socket_, buffers.headers.data(), batch, MSG_DONTWAIT, nullptr);
    std::size_t ready = 0;
    for (int i = 0; i < count; ++i) {
      auto& message = buffers.headers[static_cast<std::size_t>(i)];
      auto* part = CMSG_FIRSTHDR(&message.msg_hdr);
      if (!part) continue;
      // What came in as the packet's information tells the kernel which address to answer from.
      auto* info = reinterpret_cast<in_pktinfo*>(CMSG_DATA(part));
      auto* bytes = static_cast<char*>(message.msg_hdr.msg_iov->iov_base);
      message.msg_hdr.msg_iov->iov_len =
          answer(ntohl(info->ipi_addr.s_addr), std::string_view(bytes, message.msg_len), bytes);
      if (message.msg_hdr.msg_iov->iov_len == 0) continue;
      info->ipi_spec_dst = info->ipi_addr;
      info->ipi_ifindex = 0;
      std::swap(buffers.headers[ready++], message);
    }
    for (std::size_t sent = 0; sent < ready;) {
      const int now = sendmmsg(socket_, &buffers.headers[sent], static_cast<unsigned>(ready - sent), 0);
      if (now <= 0) break;
      sent += static_cast<std::size_t>(now);
    }
    answers_ += ready;
  }
}

}  // namespace censo::scanner
