// A full inventory of this host against a program that only reads the same sources; and the agent's peak memory as a process.
// The goals: CPU at most twice the bare reading, peak memory at most 10 MiB. They are printed beside the figures.
#include "agent/collect_report.h"
#include "inventory/report_codec.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace censo {
namespace {

// Passes every call on and remembers what was asked.
class RememberingHost final : public agent::Host {
 public:
  explicit RememberingHost(const agent::Host& host) : host_(host) {}
  base::Result<std::string> read_file(std::string_view path, std::size_t max_bytes) const override {
    files.emplace_back(path);
    return host_.read_file(path, max_bytes);
  }
  base::Result<std::vector<std::string>> list_folder(std::string_view path) const override {
    folders.emplace_back(path);
    return host_.list_folder(path);
  }
  base::Result<std::string> read_link(std::string_view path) const override {
    links.emplace_back(path);
    return host_.read_link(path);
  }
  base::Result<agent::FileStatus> status(std::string_view path) const override {
    statuses.emplace_back(path);
    return host_.status(path);
  }
  std::string local_path(std::string_view path) const override {
    files.emplace_back(path);
    return host_.local_path(path);
  }
  base::Result<agent::FileSystemSpace> space(std::string_view path) const override { return host_.space(path); }
  base::Result<base::Bytes> netlink_dump(int protocol, std::span<const std::uint8_t> request,
                                         std::string_view name) const override {
    return host_.netlink_dump(protocol, request, name);
  }
  base::TimeMs now() const override { return host_.now(); }

  mutable std::vector<std::string> files, folders, links, statuses;

 private:
  const agent::Host& host_;
};

const base::SystemClock clock_of_day;

void full_inventory(benchmark::State& state) {
  const auto host = agent::real_host(clock_of_day);
  std::size_t bytes = 0, items = 0;
  for (auto _ : state) {
    const auto report = agent::collect_report(*host, agent::all_sources(), {});
    items = 0;
    for (const auto& section : report.sections) items += section.items.size();
    bytes = inventory::to_json(report).size();
  }
  state.counters["items"] = static_cast<double>(items);
  state.counters["json_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(full_inventory)->Unit(benchmark::kMillisecond);

void read_whole(const std::string& path) {
  static char buffer[256 * 1024];
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return;
  while (read(file, buffer, sizeof buffer) > 0) {}
  close(file);
}

void read_bare(const RememberingHost& asked) {
  char target[4096];
  struct stat status{};
  for (const auto& path : asked.files) read_whole(path);
  for (const auto& path : asked.folders) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) benchmark::DoNotOptimize(&entry);
  }
  for (const auto& path : asked.links) benchmark::DoNotOptimize(readlink(path.c_str(), target, sizeof target));
  for (const auto& path : asked.statuses) benchmark::DoNotOptimize(lstat(path.c_str(), &status));
}

void read_same_sources(benchmark::State& state) {
  const auto host = agent::real_host(clock_of_day);
  const RememberingHost remembering(*host);
  benchmark::DoNotOptimize(agent::collect_report(remembering, agent::all_sources(), {}));
  for (auto _ : state) read_bare(remembering);
  state.counters["files"] = static_cast<double>(remembering.files.size());
  state.counters["folders"] = static_cast<double>(remembering.folders.size());
}
BENCHMARK(read_same_sources)->Unit(benchmark::kMillisecond);

// Turn by turn, so that a busy machine troubles both alike.
void print_ratio(int runs) {
  const auto host = agent::real_host(clock_of_day);
  const RememberingHost asked(*host);
  benchmark::DoNotOptimize(agent::collect_report(asked, agent::all_sources(), {}));
  std::clock_t full = 0, bare = 0;
  for (int i = 0; i < runs; ++i) {
    const auto begin = std::clock();
    benchmark::DoNotOptimize(inventory::to_json(agent::collect_report(*host, agent::all_sources(), {})));
    const auto middle = std::clock();
    read_bare(asked);
    full += middle - begin;
    bare += std::clock() - middle;
  }
  const auto ms = [&](std::clock_t time) { return static_cast<double>(time) * 1e3 / CLOCKS_PER_SEC / runs; };
  std::printf("full inventory %.1f ms CPU, bare reading of the same %.1f ms: %.2f times (goal 2)\n", ms(full), ms(bare),
              static_cast<double>(full) / static_cast<double>(bare));
}

// `censo-agent inventory -o json` as a process of its own, `runs` times.
void print_process_cost(const std::string& program, int runs) {
  double cpu_ms = 0;
  long peak_kib = 0;
  for (int i = 0; i < runs; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
      dup2(nowhere, STDOUT_FILENO);
      execl(program.c_str(), "censo-agent", "inventory", "-o", "json", static_cast<char*>(nullptr));
      _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    if (status != 0) {
      std::printf("%s ended with status %d\n", program.c_str(), status);
      return;
    }
    const auto ms = [](const timeval& time) { return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3; };
    cpu_ms += ms(usage.ru_utime) + ms(usage.ru_stime);
    peak_kib = std::max(peak_kib, usage.ru_maxrss);
  }
  std::printf("censo-agent inventory as a process, mean of %d: %.1f ms CPU, peak %.1f MiB (goal 10 MiB)\n", runs,
              cpu_ms / runs, static_cast<double>(peak_kib) / 1024);
}

}  // namespace
}  // namespace censo

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  censo::print_ratio(20);
  const auto here = std::filesystem::canonical("/proc/self/exe").parent_path();
  censo::print_process_cost((here.parent_path() / "censo-agent").string(), 10);
}
