// The small things of the agent that outlive it, in its private state folder (default /var/lib/censo-agent).
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace censo::agent {

// When root works in a state folder of another user, it becomes that user first, for good: what it writes
// must stay readable to the service. It keeps CAP_DAC_READ_SEARCH, as the service has it. Nothing happens for
// others, and where the folder is missing. Before any thread starts.
base::Result<void> become_owner_of(const std::string& state_folder);

// One process at a time works in a state folder. Held until destroyed, also over a crash (flock).
class StateLock {
 public:
  // Makes the folder where it is missing. Errc::conflict when another process holds it.
  static base::Result<StateLock> take(const std::string& state_folder);
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&&) = delete;
  ~StateLock();

 private:
  explicit StateLock(int file) : file_(file) {}
  int file_;
};

// The next report's number, on disk before it is returned, so that no number is used twice. A counter that
// cannot be read goes on from the time of day.
base::Result<std::uint64_t> next_sequence(const std::string& state_folder, const base::Clock& clock);
// After the collector said that our numbers are behind: the next one is at least the seconds since 1970,
// which no counter of a report a second ever reaches.
base::Result<void> advance_sequence(const std::string& state_folder, const base::Clock& clock);

// The last report that the collector took, for `censo-agent status`.
struct LastReport {
  std::uint64_t sequence = 0;
  std::string outcome;
  std::string ci;
  base::TimeMs at = 0;
};
base::Result<void> save_last_report(const std::string& state_folder, const LastReport& report);
std::optional<LastReport> load_last_report(const std::string& state_folder);

}  // namespace censo::agent
