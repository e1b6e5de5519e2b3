// RPM's package database in its ndb form ("Packages.db" of SUSE), read without librpm: slots that name
// packages, blobs of 16-byte blocks that hold their headers. One package is in memory at a time.
#pragma once

#include "agent/host.h"
#include "agent/rpm_database.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace censo::agent {

struct NdbSlot {
  std::uint32_t package = 0, block = 0, blocks = 0;
};

// How many bytes from the front of the file hold its slots. Errc::malformed: no such database.
base::Result<std::size_t> ndb_slot_bytes(std::string_view front);
// Of the pages at the front of the file; those that name no package are left out.
std::vector<NdbSlot> parse_ndb_slots(std::string_view pages);
// The header's bytes within a package's blocks. Errc::malformed.
base::Result<std::string_view> ndb_blob(std::string_view blocks, std::uint32_t package);

// Whether the host has one, readable or not: then an older one beside it is what was left behind.
bool has_ndb(const Host& host);
// Errc::not_found when the host has none.
base::Result<void> each_ndb_package(const Host& host, const RpmDatabase::Take& take);

}  // namespace censo::agent
