// Many devices in one: listens on all addresses of the machine (127.0.0.0/8 has sixteen million) and answers
// GET sysObjectID.0 from the address that was asked.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <thread>

namespace censo::scanner {

class SweepResponder {
 public:
  // Whether the IPv4 address, as a number, answers. Called on the responder's thread.
  using Answers = std::function<bool(std::uint32_t)>;

  // Community "public" only.
  SweepResponder(std::uint16_t port, Answers answers);
  ~SweepResponder();
  SweepResponder(const SweepResponder&) = delete;
  SweepResponder& operator=(const SweepResponder&) = delete;

 private:
  void serve(const std::stop_token& stop) const;

  int socket_ = -1;
  Answers answers_;
  std::jthread thread_;
};

}  // namespace censo::scanner
