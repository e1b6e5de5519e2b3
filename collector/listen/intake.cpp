#include "collector/listen/intake.h"

#include <utility>

namespace censo::collector::listen {
namespace {

constexpr base::TimeMs minute_ms = 60'000;

// What it takes in memory, about.
std::size_t bytes_of(const desk::EventMessage& message) {
  std::size_t bytes = sizeof message + message.source.size() + message.condition.size() +
                      message.item.size() + message.severity.size() + message.summary.size() +
                      message.details.size() + message.key.size();
  for (const auto& name : message.names) bytes += sizeof name + name.size();
  return bytes;
}

}  // namespace

std::int64_t Batch::messages() const {
  std::int64_t sum = 0;
  for (const auto& one : counts) sum += one.messages;
  return sum;
}

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
  bytes_ += bytes_of(message);
  batch_.events[std::string(way) + ":" + address].push_back(std::move(message));
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

void Intake::answer_later(Reply reply) {
  bytes_ += sizeof reply + reply.to.bytes.size();
  for (const auto& bytes : reply.bytes) bytes_ += bytes.size();
  batch_.replies.push_back(std::move(reply));
}

Batch Intake::hand_over() {
  for (const auto& [key, one] : counts_) batch_.counts.push_back(one);
  counts_.clear();
  bytes_ = 0;
  return std::exchange(batch_, {});
}

}  // namespace censo::collector::listen
