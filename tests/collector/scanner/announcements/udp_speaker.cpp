#include "udp_speaker.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace censo::scanner {

namespace {

int socket_at(const std::string& address) {
  const int number = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  inet_pton(AF_INET, address.c_str(), &place.sin_addr);
  if (bind(number, reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0)
    throw std::runtime_error("no socket for the speaker");
  return number;
}

}  // namespace

UdpSpeaker::UdpSpeaker(const std::string& address, Answers answers, const std::string& by)
    : answers_(std::move(answers)),
      socket_(socket_at(address)),
      answering_(by.empty() ? socket_ : socket_at(by)) {
  sockaddr_in place{};
  socklen_t size = sizeof place;
  if (getsockname(socket_, reinterpret_cast<sockaddr*>(&place), &size) != 0)
    throw std::runtime_error("no socket for the speaker");
  port_ = ntohs(place.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

UdpSpeaker::~UdpSpeaker() {
  thread_.request_stop();
  thread_.join();
  if (answering_ != socket_) close(answering_);
  close(socket_);
}

void UdpSpeaker::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd polled{socket_, POLLIN, 0};
    if (poll(&polled, 1, 20) <= 0) continue;
    std::array<char, 4096> buffer;
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const auto length =
        recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (length < 0) continue;
    ++questions_;
    for (const auto& answer : answers_({buffer.data(), static_cast<std::size_t>(length)}))
      sendto(answering_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
  }
}

}  // namespace censo::scanner
