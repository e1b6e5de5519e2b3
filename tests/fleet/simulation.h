// Months of a fleet's life: the reports of all reporters in the order of time, and beside them the truth.
// Deterministic by seed: the same settings give the same reports, byte by byte.
#pragma once

#include "base/clock.h"
#include "inventory/report.h"
#include "tests/fleet/world.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace censo::fleet {

struct Settings {
  std::size_t machines = 50'000;  // that exist at the start; more are bought, made and copied on the way
  int months = 12;
  std::uint64_t seed = 1;
};

// What one source says of one asset, all of it: an installed agent, a scan job, the register, a hypervisor.
struct Record {
  std::size_t asset = none;
  std::string source;  // "agent 0f8f..."
  Happening made_by = Happening::enrolled;
};

struct Truth {
  std::vector<Asset> assets;  // as they are at the end
  std::vector<Record> records;
  std::array<std::size_t, happening_count> counts{};  // how often each thing happened
};

struct Sighting {
  inventory::Report report;
  std::size_t record = none;  // of Truth::records
  base::TimeMs at = 0;
  // An agent reports at least daily, and a report that says nothing new only tells that it lives. Those
  // reports are left out here: until `Audience::ended` such a record counts as heard from on each day.
  bool reports_daily = false;
};

struct Audience {
  std::function<void(const Sighting&)> report;
  std::function<void(std::size_t record)> ended;  // its agent is gone for good
};

// Assets and records that a sighting names are in the truth that is returned.
Truth simulate(const Settings& settings, const Audience& audience);

// "laptop s003-lap-00017 (FDO1234): re-imaged, docked"
std::string description_of(const Asset& asset);

}  // namespace censo::fleet
