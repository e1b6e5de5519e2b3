// When the agent does what: the only clockwork of `censo-agent run`.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

namespace censo::agent {

enum class Look { regular, after_change };

// Steps and surroundings of the loop, so that a test can run days in a moment.
struct RunSteps {
  // Takes a report and spools it; after a change only when it says something new.
  std::function<void(Look)> take_report;

  struct Sending {
    enum class Next {
      nothing_waits,
      more,          // settled, there may be another
      report_again,  // our numbers were behind and are right now: take a report at once
      later,
    };
    Next next = Next::nothing_waits;
    std::optional<std::chrono::seconds> retry_after;  // what the collector asked for, with `later`
  };
  std::function<Sending()> send_oldest;
  // Renews the certificate if it is time to; nothing is due before this long from now.
  std::function<std::chrono::milliseconds()> renew_if_due;

  std::function<std::chrono::milliseconds()> now;  // of a clock that never jumps
  enum class Woken { time_passed, changed, asked, stop };
  // `asked`: somebody on this machine wants a report now. At most this long; with `watching`, until something
  // on this machine changes.
  std::function<Woken(std::chrono::milliseconds, bool watching)> wait;
  std::function<double()> random;  // uniform in [0, 1)
};

struct RunTimes {
  std::chrono::milliseconds interval{std::chrono::hours(1)};  // +-10 %; may change with an answer
  std::chrono::milliseconds start_splay{std::chrono::minutes(1)};
  // From the first change to the look at it: what changes meanwhile is in it, and a fleet that changes at one
  // moment does not report at one moment. Together below a minute.
  std::chrono::milliseconds settle{std::chrono::seconds(8)};
  std::chrono::milliseconds spread{std::chrono::seconds(20)};   // a random part of it is added
  std::chrono::milliseconds between{std::chrono::seconds(45)};  // from one look to the next after a change
};

// Returns when `wait` says so. While the collector does not answer, tries come after a random part of
// min(1 h, 5 s * 2^n) (full jitter), never earlier than it asked for.
void run_loop(const RunSteps& steps, const RunTimes& times);

}  // namespace censo::agent
