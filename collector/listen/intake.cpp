#include "collector/listen/intake.h"

namespace censo::collector::listen {
namespace {

constexpr base::TimeMs minute_ms = 60'000;

}  // namespace

desk::EventSource& Intake::count(std::string_view way, const std::string& address) {
  Key key(way, address);
  if (counts_.size() >= most_addresses && !counts_.contains(key)) key.second.clear();
  auto& one = counts_[key];
  one.way = key.first;
  one.address = key.second;
  one.last_at = now_;
  return one;
}

bool Intake::admit(std::string_view way, const std::string& address, base::TimeMs now) {
  now_ = now;
  if (now - minute_at_ >= minute_ms || now < minute_at_) {
    minute_.clear();
    minute_at_ = now;
  }
  auto& counted = count(way, address);
  ++counted.messages;
  const Key key(way, address);
  const auto known = minute_.find(key);
  const bool no_room = known == minute_.end() && minute_.size() >= most_addresses;
  if (!no_room && ++minute_[key] <= messages_a_minute_) return true;
  ++counted.over_limit;
  return false;
}

void Intake::take(std::string_view way, const std::string& address, desk::EventMessage message) {
  ++count(way, address).events;
  events[std::string(way) + ":" + address].push_back(std::move(message));
}

void Intake::pass(std::string_view way, const std::string& address) {
  ++count(way, address).passed;
}

void Intake::refuse(std::string_view way, const std::string& address, const std::string& reason) {
  auto& counted = count(way, address);
  ++counted.refused;
  counted.reason = reason.substr(0, 300);
  counted.refused_at = now_;
}

std::vector<desk::EventSource> Intake::counts() const {
  std::vector<desk::EventSource> all;
  for (const auto& [key, one] : counts_) all.push_back(one);
  return all;
}

void Intake::clear() {
  events.clear();
  counts_.clear();
}

}  // namespace censo::collector::listen
