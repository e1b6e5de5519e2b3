#include "agent/renewal.h"

#include "base/log.h"

#include <algorithm>

namespace censo::agent {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds soon = std::chrono::hours(1);
constexpr milliseconds first_pause = std::chrono::seconds(1);
constexpr milliseconds longest_pause = std::chrono::minutes(4);

}  // namespace

milliseconds Renewal::renew_if_due() {
  const milliseconds left(steps_.due() - clock_.now());
  if (left > milliseconds(0)) return std::min(left, soon);  // the time of day may be set meanwhile
  const auto renewed = steps_.renew();
  if (renewed) {
    pause_ = milliseconds(0);
    base::log(base::LogLevel::info, "certificate.renewed", "a new key and certificate are in use");
    return soon;
  }
  const bool waits = renewed.error().reason == "PASSED_ON" && pause_ * 2 <= longest_pause;
  pause_ = waits ? std::max(first_pause, pause_ * 2) : milliseconds(0);
  if (waits) return pause_;
  base::log(base::LogLevel::error, "certificate.not_renewed", base::to_string(renewed.error()));
  return soon;
}

}  // namespace censo::agent
