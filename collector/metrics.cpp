#include "collector/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace censo::collector {
namespace {

constexpr std::array<int, 18> statuses{200, 201, 202, 204, 400, 401, 403, 404, 405,
                                       409, 410, 413, 415, 422, 429, 500, 503, 504};
constexpr std::array<double, 10> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 5, 30};

}  // namespace

struct Metrics::Row {
  std::string method, pattern;
  std::array<std::atomic<std::uint64_t>, statuses.size() + 1> by_status{};  // the last: any other
  std::array<std::atomic<std::uint64_t>, bounds.size() + 1> by_time{};      // the last: longer
  std::atomic<std::uint64_t> microseconds{0};
};

Metrics::Metrics() {
  watch({});
}
Metrics::~Metrics() = default;

void Metrics::watch(const Routes& routes) {
  count_ = routes.size() + 1;
  rows_ = std::make_unique<Row[]>(count_);
  rows_[0].method = rows_[0].pattern = "none";
  for (std::size_t i = 0; i < routes.size(); ++i) {
    rows_[i + 1].method = routes[i].method;
    rows_[i + 1].pattern = routes[i].pattern;
  }
}

Metrics::Row& Metrics::row_of(std::string_view method, std::string_view pattern) {
  for (std::size_t i = 1; i < count_; ++i) {
    if (rows_[i].pattern == pattern && rows_[i].method == method) return rows_[i];
  }
  return rows_[0];
}

void Metrics::count_request(std::string_view method, std::string_view pattern, int status, double seconds) {
  auto& row = row_of(method, pattern);
  const auto at_status = std::find(statuses.begin(), statuses.end(), status) - statuses.begin();
  const auto at_time = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
  ++row.by_status[static_cast<std::size_t>(at_status)];
  ++row.by_time[static_cast<std::size_t>(at_time)];
  row.microseconds += static_cast<std::uint64_t>(seconds * 1e6);
}

void Metrics::count_handshake(Listener listener, bool resumed) {
  ++handshakes_[(listener == Listener::agents ? 2U : 0U) + (resumed ? 1U : 0U)];
}

void Metrics::count_report(std::string_view outcome) {
  const auto at = std::min<std::size_t>(
      static_cast<std::size_t>(std::find(outcomes.begin(), outcomes.end(), outcome) - outcomes.begin()),
      outcomes.size() - 1);
  ++reports_[at];
}

std::string Metrics::text() const {
  std::string requests =
      "# HELP censo_http_requests_total Requests by route and status\n# TYPE censo_http_requests_total "
      "counter\n";
  std::string times =
      "# HELP censo_http_request_seconds Time from header to answer\n# TYPE censo_http_request_seconds "
      "histogram\n";
  for (std::size_t i = 0; i < count_; ++i) {
    const auto& row = rows_[i];
    if (row.microseconds == 0) continue;  // never asked for
    const auto labels = fmt::format(R"(method="{}",route="{}")", row.method, row.pattern);
    for (std::size_t s = 0; s <= statuses.size(); ++s) {
      if (row.by_status[s] == 0) continue;
      const auto status = s < statuses.size() ? std::to_string(statuses[s]) : "other";
      requests += fmt::format("censo_http_requests_total{{{},status=\"{}\"}} {}\n", labels, status,
                              row.by_status[s].load());
    }
    std::uint64_t total = 0;
    for (std::size_t b = 0; b < bounds.size(); ++b) {
      total += row.by_time[b];
      times +=
          fmt::format("censo_http_request_seconds_bucket{{{},le=\"{}\"}} {}\n", labels, bounds[b], total);
    }
    total += row.by_time[bounds.size()];
    times += fmt::format(
        "censo_http_request_seconds_bucket{{{0},le=\"+Inf\"}} {1}\ncenso_http_request_seconds_count{{{0}}} "
        "{1}\n",
        labels, total);
    times += fmt::format("censo_http_request_seconds_sum{{{}}} {:.6f}\n", labels,
                         static_cast<double>(row.microseconds) / 1e6);
  }
  std::string reports = "# HELP censo_reports_total Reports by outcome\n# TYPE censo_reports_total counter\n";
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    reports += fmt::format("censo_reports_total{{outcome=\"{}\"}} {}\n", outcomes[i], reports_[i].load());
  }
  std::string handshakes =
      "# HELP censo_tls_handshakes_total TLS handshakes by listener; resumed: with the session of an earlier "
      "one\n# TYPE censo_tls_handshakes_total counter\n";
  for (std::size_t i = 0; i < handshakes_.size(); ++i) {
    handshakes += fmt::format("censo_tls_handshakes_total{{listener=\"{}\",resumed=\"{}\"}} {}\n",
                              i < 2 ? "api" : "agents", i % 2 == 1 ? "true" : "false", handshakes_[i].load());
  }
  return requests + times + handshakes + reports;
}

std::string metric(std::string_view name, std::string_view type, std::string_view help, double value) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
}

std::string process_metrics() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0, resident = 0;
  statm >> pages >> resident;
  std::error_code ignored;
  const auto files = std::distance(std::filesystem::directory_iterator("/proc/self/fd", ignored), {});
  const auto page_size = static_cast<double>(sysconf(_SC_PAGESIZE));
  return metric("process_resident_memory_bytes", "gauge", "Resident memory",
                static_cast<double>(resident) * page_size) +
         metric("process_open_fds", "gauge", "Open file descriptors", static_cast<double>(files));
}

}  // namespace censo::collector
