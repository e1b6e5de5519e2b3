// The recorded twin of a device: answers from a .snmprec recording, without a network.
#pragma once

#include "base/result.h"
#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::scanner {

// The variables of a recording (docs/discovery.md describes the lines), in OID order, each once.
// Errc::malformed with the line's number in `where`; Errc::limit_exceeded above `max_bytes`.
base::Result<std::vector<VarBind>> parse_snmprec(std::string_view text,
                                                 std::size_t max_bytes = 64 * 1024 * 1024);

// Owns its variables; the limits for rows, variables and strings hold as on a network.
class RecordedSession final : public SnmpSession {
 public:
  explicit RecordedSession(std::vector<VarBind> variables, const SnmpLimits& limits = {});
  RecordedSession(const RecordedSession&) = delete;
  RecordedSession& operator=(const RecordedSession&) = delete;
  base::Result<std::vector<VarBind>> get(std::span<const Oid> oids) override;
  base::Result<void> walk(const Oid& root, std::vector<VarBind>& rows) override;
  // A VLAN that was not recorded has no variables.
  void in_vlan(std::uint16_t vlan) override { variables_ = &recorded_[vlan]; }
  void record_vlan(std::uint16_t vlan, std::vector<VarBind> variables) {
    recorded_[vlan] = std::move(variables);
  }
  SnmpFailure last_failure() const override { return failure_; }
  SnmpUsage usage() const override { return usage_; }

 private:
  VarBind taken(const VarBind& variable);

  std::map<std::uint16_t, std::vector<VarBind>> recorded_;  // in OID order, by VLAN; 0: the device
  const std::vector<VarBind>* variables_;                   // those asked of now
  SnmpLimits limits_;
  SnmpFailure failure_{Verdict::ok, {}};
  SnmpUsage usage_;
};

}  // namespace censo::scanner
