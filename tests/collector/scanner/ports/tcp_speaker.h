// A TCP service on a loopback port that says what it is told to. Answers from a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace censo::scanner {

struct Speech {
  std::string first;   // said at once
  std::string answer;  // said once something came, then the connection is closed
  bool tls = false;    // with a certificate of its own: CN=speaker.example, O=Example
  bool stays = false;  // holds the connection open, silent
};

class TcpSpeaker {
 public:
  explicit TcpSpeaker(Speech speech, const std::string& address = "127.0.0.1");
  ~TcpSpeaker();
  TcpSpeaker(const TcpSpeaker&) = delete;
  TcpSpeaker& operator=(const TcpSpeaker&) = delete;

  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  std::size_t received() const { return received_; }  // octets in clear

 private:
  void serve(const std::stop_token& stop);
  void speak(int connection, const std::stop_token& stop);
  void speak_tls(int connection);

  Speech speech_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<std::size_t> received_ = 0;
  std::jthread thread_;
};

}  // namespace censo::scanner
