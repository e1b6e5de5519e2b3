// A probe's calls to its centre, one thing after the other on a thread of its own: what to scan and to stop,
// questions of agents, and what the spool holds, in its order.
#pragma once

#include "base/clock.h"
#include "cmdb/store/database.h"
#include "collector/probe/identity.h"
#include "collector/probe/question_board.h"
#include "collector/probe/scans.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace censo::collector::jobs {
struct ProbeAnswer;  // collector/jobs/probe_entry.h
}

namespace censo::collector::probe {

class Unwritten;  // collector/probe/spool.h

// What people need to install agents here.
struct Installation {
  std::uint16_t api_port = 0;  // 0: it takes no agents
  std::string pin;             // of the listener's key, for curl; empty: there are no packages
};

struct CourierSettings {
  std::string state_folder;                // where a renewed identity is stored
  std::string version;                     // of this program
  std::chrono::milliseconds pause{5'000};  // between two calls while nothing goes on; a scan: a second
  Installation installation = {};
};

class Courier {
 public:
  // All outlive it.
  struct Parts {
    store::Database& database;
    const base::Clock& clock;
    Scans& scans;
    QuestionBoard& questions;
    Unwritten& unwritten;
  };
  Courier(const Parts& parts, Identity identity, const CourierSettings& settings);
  ~Courier();

  void start();
  void stop();  // what is under way is cut off; the spool keeps it
  void wake();  // from any thread
  // The certificates were renewed: the program starts anew with them. From any thread.
  bool wants_restart() const { return wants_restart_; }

 private:
  void loop(std::stop_token stop);
  bool call(CentreClient& centre);
  bool deliver(CentreClient& centre);
  void take_answer(jobs::ProbeAnswer answer);
  void renew_if_due(CentreClient& centre);
  void note_failure(const base::Error& why);
  std::chrono::milliseconds pause() const;

  const Parts parts_;
  Identity identity_;
  const CourierSettings settings_;
  std::string agents_digest_;  // of the list that is stored
  bool scanning_ = false;
  int failures_ = 0;  // calls in a row
  std::string last_failure_;
  base::TimeMs renewal_tried_at_ = 0;
  std::atomic<bool> wants_restart_{false};
  std::mutex mutex_;  // of woken_ (docs/decisions/0219-probes.md)
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::jthread thread_;
};

}  // namespace censo::collector::probe
