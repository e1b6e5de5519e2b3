#include "collector/jobs/round_thread.h"

#include "base/log.h"

#include <exception>
#include <utility>

namespace censo::collector::jobs {

RoundThread::RoundThread(std::string name, RoundPauses pauses, Round round)
    : name_(std::move(name)), pauses_(pauses), round_(std::move(round)) {}

void RoundThread::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

void RoundThread::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void RoundThread::loop(const std::stop_token& stop) {
  pause(stop, pauses_.first_after);
  while (!stop.stop_requested()) {
    run_round(stop);
    pause(stop, pauses_.every);
  }
}

void RoundThread::run_round(const std::stop_token& stop) const {
  try {
    round_(stop);
  } catch (const std::exception& failure) {
    base::log(base::LogLevel::error, name_ + ".failed", failure.what());
  }
}

void RoundThread::pause(const std::stop_token& stop, std::chrono::milliseconds length) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, stop, length, [] { return false; });
}

}  // namespace censo::collector::jobs
