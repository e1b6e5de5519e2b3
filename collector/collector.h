// The collector as a whole: its state folder, database, authority, listeners and scans, started and stopped
// in order.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/collector_config.h"

#include <cstdint>
#include <memory>
#include <string>

namespace censo::collector {

class Collector {
 public:
  // Refuses with one sentence for the operator: a folder or key that others may touch, a folder in use, a
  // port in use. Throws store::StoreError: the database is corrupt, newer than the program, or cannot be
  // read. `clock` outlives it.
  static base::Result<std::unique_ptr<Collector>> start(const CollectorConfig& config,
                                                        const base::Clock& clock, const std::string& version);
  ~Collector();  // stops it

  std::uint16_t api_port() const;
  std::uint16_t agents_port() const;
  std::string authority_fingerprint() const;
  bool first_start() const;  // an admin's token was written to <state>/admin-token
  // Why it must end and start anew; empty as long as all is well.
  std::string failure() const;

  // Requests in flight are answered, scans are cancelled, what was accepted is written. Blocks.
  void stop();

 private:
  struct Parts;
  explicit Collector(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

std::string authority_folder(const std::string& state_dir);

}  // namespace censo::collector
