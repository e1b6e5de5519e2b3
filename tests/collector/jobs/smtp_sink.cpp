#include "tests/collector/jobs/smtp_sink.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace censo::collector {

SmtpSink::SmtpSink(std::map<std::string, std::string> answers) : answers_(std::move(answers)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, plain, &size) != 0)
    throw std::runtime_error("no port");
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] { serve(); });
}

SmtpSink::~SmtpSink() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<std::string> SmtpSink::messages() {
  const std::lock_guard lock(mutex_);
  return messages_;
}

int SmtpSink::connections() {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void SmtpSink::serve() {
  for (;;) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    {
      const std::lock_guard lock(mutex_);
      ++connections_;
    }
    talk(client);
    ::close(client);
  }
}

void SmtpSink::talk(int client) {
  std::string buffer, receiver, text;
  bool in_text = false;
  const auto say = [&](const std::string& line) {
    (void)!::send(client, (line + "\r\n").data(), line.size() + 2, MSG_NOSIGNAL);
  };
  const auto answer = [&](const std::string& command, const std::string& usual) {
    const auto other = answers_.find(command);
    say(other == answers_.end() ? usual : other->second);
  };
  answer("", "220 sink");
  for (;;) {
    const auto end = buffer.find("\r\n");
    if (end == std::string::npos) {
      char piece[4096];
      pollfd waiting{client, POLLIN, 0};
      if (::poll(&waiting, 1, 10'000) <= 0) return;
      const auto got = ::recv(client, piece, sizeof piece, 0);
      if (got <= 0) return;
      buffer.append(piece, static_cast<std::size_t>(got));
      continue;
    }
    const auto line = buffer.substr(0, end);
    buffer.erase(0, end + 2);
    if (in_text && line != ".") {
      text += (line.starts_with("..") ? line.substr(1) : line) + "\n";
    } else if (in_text) {
      in_text = false;
      const std::lock_guard lock(mutex_);
      messages_.push_back(receiver + "\n" + text);
      text.clear();
      answer(".", "250 taken");
    } else if (line.starts_with("QUIT")) {
      return say("221 bye");
    } else if (line.starts_with("DATA")) {
      const bool refused = answers_.contains("DATA");
      in_text = !refused;
      answer("DATA", "354 go on");
    } else {
      if (line.starts_with("RCPT")) receiver = line;
      answer(line.substr(0, 4), "250 fine");
    }
  }
}

}  // namespace censo::collector
