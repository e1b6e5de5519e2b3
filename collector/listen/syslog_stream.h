// Where one syslog message ends on a TCP connection (RFC 6587): by its length that comes before, or by the
// line's end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::listen {

// One connection's. Holds at most one message that is not whole.
class SyslogStream {
 public:
  // The messages that are whole now. After is_broken() none any more.
  std::vector<std::string> take(std::string_view bytes);
  // What the other side sent last without ending it, when the connection ends.
  std::string rest();
  // A length that is none, or a message longer than `longest_syslog`: where the next one begins is unknown.
  bool is_broken() const { return broken_; }

 private:
  // The first message of `bytes`, taken off; false: it is not whole yet.
  bool take_one(std::string_view& bytes, std::string& message);

  std::string held_;
  bool broken_ = false;
};

}  // namespace censo::collector::listen
