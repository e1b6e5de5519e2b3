// The work of an enrolled agent, one step at a time: take a report, send the oldest one, renew the
// certificate. run_loop.h says when.
#pragma once

#include "agent/agent_config.h"
#include "agent/central_settings.h"
#include "agent/collect_report.h"
#include "agent/collector_answer.h"
#include "agent/enrolment.h"
#include "agent/host.h"
#include "agent/run_loop.h"
#include "agent/source.h"
#include "agent/spool.h"
#include "agent/state_folder.h"
#include "agent/tls_session.h"
#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace censo::agent {

// What a report is made from.
struct Surroundings {
  const Host& host;
  std::span<const Source> sources;
  const base::Clock& clock;
  std::string version;  // of this program
};

// Sends one report over mutual TLS and judges the answer. `session`: see HttpsPeer.
DeliveryOutcome deliver(const Enrolment& enrolment, const SpooledReport& report,
                        const TimeLimits& limits = {}, TlsSession* session = nullptr);

// Holds the state folder's lock. Every step may be cut off by a kill at any point: what is on disk is always
// whole (docs/decisions/0030-crash-only-agent.md). Not thread-safe. `surroundings` outlive it.
class Reporter {
 public:
  // Errc::not_found when not enrolled, conflict when another agent runs here.
  static base::Result<Reporter> open(const Surroundings& surroundings, const AgentConfig& config,
                                     const TimeLimits& limits = {});

  // Takes a report and spools it, or keeps it in memory while the state folder cannot be written (a full
  // disk, a
  // read-only root): such a host has to be heard of most of all. After a change only when it says something
  // else than the last one,
  // otherwise its sequence is 0. The report is returned for people to look at.
  base::Result<inventory::Report> take_report(Look look = Look::regular);

  struct Sent {
    std::uint64_t sequence = 0;
    DeliveryOutcome outcome;
  };
  // Sends the oldest waiting report and settles its file: removed, quarantined, or kept for a later try.
  // Nothing when no report waits.
  std::optional<Sent> send_oldest();

  // Between two reports: the collector's, else ours.
  std::chrono::milliseconds interval() const { return central_.interval.value_or(config_.interval); }

  base::TimeMs renewal_due() const;
  // A new key and certificate, stored. The reason PASSED_ON: call it again in a moment, it asks the same.
  base::Result<void> renew_certificate();

 private:
  // What the state folder holds.
  struct Held {
    StateLock lock;
    Enrolment enrolment;
    Spool spool;
  };
  Reporter(const Surroundings& surroundings, const AgentConfig& config, const TimeLimits& limits, Held held);
  inventory::Report look_around();
  base::Result<void> spool(inventory::Report& report);
  void keep_in_memory(inventory::Report& report, const base::Error& why);
  void settle(const SpooledReport& report, const DeliveryOutcome& outcome);
  void take_settings(const std::string& json);
  void settle_accepted(const SpooledReport& report, const DeliveryOutcome& outcome);

  Surroundings surroundings_;
  AgentConfig config_;
  TimeLimits limits_;
  Held held_;
  CentralSettings central_;
  TlsSession session_;
  std::optional<KeyPair> new_key_;          // that a certificate was asked for, and has not come
  std::optional<SpooledReport> unspooled_;  // the last report, when the state folder took none
  std::uint64_t last_sequence_ = 0;         // of this run
  std::string last_digest_;                 // of the last report that was kept; empty after a start
};

}  // namespace censo::agent
