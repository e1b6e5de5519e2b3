// What a program costs that does one thing and ends: `program_cost RUNS PROGRAM ARGUMENT...` prints on one
// line the mean CPU time in ms, the highest peak memory of one of its processes in KiB, and how many programs
// it started. What the program prints is dropped.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

struct Cost {
  double cpu_ms = 0;
  long peak_kib = 0;
};

[[noreturn]] void become(char** command, bool traced) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int stream = 0; stream <= 2; ++stream) ::dup2(nowhere, stream);
  if (traced) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
  }
  ::execvp(command[0], command);
  ::_exit(127);
}

double ms(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// Of the program and of all that it started and waited for.
Cost cost_of(char** command) {
  const pid_t child = ::fork();
  if (child == 0) become(command, false);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  if (status != 0) {
    std::fprintf(stderr, "%s ended with status %d\n", command[0], status);
    std::exit(1);
  }
  return {ms(usage.ru_utime) + ms(usage.ru_stime), usage.ru_maxrss};
}

// Its own beginning is not counted.
int programs_started(char** command) {
  const pid_t child = ::fork();
  if (child == 0) become(command, true);
  int status = 0, begun = 0;
  ::waitpid(child, &status, 0);
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr,
           PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
               PTRACE_O_EXITKILL);
  ::ptrace(PTRACE_CONT, child, nullptr, nullptr);
  for (pid_t stopped; (stopped = ::waitpid(-1, &status, __WALL)) > 0;) {
    if (!WIFSTOPPED(status)) continue;
    if (status >> 16 == PTRACE_EVENT_EXEC) ++begun;
    const int signal = WSTOPSIG(status);
    const bool own = signal == SIGTRAP || signal == SIGSTOP;  // tracing's, not the program's
    ::ptrace(PTRACE_CONT, stopped, nullptr, own ? 0L : static_cast<long>(signal));
  }
  return std::max(begun - 1, 0);
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 2 ? std::atoi(argv[1]) : 0;
  if (runs < 1) return 2;
  Cost all;
  for (int i = 0; i < runs; ++i) {
    const Cost one = cost_of(argv + 2);
    all.cpu_ms += one.cpu_ms;
    all.peak_kib = std::max(all.peak_kib, one.peak_kib);
  }
  std::printf("%.1f %ld %d\n", all.cpu_ms / runs, all.peak_kib, programs_started(argv + 2));
}
