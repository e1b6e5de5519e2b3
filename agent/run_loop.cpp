#include "agent/run_loop.h"

#include <algorithm>

namespace censo::agent {
namespace {

using std::chrono::milliseconds;
using Next = RunSteps::Sending::Next;

constexpr milliseconds first_backoff = std::chrono::seconds(5);
constexpr milliseconds longest_backoff = std::chrono::hours(1);
constexpr unsigned most_doublings = 10;  // 5 s * 2^10 is beyond an hour

milliseconds part(milliseconds whole, double share) {
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(whole.count()) * share));
}

class Schedule {
 public:
  Schedule(const RunSteps& steps, const RunTimes& times)
      : steps_(steps), times_(times), interval_(times.interval), next_renewal_(steps.now()) {
    next_report_ = steps.now() + part(times.start_splay, steps.random());
    last_look_ = steps.now() - times.between;
    next_sending_ = next_report_;  // the spool may hold reports of the last run
  }

  // One turn; the time until the next.
  milliseconds turn() {
    if (steps_.now() >= next_renewal_) next_renewal_ = steps_.now() + steps_.renew_if_due();
    if (steps_.now() >= std::min(next_report_, next_look_.value_or(milliseconds::max()))) take_report();
    if (next_sending_ && steps_.now() >= *next_sending_) send();
    const auto never = milliseconds::max();
    const auto next =
        std::min({next_report_, next_renewal_, next_look_.value_or(never), next_sending_.value_or(never)});
    return std::max(next - steps_.now(), milliseconds(0));
  }

  // A change while a look is due already is part of that look.
  bool wants_to_know_of_changes() const { return !next_look_; }

  void changed() {
    const auto settled = steps_.now() + times_.settle + part(times_.spread, steps_.random());
    next_look_ = std::max(settled, last_look_ + times_.between);
  }

  void asked() {
    next_report_ = steps_.now();
    next_renewal_ = steps_.now();  // the time of day may have been set
  }

 private:
  void take_report() {
    const bool regular = steps_.now() >= next_report_;
    steps_.take_report(regular ? Look::regular : Look::after_change);
    last_look_ = steps_.now();
    next_look_.reset();
    if (regular) plan_next_report();
    if (!next_sending_) next_sending_ = last_look_;
  }

  void plan_next_report() {
    interval_ = times_.interval;
    next_report_ = steps_.now() + part(interval_, 0.9 + 0.2 * steps_.random());
  }

  void send() {
    auto sending = steps_.send_oldest();
    for (; sending.next == Next::more; sending = steps_.send_oldest()) failures_ = 0;
    if (times_.interval != interval_) plan_next_report();
    if (sending.next == Next::nothing_waits) {
      next_sending_.reset();
      return;
    }
    // A second time in a row is not put right by yet another report at once.
    if (sending.next == Next::report_again && failures_ == 0) next_report_ = steps_.now();
    back_off(sending.retry_after.value_or(std::chrono::seconds(0)));
  }

  void back_off(milliseconds asked) {
    const auto most =
        std::min<milliseconds>(longest_backoff, first_backoff * (1LL << std::min(failures_, most_doublings)));
    ++failures_;
    next_sending_ = steps_.now() + std::max(part(most, steps_.random()), asked);
  }

  const RunSteps& steps_;
  const RunTimes& times_;
  milliseconds next_report_{};
  milliseconds interval_;  // that next_report_ was planned with
  milliseconds last_look_{};
  std::optional<milliseconds> next_look_;  // because of a change
  milliseconds next_renewal_;
  std::optional<milliseconds> next_sending_;  // none: nothing waits
  unsigned failures_ = 0;                     // since the collector last settled a report
};

}  // namespace

void run_loop(const RunSteps& steps, const RunTimes& times) {
  Schedule schedule(steps, times);
  for (;;) {
    const auto time = schedule.turn();
    switch (steps.wait(time, schedule.wants_to_know_of_changes())) {
      case RunSteps::Woken::stop: return;
      case RunSteps::Woken::changed: schedule.changed(); break;
      case RunSteps::Woken::asked: schedule.asked(); break;
      case RunSteps::Woken::time_passed: break;
    }
  }
}

}  // namespace censo::agent
