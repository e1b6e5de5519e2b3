// Counters of the collector, shown as Prometheus text. Safe to call from any thread once watch() has
// returned.
#pragma once

#include "collector/route.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace censo::collector {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // The routes to count by. Call once, before any thread.
  void watch(const Routes& routes);
  // Requests that match no route count under the pattern "none".
  void count_request(std::string_view method, std::string_view pattern, int status, double seconds);
  enum class Listener { api, agents };
  void count_handshake(Listener listener, bool resumed);
  void count_report(std::string_view outcome);  // "created", ..., or "refused" for any other word
  // The families that it counts itself, in the text format 0.0.4.
  std::string text() const;

 private:
  struct Row;
  Row& row_of(std::string_view method, std::string_view pattern);

  static constexpr std::array<std::string_view, 5> outcomes{"created", "updated", "unchanged", "duplicate",
                                                            "refused"};
  std::unique_ptr<Row[]> rows_;
  std::size_t count_ = 0;
  std::array<std::atomic<std::uint64_t>, outcomes.size()> reports_{};
  std::array<std::atomic<std::uint64_t>, 4>
      handshakes_{};  // api full, api resumed, agents full, agents resumed
};

// One family with one value: "# TYPE", and the value.
std::string metric(std::string_view name, std::string_view type, std::string_view help, double value);
// Of this process: resident memory, open files.
std::string process_metrics();

}  // namespace censo::collector
