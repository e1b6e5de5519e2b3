// censo-collector as a probe: scans for its centre, and stands in for it before the agents behind it.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/collector_config.h"

#include <cstdint>
#include <memory>
#include <string>

namespace censo::collector::probe {

class Probe {
 public:
  // Errc::not_found when it has not enrolled; otherwise as Collector::start().
  static base::Result<std::unique_ptr<Probe>> start(const CollectorConfig& config, const base::Clock& clock,
                                                    const std::string& version);
  ~Probe();  // as stop()

  const std::string& name() const;
  const std::string& centre() const;  // where it calls
  // 0: it takes no agents.
  std::uint16_t api_port() const;
  std::uint16_t agents_port() const;
  // Why it must end and start anew; empty as long as all is well.
  std::string failure() const;
  void stop();  // scans are cancelled; what waits stays in the spool

 private:
  struct Parts;
  explicit Probe(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace censo::collector::probe
