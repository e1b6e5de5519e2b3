// A scan: which addresses, with which credentials, and what came of each. The scanner knows no database: the
// collector keeps jobs and credentials, and takes the Reports.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/scanner/announcement_settings.h"
#include "collector/scanner/port_settings.h"
#include "collector/scanner/snmp_session.h"
#include "collector/scanner/sweep_settings.h"
#include "inventory/report.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

struct ScanJob {
  std::string id;                       // becomes Origin::id of the reports
  std::vector<std::string> ranges;      // "10.0.0.0/24", "10.0.0.5-10.0.0.20", "10.0.0.7", "2001:db8::5"
  std::vector<std::string> exclusions;  // same forms; they always win
  std::uint16_t port = 161;
  std::vector<SnmpCredential>
      credentials;  // tried in order, at most 3 per device; after a v3 success no downgrade
  // By address the name of the one that read it last: it is tried before the others of its version.
  std::map<std::string, std::string> learnt;
  SnmpLimits limits;
  std::size_t parallel_devices = 16;  // one request outstanding per device
  // Asks all addresses at once first, so that only those that answer cost time; none: each is tried in turn,
  // with the patience of `limits`.
  std::optional<SweepSettings> sweep;
  // Tries the TCP ports of schemas/ports/ where SNMP read nothing; of a sweep only where somebody is.
  std::optional<PortSettings> ports;
  // Asks for what devices announce of themselves, after the sweep: those where somebody is who did not answer
  // it, without a sweep all; and listens on segments of this host.
  std::optional<AnnouncementSettings> announcements;
  // Until its window closes; whoever runs the scan stops it then. None: no window ends it.
  std::optional<std::int64_t> window_left_ms;
};

// The addresses of the ranges less the exclusions, in order, each once. Errc::malformed naming the range;
// Errc::limit_exceeded above `max_addresses`.
base::Result<std::vector<ScanTarget>> expand_targets(const ScanJob& job,
                                                     std::size_t max_addresses = 1u << 20);

// One thing that was tried on an address, for people who ask why it was read, or was not. Holds no secret:
// credentials are named.
struct Attempt {
  base::TimeMs at = 0;  // when it began
  // "sweep", "ping", "snmp", "mdns", "ssdp", "wsd", "netbios", "tcp 22"; "tcp": the ports that are closed;
  // "announcements": nothing was said.
  std::string what;
  std::string credential;  // its name; the sweep asks with several
  std::string version;     // of SNMP: "v2c"
  Verdict verdict = Verdict::ok;
  std::string detail;  // in words
  std::int64_t duration_ms = 0;
};

struct DeviceResult {
  ScanTarget target;
  Verdict verdict = Verdict::no_answer;
  std::string detail;      // for people: "no answer to 3 credentials in 9 s"
  std::string credential;  // name of the one that worked; empty when none did
  std::optional<inventory::Report>
      report;  // present when identity could be read; problems name what could not
  // What its open ports and announcements make of an address that SNMP did not read. Less sure than any other
  // report, and of another origin than `report` would be: "<job>/ports".
  std::optional<inventory::Report> guess;
  std::vector<Attempt> attempts;  // in the order in which they were made
  std::int64_t duration_ms = 0;
  std::uint64_t varbinds = 0, bytes = 0;
};

struct ScanProgress {
  std::size_t total = 0, done = 0, answered = 0;
  SweepCounts sweep;  // zeros without one
};

class SnmpEngine;
class DeviceCatalog;
struct ReadTrap;   // collector/scanner/trap.h
struct TrapTrust;  // collector/scanner/trap.h

// The one owner of libsnmp's thread. Make one per process; several threads may run a scan each at the same
// time.
class Scanner {
 public:
  // Starts the engine's thread. Without `devices` the program's own definitions are used, read at the first
  // scan.
  explicit Scanner(const base::Clock& clock, std::shared_ptr<const DeviceCatalog> devices = nullptr);
  ~Scanner();

  // Runs on the caller's thread until all targets are done or stop is requested (what is left gets
  // Verdict::cancelled and is still handed over). `on_device` and `on_progress` are called on the caller's
  // thread; what they throw ends the scan. Errc::malformed or limit_exceeded: nothing was scanned, the ranges
  // are wrong or there is no credential.
  base::Result<void> run(const ScanJob& job, std::stop_token stop,
                         const std::function<void(DeviceResult&&)>& on_device,
                         const std::function<void(const ScanProgress&)>& on_progress);

  // Notifications that have come in, read on the engine's thread. Any thread, one at a time; trust_traps()
  // before the first, and again when the credentials are others.
  void trust_traps(const TrapTrust& trust);
  std::vector<ReadTrap> read_traps(std::vector<std::string> datagrams);

  // By its first octets, in canonical form; "" when nobody knows. Any thread.
  std::string owner_of_mac(std::string_view mac);

 private:
  base::Result<std::shared_ptr<const DeviceCatalog>> devices();

  const base::Clock& clock_;
  std::mutex mutex_;                              // of devices_: two first scans may start at once
  std::shared_ptr<const DeviceCatalog> devices_;  // shared with the collector, which tells people about it
  std::unique_ptr<SnmpEngine> engine_;
};

}  // namespace censo::scanner
