// A device over the network, seen from the thread that scans it: what to ask next, and when it has cost
// enough.
#pragma once

#include "collector/scanner/snmp/question.h"
#include "collector/scanner/snmp_session.h"

#include <chrono>
#include <cstdint>
#include <stop_token>

namespace censo::scanner {

class SnmpEngine;

class EngineSession final : public SnmpSession {
 public:
  EngineSession(SnmpEngine& engine, ScanTarget target, SnmpCredential credential, const SnmpLimits& limits,
                std::stop_token stop);
  ~EngineSession() override;
  base::Result<std::vector<VarBind>> get(std::span<const Oid> oids) override;
  base::Result<void> walk(const Oid& root, std::vector<VarBind>& rows) override;
  void in_vlan(std::uint16_t vlan) override;
  SnmpFailure last_failure() const override { return failure_; }
  SnmpUsage usage() const override { return usage_; }

 private:
  // A walk under way. While its question is out, the engine's thread works on it and the caller's waits.
  struct Walk {
    const Oid& root;
    Oid last;
    std::vector<VarBind>& rows;
    std::size_t before;  // rows of others
  };

  Answer ask(Question question);
  Answer ask_on(Walk& walk);
  void count(const Answer& answer);
  bool follows(Walk& walk, Answer& answer, Question& question);
  bool is_wanted(const Walk& walk, const Answer& answer) const;
  bool take_known(Walk& walk);
  void know_beyond(const Walk& walk, Answer& answer, std::size_t first);
  bool get_some(std::span<const Oid> oids, std::vector<VarBind>& values);
  Answer ask_for(const std::vector<Oid>& oids);
  bool names_missing(const Answer& answer, const std::vector<Oid>& asked) const;
  bool take_rows(Walk& walk, Answer& answer);
  void fail(Verdict verdict, std::string detail) { failure_ = {verdict, std::move(detail)}; }

  SnmpEngine& engine_;
  ScanTarget target_;
  SnmpCredential credential_;
  std::uint64_t own_channel_;
  std::uint64_t channel_;  // own_channel_, or that of a VLAN
  SnmpLimits limits_;
  std::stop_token stop_;
  std::chrono::steady_clock::time_point deadline_;
  long repetitions_;
  SnmpFailure failure_{Verdict::ok, {}};
  SnmpUsage usage_;
  // What the last walk heard beyond its end: that nothing is between `after` and the first of `binds`, and so
  // on. For walks of other columns of the same table.
  Oid table_, after_;
  std::vector<VarBind> beyond_;
};

}  // namespace censo::scanner
