#include "collector/jobs/round_thread.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <utility>

namespace censo::collector::jobs {
namespace {

using namespace std::chrono_literals;

TEST(RoundThread, RunsRoundAfterRound) {
  int rounds = 0;
  std::promise<void> third;
  RoundThread thread("test", {0ms, 1ms}, [&](const std::stop_token&) {
    if (++rounds == 3) third.set_value();
  });
  thread.start();
  third.get_future().wait();
  thread.stop();
  EXPECT_GE(rounds, 3);
}

TEST(RoundThread, NothingRunsBeforeTheStart) {
  bool ran = false;
  {
    RoundThread thread("test", {0ms, 1ms}, [&](const std::stop_token&) { ran = true; });
  }
  EXPECT_FALSE(ran);
}

TEST(RoundThread, AStopEndsTheFirstPause) {
  bool ran = false;
  RoundThread thread("test", {1h, 1h}, [&](const std::stop_token&) { ran = true; });
  thread.start();
  thread.stop();
  EXPECT_FALSE(ran);
}

TEST(RoundThread, AStopIsSeenByTheRoundAtWork) {
  std::promise<void> at_work;
  bool saw_it = false;
  RoundThread thread("test", {0ms, 1h}, [&](const std::stop_token& stop) {
    std::promise<void> stopped;
    const std::stop_callback told(stop, [&] { stopped.set_value(); });
    at_work.set_value();
    stopped.get_future().wait();
    saw_it = true;
  });
  thread.start();
  at_work.get_future().wait();
  thread.stop();
  EXPECT_TRUE(saw_it);
}

TEST(RoundThread, AnExceptionEndsItsRoundAlone) {
  bool threw = false;
  std::promise<void> ran_again;
  RoundThread thread("test", {0ms, 1ms}, [&](const std::stop_token& stop) {
    if (!std::exchange(threw, true)) throw std::runtime_error("no ground");
    ran_again.set_value();
    std::promise<void> stopped;
    const std::stop_callback told(stop, [&] { stopped.set_value(); });
    stopped.get_future().wait();
  });
  thread.start();
  ran_again.get_future().wait();
  thread.stop();
  EXPECT_TRUE(threw);
}

TEST(RoundThread, ItsEndStopsIt) {
  std::promise<void> ran;
  {
    RoundThread thread("test", {0ms, 1h}, [&](const std::stop_token&) { ran.set_value(); });
    thread.start();
    ran.get_future().wait();
  }
  SUCCEED();
}

}  // namespace
}  // namespace censo::collector::jobs
