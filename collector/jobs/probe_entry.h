// What passes between a probe and its collector, and its JSON (docs/api.md, "Probes"). The readers take
// outside input: what is of no use is refused, what is missing is empty.
#pragma once

#include "base/result.h"
#include "collector/jobs/probe_delivery.h"
#include "collector/jobs/scan_store.h"
#include "collector/scanner/scan_job.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

// Of "report": whose it is.
struct ReportAbout {
  std::string agent_id, serial;
};
std::string to_json(const ReportAbout& about);
ReportAbout parse_report_about(std::string_view json);

// Of "devices". With a body there is one device, and it is its report.
struct DevicesAbout {
  RunId run;
  bool guess = false;
  std::vector<StoredDevice> devices;  // without item and outcome
};
std::string to_json(const DevicesAbout& about);
base::Result<DevicesAbout> parse_devices_about(std::string_view json);

// Of "refused": what was not taken, and why.
struct RefusedAbout {
  std::string why, reason, agent_id;  // the last of a report
};
std::string to_json(const RefusedAbout& about);
RefusedAbout parse_refused_about(std::string_view json);

// Of "run", and of a probe's calls: how far a run is. Once it has ended, its state is said.
std::string progress_json(const StoredRun& run);
base::Result<StoredRun> parse_progress(std::string_view json);

// What a probe says when it calls.
struct ProbeCall {
  std::string version;
  std::int64_t waiting = 0, waiting_bytes = 0, lost = 0;
  std::int64_t api_port = 0;    // where agents enrol; 0: it takes none
  std::string server_pin;       // of its key, for curl; empty: it has no packages of the agent
  std::string agents_digest;    // of the list that it has
  std::vector<StoredRun> runs;  // that it has, or whose end it could not deliver yet
};
std::string to_json(const ProbeCall& call);
base::Result<ProbeCall> parse_call(std::string_view json);

// What it is answered.
struct HandedRun {
  RunId run;
  scanner::ScanJob job;  // with its credentials: secret
};
struct ProbeAnswer {
  std::string probe;  // its name
  std::int64_t delivered = 0;
  std::vector<HandedRun> runs;  // to begin
  std::vector<RunId> stop;
  std::string agents_digest;
  std::optional<std::string> agents;  // JSON, when the digest is another one; see agents_json()
};
std::string to_json(const ProbeAnswer& answer);
base::Result<ProbeAnswer> parse_answer(std::string_view json);

}  // namespace censo::collector::jobs
