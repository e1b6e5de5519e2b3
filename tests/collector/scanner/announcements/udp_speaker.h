// A UDP service on a loopback address that answers each datagram as it is told to. A thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace censo::scanner {

class UdpSpeaker {
 public:
  using Answers = std::function<std::vector<std::string>(const std::string& question)>;
  // The answers come from the address `by`, if one is given.
  UdpSpeaker(const std::string& address, Answers answers, const std::string& by = {});
  ~UdpSpeaker();
  UdpSpeaker(const UdpSpeaker&) = delete;
  UdpSpeaker& operator=(const UdpSpeaker&) = delete;

  std::uint16_t port() const { return port_; }
  int questions() const { return questions_; }

 private:
  void serve(const std::stop_token& stop);

  Answers answers_;
  int socket_ = -1, answering_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> questions_ = 0;
  std::jthread thread_;
};

}  // namespace censo::scanner
