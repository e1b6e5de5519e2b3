// Which of the kernel's unasked messages are news for an inventory: most of them repeat what was known.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace censo::agent {

class NetworkNews {
 public:
  // One datagram of rtnetlink's groups for links and addresses. True: a link or an address came, went or
  // changed. An address's remaining life and a link's counters are no change. What was never seen is news
  // once.
  bool is_news(std::span<const std::uint8_t> datagram);

 private:
  bool takes_message(std::uint16_t type, std::span<const std::uint8_t> payload);
  bool differs(std::string key, std::string value);

  std::map<std::string, std::string> known_;
};

// One datagram of the kernel's uevents. True: a disk, a partition or a device of a bus came, went or changed.
bool is_device_news(std::string_view uevent);

}  // namespace censo::agent
