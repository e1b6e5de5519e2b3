// Scan jobs, their runs and the devices of each run, and sealed credentials, in the database. All functions
// run inside a caller's transaction.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "collector/scanner/scan_job.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

using JobId = base::Id<struct ScanJobTag>;
using RunId = base::Id<struct ScanRunTag>;

inline constexpr std::uint32_t most_sweep_rate = 1'000'000;
inline constexpr std::size_t most_attempts = 24;  // are kept of a device, with texts of at most 300 bytes

struct StoredJob {
  JobId id;
  std::string name;  // unique among the jobs
  std::vector<std::string> ranges, exclusions,
      credentials;  // credentials by name, in the order they are tried
  std::uint16_t port = 161;
  std::string schedule;              // as parse_schedule takes it
  std::vector<std::string> windows;  // as parse_scan_windows takes them; none: at any time
  std::optional<bool> sweep;  // before all else, for those that answer; add_job decides when it is not said
  std::uint32_t sweep_rate = scanner::SweepSettings{}.rate;  // probes a second, at most `most_sweep_rate`
  std::uint32_t subnet_rate = scanner::SweepSettings{}.subnet_rate;
  bool probe_ports = false;    // TCP ports where SNMP reads nothing
  bool announcements = false;  // and what is announced there
  std::string probe;           // by which it is done (access/probes.h); empty: by a collector
  bool once = false;           // it goes when its run has ended; the run stays
  base::TimeMs created_at = 0, last_started_at = 0;
};

// By address, of the job's last run that ended as it should: which credential read it.
std::map<std::string, std::string> learnt_credentials(store::Transaction& tx, JobId job);

struct StoredRun {
  RunId id;
  JobId job;
  std::string job_name;
  std::string state;   // "queued", "running", "done", "failed", "cancelled"
  std::string detail;  // why it failed
  base::TimeMs queued_at = 0, started_at = 0, ended_at = 0;
  std::size_t total = 0, done = 0, answered = 0, created = 0, updated = 0;
  std::map<std::string, std::size_t> verdicts;  // by name_of(Verdict)
  std::map<std::string, std::size_t> sweep;     // by the names of SweepCounts; empty without a sweep
  std::string collector;                        // who does it: a collector, or as place_of_probe()
  bool stop_wanted = false;                     // of its probe
  bool forced = false;                          // outside of the job's windows too
};

struct StoredDevice {
  scanner::ScanTarget target;
  std::string verdict, detail, credential;
  cmdb::CiId ci;  // none when no report came of it
  std::string ci_class, ci_name;
  std::string outcome;  // of the ingest: "created", "updated", "unchanged"; "refused"; "known": others
                        // say more of who has the address than its ports do
  std::int64_t duration_ms = 0;
  std::int64_t sequence = 0;                    // in the order in which the run's devices were saved
  std::vector<scanner::Attempt> attempts = {};  // at most `most_attempts` are kept; lists leave them out
};

struct StoredCredential {
  std::string name, version, user;
  base::TimeMs updated_at = 0;
};

// Errc::malformed with the field in `where` (name, a range, the schedule, a rate, an unknown credential, more
// than three of them); Errc::conflict when the name is taken. More than 16 addresses are swept unless the job
// says no.
base::Result<StoredJob> add_job(store::Transaction& tx, StoredJob job, const base::Clock& clock);
// What the scanner is to do, but for the credentials.
scanner::ScanJob scan_of(const StoredJob& job);
base::Result<StoredJob> find_job(store::Transaction& tx, std::string_view id_or_name);
std::vector<StoredJob> all_jobs(store::Transaction& tx);
void remove_job(store::Transaction& tx, JobId id);  // its runs stay
// Of this job from its next run on. Errc::malformed with the window in `where`.
base::Result<StoredJob> set_windows(store::Transaction& tx, StoredJob job, std::vector<std::string> windows,
                                    const base::Clock& clock);

// A probe in the place of a collector; no collector is called so.
std::string place_of_probe(std::string_view name);
std::string probe_at(std::string_view place);  // its name; empty: it is a collector

enum class Outside { refused, waits, forced };  // what becomes of a run outside of the job's windows
// For the collector that will do it, or the job's probe. Errc::conflict when the job is already queued or
// running, or outside of its windows. For a probe that is revoked it has failed at once.
base::Result<StoredRun> queue_run(store::Transaction& tx, const StoredJob& job, const base::Clock& clock,
                                  std::string_view collector, Outside outside = Outside::refused);
base::Result<StoredRun> find_run(store::Transaction& tx, std::string_view id);
std::optional<StoredRun> newest_run(store::Transaction& tx, JobId job);
// Newest first; `job` none: of all.
base::Result<cmdb::Page<StoredRun>> list_runs(store::Transaction& tx, JobId job,
                                              const cmdb::PageRequest& page);
std::vector<StoredRun> queued_runs(store::Transaction& tx, std::string_view collector);  // oldest first
void save_run(store::Transaction& tx, const StoredRun& run);
// A person wants it to end: its probe is told, and says so when it has.
void want_stop(store::Transaction& tx, RunId run);
// Queued or running, oldest first.
std::vector<StoredRun> open_runs(store::Transaction& tx, std::string_view place);
// Runs that this collector, when it stopped, left queued or running become "failed".
void fail_interrupted_runs(store::Transaction& tx, std::string_view collector, base::TimeMs now);
// All but the newest `keep` runs of the job go, with their devices.
void drop_old_runs(store::Transaction& tx, JobId job, std::size_t keep);

void save_device(store::Transaction& tx, RunId run, const StoredDevice& device);
// With what was tried on it. Errc::malformed: no address; Errc::not_found: the run keeps nothing of it.
base::Result<StoredDevice> device_of(store::Transaction& tx, const StoredRun& run, std::string_view address);
// Those saved after that sequence number, in their order.
std::vector<StoredDevice> devices_since(store::Transaction& tx, RunId run, std::int64_t sequence,
                                        std::size_t limit);
// By address. `verdict` empty: all.
base::Result<cmdb::Page<StoredDevice>> devices_of(store::Transaction& tx, RunId run, std::string_view verdict,
                                                  const cmdb::PageRequest& page);

void save_credential(store::Transaction& tx, const StoredCredential& credential, const base::Bytes& sealed);
std::vector<StoredCredential> all_credentials(store::Transaction& tx);
base::Result<base::Bytes> sealed_credential(store::Transaction& tx, std::string_view name);
// Errc::not_found; Errc::conflict naming the jobs that use it.
base::Result<void> remove_credential(store::Transaction& tx, std::string_view name);

}  // namespace censo::collector::jobs
