#include "sweep_responder.h"

#include "tests/collector/scanner/responder_socket.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace censo::scanner {
namespace {

using namespace std::string_literals;

constexpr std::size_t batch = 64;

// GET sysObjectID.0 with community "public", but for its version and its id, and the answer
// 1.3.6.1.4.1.8072.3.2.10.
const auto request_head = "\x30\x29\x02\x01\x01\x04\x06public\xa0\x1c\x02\x04"s;
const auto answer_head = "\x30\x33\x02\x01\x01\x04\x06public\xa2\x26\x02\x04"s;
const auto answer_tail =
    "\x02\x01\x00\x02\x01\x00\x30\x18\x30\x16\x06\x08\x2b\x06\x01\x02\x01\x01\x02\x00"
    "\x06\x0a\x2b\x06\x01\x04\x01\xbf\x08\x03\x02\x0a"s;

constexpr std::size_t version_at = 4;

struct Buffers {
  std::array<mmsghdr, batch> headers{};
  std::array<iovec, batch> parts{};
  std::array<sockaddr_in, batch> peers{};
  std::array<std::array<char, 512>, batch> data{};
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

in_pktinfo* info_of(msghdr& header) {
  auto* part = CMSG_FIRSTHDR(&header);
  return part ? reinterpret_cast<in_pktinfo*>(CMSG_DATA(part)) : nullptr;
}

// In place: the packet information that came in tells the kernel which address to answer from. False: no
// answer.
bool turn_into_answer(mmsghdr& message, const SweepResponder::Answers& answers) {
  auto& part = *message.msg_hdr.msg_iov;
  auto* bytes = static_cast<char*>(part.iov_base);
  auto* info = info_of(message.msg_hdr);
  std::string request(bytes, message.msg_len);
  if (!info || request.size() < request_head.size() + 4) return false;
  const char version = std::exchange(request[version_at], request_head[version_at]);
  if (!request.starts_with(request_head)) return false;
  if (!answers(ntohl(info->ipi_addr.s_addr))) return false;
  std::memcpy(bytes, answer_head.data(), answer_head.size());  // the id stays: both heads are as long
  bytes[version_at] = version;
  std::memcpy(bytes + answer_head.size() + 4, answer_tail.data(), answer_tail.size());
  part.iov_len = answer_head.size() + 4 + answer_tail.size();
  info->ipi_spec_dst = info->ipi_addr;
  info->ipi_ifindex = 0;
  return true;
}

}  // namespace

SweepResponder::SweepResponder(std::uint16_t port, Answers answers) : answers_(std::move(answers)) {
  socket_ = open_responder_socket(port);
  thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

SweepResponder::~SweepResponder() {
  thread_.request_stop();
  thread_.join();
  close(socket_);
}

void SweepResponder::serve(const std::stop_token& stop) const {
  Buffers buffers;
  while (!stop.stop_requested()) {
    pollfd waiting{socket_, POLLIN, 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    buffers.reset();
    const int count = recvmmsg(socket_, buffers.headers.data(), batch, MSG_DONTWAIT, nullptr);
    std::size_t answers = 0;
    for (int i = 0; i < count; ++i) {
      auto& message = buffers.headers[static_cast<std::size_t>(i)];
      if (turn_into_answer(message, answers_)) std::swap(buffers.headers[answers++], message);
    }
    if (answers > 0) sendmmsg(socket_, buffers.headers.data(), static_cast<unsigned>(answers), 0);
  }
}

}  // namespace censo::scanner
