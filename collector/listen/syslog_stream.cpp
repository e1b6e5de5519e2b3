#include "collector/listen/syslog_stream.h"

#include "base/text.h"
#include "collector/listen/syslog_message.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace censo::collector::listen {

std::vector<std::string> SyslogStream::take(std::string_view bytes) {
  std::vector<std::string> messages;
  if (broken_) return messages;
  held_ += bytes;
  std::string_view left = held_;
  for (std::string message; take_one(left, message);)
    if (!message.empty()) messages.push_back(std::move(message));
  held_.erase(0, broken_ ? held_.size() : held_.size() - left.size());
  return messages;
}

std::string SyslogStream::rest() {
  if (broken_ || !held_.starts_with('<')) held_.clear();
  return std::exchange(held_, {});
}

bool SyslogStream::take_one(std::string_view& bytes, std::string& message) {
  if (bytes.empty()) return false;
  if (std::isdigit(static_cast<unsigned char>(bytes.front())) == 0) {
    const auto end = bytes.find('\n');
    broken_ = std::min(end, bytes.size()) > longest_syslog;
    if (broken_ || end == bytes.npos) return false;
    message = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    return true;
  }
  constexpr std::size_t most_digits = 8;
  const auto space = bytes.find(' ');
  broken_ = std::min(space, bytes.size()) > most_digits;
  if (broken_ || space == bytes.npos) return false;
  const auto length = base::parse_integer(bytes.substr(0, space));
  broken_ = !length || *length < 1 || *length > static_cast<std::int64_t>(longest_syslog);
  if (broken_ || bytes.size() - space - 1 < static_cast<std::size_t>(*length)) return false;
  message = bytes.substr(space + 1, static_cast<std::size_t>(*length));
  bytes.remove_prefix(space + 1 + message.size());
  return true;
}

}  // namespace censo::collector::listen
