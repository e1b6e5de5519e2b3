#include "collector/scanner/sweep/pace.h"

#include <algorithm>

namespace censo::scanner {
namespace {

constexpr auto longest_burst = std::chrono::milliseconds(5);

std::chrono::nanoseconds interval_of(std::uint32_t rate) {
  return std::chrono::nanoseconds(rate == 0 ? 0 : 1'000'000'000 / rate);
}

}  // namespace

Pace::Pace(std::uint32_t rate, std::uint32_t subnet_rate, std::size_t subnets, Time now)
    : interval_(interval_of(rate)),
      subnet_interval_(interval_of(subnet_rate)),
      next_(now),
      subnet_next_(subnet_rate == 0 ? 0 : subnets, now) {}

Pace::Time Pace::ready_at(std::uint32_t subnet, Time now) {
  next_ = std::max(next_, now - longest_burst);
  return subnet_next_.empty() ? next_ : std::max(next_, subnet_next_[subnet]);
}

void Pace::spend(std::uint32_t subnet, Time now) {
  next_ += interval_;
  if (!subnet_next_.empty()) subnet_next_[subnet] = std::max(subnet_next_[subnet], now) + subnet_interval_;
}

}  // namespace censo::scanner
