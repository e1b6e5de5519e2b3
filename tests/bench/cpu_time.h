// CPU time, so that other work on the machine does not count.
#pragma once

#include <sys/resource.h>
#include <time.h>

#include <functional>

namespace censo::bench {

inline double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}
// To the nanosecond, where getrusage counts in ticks of some milliseconds.
inline double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}
inline double process_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

inline double cpu_seconds_of(const std::function<void()>& work) {
  const double before = thread_cpu_seconds();
  work();
  return thread_cpu_seconds() - before;
}

}  // namespace censo::bench
