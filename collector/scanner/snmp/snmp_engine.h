// The one thread that may call libsnmp, which is not thread-safe (docs/decisions/0040-one-snmp-thread.md). It
// drives all sessions at once; other threads hand it questions and wait for the answers.
#pragma once

#include "collector/scanner/snmp/channel.h"
#include "collector/scanner/snmp/question.h"
#include "collector/scanner/snmp/trap_decoder.h"
#include "collector/scanner/snmp_session.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace censo::scanner {

// Safe to call from any thread. Outlives every session made from it. At most one in a process at a time.
class SnmpEngine {
 public:
  SnmpEngine();
  ~SnmpEngine();
  SnmpEngine(const SnmpEngine&) = delete;
  SnmpEngine& operator=(const SnmpEngine&) = delete;

  // Nothing is sent yet. A stop ends the call that waits at once, and all later ones, with
  // Verdict::cancelled.
  std::unique_ptr<SnmpSession> open(const ScanTarget& target, const SnmpCredential& credential,
                                    const SnmpLimits& limits, std::stop_token stop);

  // Notifications that have come in, in their order; waits for the thread. trust_traps() comes first.
  void trust_traps(TrapTrust trust);
  std::vector<ReadTrap> read_traps(std::vector<std::string> datagrams);

  // For the sessions.
  using ChannelId = std::uint64_t;
  ChannelId open_channel(const ScanTarget& target, const SnmpCredential& credential);
  std::future<Answer> ask(ChannelId id, Question question);
  void cancel(ChannelId id);
  void close(ChannelId id);

 private:
  void post(std::function<void()> job);
  void run();
  void wait_and_serve();
  void run_jobs();

  std::atomic<ChannelId> last_id_ = 0;
  std::map<ChannelId, std::unique_ptr<Channel>> channels_;  // the thread's own
  std::unique_ptr<TrapDecoder> traps_;                      // the thread's own
  std::mutex mutex_;
  std::vector<std::function<void()>> jobs_;  // guarded by mutex_
  std::atomic<bool> ending_ = false;
  int wake_ = -1;  // an eventfd
  std::jthread thread_;
};

}  // namespace censo::scanner
