// Notifications as libsnmp reads them, without a socket: a datagram in, a trap and what has to be answered
// out. Engine's thread only.
#pragma once

#include "collector/scanner/trap.h"

#include <memory>
#include <string>

namespace censo::scanner {

class TrapDecoder {
 public:
  explicit TrapDecoder(TrapTrust trust);
  ~TrapDecoder();

  // Nothing that a credential does not vouch for gives a trap.
  ReadTrap decode(const std::string& datagram);
  std::string engine_id() const;  // ours, in lower-case hex

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace censo::scanner
