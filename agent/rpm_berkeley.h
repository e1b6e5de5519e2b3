// RPM's package database in its oldest form ("Packages" of Berkeley DB: before RPM 4.16, Red Hat Enterprise
// Linux 5 to 8, Amazon Linux 2, SUSE 12), read without librpm and without its locks.
#pragma once

#include "agent/berkeley_hash.h"
#include "agent/host.h"
#include "agent/rpm_database.h"

#include <optional>
#include <string>
#include <utility>

namespace censo::agent {

class RpmBerkeley {
 public:
  // Errc::not_found when the host has none; errors of BerkeleyHash::open().
  static base::Result<RpmBerkeley> open(const Host& host);

  // As those of RpmDatabase.
  base::Result<void> each_package(const RpmDatabase::Take& take) const;
  base::Result<void> each_package_with(const std::string& file_name, const RpmDatabase::Take& take) const;

 private:
  explicit RpmBerkeley(BerkeleyHash packages) : packages_(std::move(packages)) {}

  BerkeleyHash packages_;
  std::optional<BerkeleyHash> file_names_;  // "Basenames"; older than RPM 4.9: none
};

}  // namespace censo::agent
