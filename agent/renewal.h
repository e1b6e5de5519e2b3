// When the certificate is renewed, and what is done while a probe asks its collector for the new one.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <functional>
#include <utility>

namespace censo::agent {

class Renewal {
 public:
  struct Steps {
    std::function<base::TimeMs()> due;
    // A new key and certificate. The reason PASSED_ON: the same is to be asked again in a moment.
    std::function<base::Result<void>()> renew;
  };
  Renewal(Steps steps, const base::Clock& clock) : steps_(std::move(steps)), clock_(clock) {}

  // Renews if it is time to; the time until it is to be called again. While a probe asks, that is a second,
  // then twice as long each time, for four of the ten minutes that the probe keeps the question.
  std::chrono::milliseconds renew_if_due();
  bool waits_for_probe() const { return pause_ > std::chrono::milliseconds(0); }

 private:
  Steps steps_;
  const base::Clock& clock_;
  std::chrono::milliseconds pause_{0};  // the last one for a probe's sake
};

}  // namespace censo::agent
