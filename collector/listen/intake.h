// What has come in and is not yet in the database: events by who told them, and counts of all the rest.
#pragma once

#include "base/clock.h"
#include "desk/event.h"
#include "desk/event_source.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::collector::listen {

class Intake {
 public:
  explicit Intake(std::int64_t messages_a_minute) : messages_a_minute_(messages_a_minute) {}

  // Counts one message of this address; false: it is over the limit of this minute and not to be read.
  bool admit(std::string_view way, const std::string& address, base::TimeMs now);
  void take(std::string_view way, const std::string& address, desk::EventMessage message);
  void pass(std::string_view way, const std::string& address);  // no rule wants it
  void refuse(std::string_view way, const std::string& address, const std::string& reason);

  // By sender, "snmp:192.0.2.1".
  std::map<std::string, std::vector<desk::EventMessage>> events;
  bool has_counts() const { return !counts_.empty(); }
  std::vector<desk::EventSource> counts() const;
  void clear();  // once they are in the database

  static constexpr std::size_t most_addresses = 2'000;  // within a minute; what is more is over the limit

 private:
  using Key = std::pair<std::string, std::string>;
  desk::EventSource& count(std::string_view way, const std::string& address);

  const std::int64_t messages_a_minute_;
  std::map<Key, desk::EventSource> counts_;
  std::map<Key, std::int64_t> minute_;
  base::TimeMs minute_at_ = 0, now_ = 0;
};

}  // namespace censo::collector::listen
