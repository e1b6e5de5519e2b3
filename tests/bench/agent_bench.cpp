// A full inventory of this host against a program that only reads the same sources; agent_numbers_bench.sh
// has the goals.
#include "agent/collect_report.h"
#include "agent/conveyance.h"
#include "inventory/report_codec.h"

#include <benchmark/benchmark.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace censo {
namespace {

struct Part {
  std::string path;
  std::uint64_t offset = 0;
  std::size_t bytes = 0;
};

class RememberingFile final : public agent::OpenFile {
 public:
  RememberingFile(std::unique_ptr<agent::OpenFile> file, std::string path, std::vector<Part>& parts)
      : file_(std::move(file)), path_(std::move(path)), parts_(parts) {}
  std::uint64_t size() const override { return file_->size(); }
  base::Result<std::string> read_at(std::uint64_t offset, std::size_t bytes) const override {
    parts_.push_back({path_, offset, bytes});
    return file_->read_at(offset, bytes);
  }

 private:
  std::unique_ptr<agent::OpenFile> file_;
  std::string path_;
  std::vector<Part>& parts_;
};

// Passes every call on and remembers what was asked.
class RememberingHost final : public agent::Host {
 public:
  explicit RememberingHost(const agent::Host& host) : host_(host) {}
  base::Result<std::string> read_file(std::string_view path, std::size_t max_bytes) const override {
    files.emplace_back(path);
    return host_.read_file(path, max_bytes);
  }
  base::Result<std::unique_ptr<agent::OpenFile>> open_file(std::string_view path) const override {
    auto file = host_.open_file(path);
    if (!file) return file.error();
    return std::unique_ptr<agent::OpenFile>(
        std::make_unique<RememberingFile>(std::move(*file), std::string(path), parts));
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
  base::Result<agent::FileSystemSpace> space(std::string_view path) const override {
    return host_.space(path);
  }
  base::Result<base::Bytes> netlink_dump(int protocol, std::span<const std::uint8_t> request,
                                         std::string_view name) const override {
    return host_.netlink_dump(protocol, request, name);
  }
  base::TimeMs now() const override { return host_.now(); }

  mutable std::vector<std::string> files, folders, links, statuses;
  mutable std::vector<Part> parts;  // of files that were not read whole

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
  while (read(file, buffer, sizeof buffer) > 0) {
  }
  close(file);
}

void read_part(const Part& part) {
  static std::vector<char> buffer;
  buffer.resize(std::max(buffer.size(), part.bytes));
  const int file = open(part.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return;
  benchmark::DoNotOptimize(pread(file, buffer.data(), part.bytes, static_cast<off_t>(part.offset)));
  close(file);
}

void read_bare(const RememberingHost& asked) {
  char target[4096];
  struct stat status {};
  for (const auto& path : asked.files) read_whole(path);
  for (const auto& part : asked.parts) read_part(part);
  for (const auto& path : asked.folders) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(path, error))
      benchmark::DoNotOptimize(&entry);
  }
  for (const auto& path : asked.links)
    benchmark::DoNotOptimize(readlink(path.c_str(), target, sizeof target));
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

// For agent_numbers_bench.sh: turn by turn, so that a busy machine troubles both alike.
void print_figures(int runs) {
  const auto host = agent::real_host(clock_of_day);
  const RememberingHost asked(*host);
  const auto report = agent::collect_report(asked, agent::all_sources(), {});
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
  std::printf("ratio: built for speed and in one process %.1f, bare %.1f: %.2f times\n", ms(full), ms(bare),
              static_cast<double>(full) / static_cast<double>(bare));
  std::printf("report: %zu bytes\n", inventory::compress(inventory::to_json(report)).size());
  std::printf("offer: %zu bytes\n", agent::offer_of(report, inventory::content_digest(report)).size());
}

}  // namespace
}  // namespace censo

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--figures") {
    censo::print_figures(20);
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
