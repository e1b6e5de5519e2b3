// Reports on disk that the collector has not acknowledged: a private folder with one file a report
// (docs/decisions/0032-spool.md). Whatever else is found in there goes to a quarantine folder beside it,
// once.
#pragma once

#include "base/result.h"
#include "inventory/report.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct SpoolLimits {
  std::uint64_t max_bytes = 64ULL * 1024 * 1024;
  std::size_t max_reports = 100;
};

struct SpooledReport {
  std::uint64_t sequence = 0;
  std::string digest;  // of the content, 64 hex digits; the collector's receipt repeats it
  std::string body;    // the compressed report, as it is sent
};

// A file's content and back. A changed bit anywhere is Errc::malformed.
std::string to_spool_file(const SpooledReport& report);
base::Result<SpooledReport> parse_spool_file(std::string_view content);

// One process at a time uses a spool; the state folder's lock sees to that. Not thread-safe.
class Spool {
 public:
  // Makes `state_folder`/spool and /quarantine where they are missing.
  static base::Result<Spool> open(const std::string& state_folder, const SpoolLimits& limits);

  // Drops the oldest reports until one more of the largest size fits, and counts them.
  void make_room();
  // Written and synced, or an error; make_room() comes first.
  base::Result<void> store(const SpooledReport& report);

  // Errc::not_found when nothing waits. Never the same bad file twice.
  base::Result<SpooledReport> oldest();
  // A report that the collector has, or will never need. A file that cannot be removed is left out from now
  // on.
  void remove(std::uint64_t sequence);
  void quarantine(std::uint64_t sequence, std::string_view reason);
  // All waiting reports, and the count of lost ones: for a new enrolment.
  void clear();

  struct State {
    std::size_t waiting = 0;
    std::uint64_t waiting_bytes = 0;
    std::uint64_t lost = 0;                // reports that never reached the collector, since forget_lost()
    std::vector<std::string> quarantined;  // "<file>.<reason>", sorted
    std::vector<std::string> stuck;        // files that could not be moved or removed
  };
  State state() const;
  // What the next report should tell people about this spool.
  std::vector<inventory::Problem> problems() const;
  // The collector has been told.
  void forget_lost();

 private:
  struct File {
    std::string name;
    std::uint64_t sequence = 0;
    std::uint64_t bytes = 0;
  };
  Spool(std::string state_folder, SpoolLimits limits);
  std::string path(std::string_view name) const;
  std::vector<File> files();
  base::Result<SpooledReport> read(const File& file) const;
  void discard(const std::string& name);
  void move_to_quarantine(const std::string& name, std::string_view reason);
  void count_lost(std::uint64_t more);

  std::string state_folder_;
  SpoolLimits limits_;
  std::set<std::string, std::less<>> stuck_;
};

}  // namespace censo::agent
