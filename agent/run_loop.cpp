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
      : steps_(steps), times_(times), next_renewal_(steps.now()) {
    next_report_ = steps.now() + part(times.start_splay, steps.random());
    next_sending_ = next_report_;  // the spool may hold reports of the last run
  }

  // One turn; the time until the next.
  milliseconds turn() {
    if (steps_.now() >= next_renewal_) next_renewal_ = steps_.now() + steps_.renew_if_due();
    if (steps_.now() >= next_report_) take_report();
    if (next_sending_ && steps_.now() >= *next_sending_) send();
    const auto next = std::min({next_report_, next_renewal_, next_sending_.value_or(milliseconds::max())});
    return std::max(next - steps_.now(), milliseconds(0));
  }

 private:
  void take_report() {
    steps_.take_report();
    next_report_ = steps_.now() + part(times_.interval, 0.9 + 0.2 * steps_.random());
    if (!next_sending_) next_sending_ = steps_.now();
  }

  void send() {
    auto sending = steps_.send_oldest();
    for (; sending.next == Next::more; sending = steps_.send_oldest()) failures_ = 0;
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
  milliseconds next_renewal_;
  std::optional<milliseconds> next_sending_;  // none: nothing waits
  unsigned failures_ = 0;                     // since the collector last settled a report
};

}  // namespace

void run_loop(const RunSteps& steps, const RunTimes& times) {
  Schedule schedule(steps, times);
  while (steps.wait(schedule.turn())) {
  }
}

}  // namespace censo::agent
