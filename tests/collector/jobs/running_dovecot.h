// A real Dovecot in a folder of its own, IMAP over TLS on a free port of the loopback, for one user.
#pragma once

#include "collector/access/certificate_authority.h"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace censo::collector {

class RunningDovecot {
 public:
  static bool is_installed();
  explicit RunningDovecot(const access::CertificateAuthority& authority);
  ~RunningDovecot();
  RunningDovecot(const RunningDovecot&) = delete;
  RunningDovecot& operator=(const RunningDovecot&) = delete;

  std::uint16_t port() const { return port_; }
  std::string user() const { return "desk"; }
  std::string password() const { return "hush"; }
  // A new mail in the folder.
  void deliver(const std::string& message);
  // The server numbers its mails anew.
  void forget_numbers();
  std::string log() const;

 private:
  std::string folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
  int count_ = 0;
};

}  // namespace censo::collector
