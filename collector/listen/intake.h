// What has come in and is not yet in the database: events by who told them, and counts of all the rest.
#pragma once

#include "base/clock.h"
#include "collector/listen/sockets.h"
#include "desk/event.h"
#include "desk/event_source.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::collector::listen {

// What a sender waits for until its trap is written.
struct Reply {
  Datagram to;
  std::vector<std::string> bytes;
};

struct Batch {
  std::map<std::string, std::vector<desk::EventMessage>> events;  // by sender, "snmp:192.0.2.1"
  std::vector<desk::EventSource> counts;
  std::vector<Reply> replies;
  std::int64_t messages() const;  // that are counted in it
};

class Intake {
 public:
  explicit Intake(std::int64_t messages_a_minute) : messages_a_minute_(messages_a_minute) {}

  // Counts one message of this address; false: it is over the limit of this minute and not to be read.
  bool admit(std::string_view way, const std::string& address, base::TimeMs now);
  void take(std::string_view way, const std::string& address, desk::EventMessage message);
  void pass(std::string_view way, const std::string& address);  // no rule wants it
  void refuse(std::string_view way, const std::string& address, const std::string& reason);

  void answer_later(Reply reply);  // with the batch
  bool has_events() const { return !batch_.events.empty() || !batch_.replies.empty(); }
  bool has_counts() const { return !counts_.empty(); }
  // More is not to be read before some of it is handed over.
  bool is_full() const { return bytes_ >= most_bytes; }
  Batch hand_over();  // all of it; nothing is left

  static constexpr std::size_t most_bytes = 16 * 1024 * 1024;
  static constexpr std::size_t most_addresses = 2'000;  // within a minute; what is more is over the limit

 private:
  using Key = std::pair<std::string, std::string>;
  desk::EventSource& count(std::string_view way, const std::string& address);

  const std::int64_t messages_a_minute_;
  Batch batch_;  // without counts
  std::size_t bytes_ = 0;
  std::map<Key, desk::EventSource> counts_;
  std::map<Key, std::int64_t> minute_;
  base::TimeMs minute_at_ = 0, now_ = 0;
};

}  // namespace censo::collector::listen
