#include "agent/host/netlink_dump.h"

#include "agent/host/root_folder.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace censo::agent {
namespace {

using base::Errc;
using std::chrono::steady_clock;

constexpr std::size_t max_answer_bytes = 32 * 1024 * 1024;
constexpr auto max_duration = std::chrono::seconds(5);
constexpr int max_attempts = 3;

struct Answer {
  base::Bytes messages;
  bool done = false;
  bool interrupted = false;  // NLM_F_DUMP_INTR: something changed on the way
};

base::Result<FileDescriptor> ask(int protocol, std::span<const std::uint8_t> request) {
  FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (socket.get() < 0) return error_of(errno, "netlink socket");
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const auto sent = sendto(socket.get(), request.data(), request.size(), 0,
                           reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  if (sent < 0) return error_of(errno, "netlink request");
  return socket;
}

base::Result<void> wait_for(const FileDescriptor& socket, steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
  pollfd waiting{socket.get(), POLLIN, 0};
  const int ready = left > 0 ? poll(&waiting, 1, static_cast<int>(left)) : 0;
  if (ready == 0) return base::fail(Errc::timeout, "the kernel did not finish its answer in 5 s", "netlink");
  if (ready < 0 && errno != EINTR) return error_of(errno, "netlink poll");
  return {};
}

// One datagram is one or more messages.
base::Result<void> take(std::span<const std::uint8_t> datagram, Answer& answer) {
  while (datagram.size() >= sizeof(nlmsghdr)) {
    nlmsghdr header;
    std::memcpy(&header, datagram.data(), sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) {
      return base::fail(Errc::malformed, "netlink message is longer than its datagram", "netlink");
    }
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) answer.interrupted = true;
    if (header.nlmsg_type == NLMSG_ERROR) {
      int number = 0;
      if (header.nlmsg_len >= sizeof header + sizeof number) {
        std::memcpy(&number, datagram.data() + sizeof header, sizeof number);
      }
      return error_of(-number, "netlink answer");
    }
    if (header.nlmsg_type == NLMSG_DONE) {
      answer.done = true;
      return {};
    }
    const auto aligned = std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size());
    answer.messages.insert(answer.messages.end(), datagram.begin(),
                           datagram.begin() + static_cast<long>(aligned));
    datagram = datagram.subspan(aligned);
  }
  return {};
}

base::Result<Answer> one_dump(int protocol, std::span<const std::uint8_t> request,
                              steady_clock::time_point deadline) {
  const auto socket = ask(protocol, request);
  if (!socket) return socket.error();
  Answer answer;
  std::array<std::uint8_t, 64 * 1024> buffer;
  while (!answer.done) {
    if (const auto ready = wait_for(*socket, deadline); !ready) return ready.error();
    sockaddr_nl from{};
    socklen_t from_size = sizeof from;
    const auto size = recvfrom(socket->get(), buffer.data(), buffer.size(), MSG_TRUNC,
                               reinterpret_cast<sockaddr*>(&from), &from_size);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) return error_of(errno, "netlink answer");
    if (from.nl_pid != 0) continue;  // not the kernel
    if (static_cast<std::size_t>(size) > buffer.size() || answer.messages.size() > max_answer_bytes) {
      return base::fail(Errc::limit_exceeded, "the kernel's answer is longer than 32 MiB", "netlink");
    }
    if (const auto taken = take({buffer.data(), static_cast<std::size_t>(size)}, answer); !taken) {
      return taken.error();
    }
  }
  return answer;
}

}  // namespace

base::Result<base::Bytes> netlink_dump(int protocol, std::span<const std::uint8_t> request) {
  const auto deadline = steady_clock::now() + max_duration;
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    auto answer = one_dump(protocol, request, deadline);
    if (!answer) return answer.error();
    if (!answer->interrupted) return std::move(answer->messages);
  }
  return base::fail(Errc::unavailable, "the tables changed while the kernel dumped them, three times",
                    "netlink");
}

}  // namespace censo::agent
