// A thread of its own that does the same work again and again, with a pause between: rounds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace censo::collector::jobs {

struct RoundPauses {
  std::chrono::milliseconds first_after, every;  // before the first round; from the end of one to the next
};

// Owns the thread. start() and stop() are called by one thread.
class RoundThread {
 public:
  // Once asked to, `round` returns soon. An exception of it ends that round alone and is logged as
  // `name`.failed.
  using Round = std::function<void(const std::stop_token& stop)>;
  // Nothing runs before start().
  RoundThread(std::string name, RoundPauses pauses, Round round);

  void start();
  void stop();  // waits for the round at work; so does the end of this object

 private:
  void loop(const std::stop_token& stop);
  void run_round(const std::stop_token& stop) const;
  void pause(const std::stop_token& stop, std::chrono::milliseconds length);

  const std::string name_;
  const RoundPauses pauses_;
  const Round round_;
  // For the pause alone: it guards nothing (docs/decisions/0120-housekeeping.md).
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace censo::collector::jobs
