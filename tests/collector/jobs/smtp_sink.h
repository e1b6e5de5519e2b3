// A mail server of few words on a free port of the loopback: says what it is told to, keeps what it is sent.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace censo::collector {

class SmtpSink {
 public:
  // `answers` replace those to a command ("RCPT") or to the end of a text (".").
  explicit SmtpSink(std::map<std::string, std::string> answers = {});
  ~SmtpSink();
  std::uint16_t port() const { return port_; }
  std::vector<std::string> messages();  // with the receiver in the first line
  int connections();

 private:
  void serve();
  void talk(int client);

  std::map<std::string, std::string> answers_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> messages_;
  int connections_ = 0;
  std::jthread thread_;
};

}  // namespace censo::collector
