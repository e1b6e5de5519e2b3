// A real snmpd of Net-SNMP on a loopback address, with its files in a folder of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace censo::scanner {

// A UDP port that was free on all loopback addresses a moment ago.
std::uint16_t free_port();

class SnmpDaemon {
 public:
  // v2c community "public"; community "old" in version 1 only; v3 users "private" (SHA-256, AES-128),
  // "signed" (SHA-1), "open" (neither), "strong" (SHA-512, AES-256); passphrases "authentication-1" and
  // "privacy-phrase-1". Ready when the constructor returns.
  explicit SnmpDaemon(std::uint16_t port, const std::string& address = "127.0.0.1");
  ~SnmpDaemon();
  SnmpDaemon(const SnmpDaemon&) = delete;
  SnmpDaemon& operator=(const SnmpDaemon&) = delete;

  static bool is_installed();
  bool is_ready() const { return ready_; }
  std::uint16_t port() const { return port_; }

 private:
  bool answers() const;

  std::uint16_t port_;
  std::string address_;
  std::filesystem::path folder_;
  pid_t process_ = -1;
  bool ready_ = false;
};

}  // namespace censo::scanner
