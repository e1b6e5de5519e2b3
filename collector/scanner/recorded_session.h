// The recorded twin of a device: answers from a .snmprec recording, without a network.
#pragma once

#include "base/result.h"
#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
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
  base::Result<std::vector<VarBind>> get(std::span<const Oid> oids) override;
  base::Result<void> walk(const Oid& root, std::vector<VarBind>& rows) override;
  SnmpFailure last_failure() const override { return failure_; }
  SnmpUsage usage() const override { return usage_; }

 private:
  VarBind taken(const VarBind& variable);

  std::vector<VarBind> variables_;  // in OID order
  SnmpLimits limits_;
  SnmpFailure failure_{Verdict::ok, {}};
  SnmpUsage usage_;
};

}  // namespace censo::scanner
