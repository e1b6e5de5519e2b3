// Which installed package a running file belongs to, found without reading every package's list of files.
#pragma once

#include "agent/dpkg_status.h"
#include "agent/host.h"
#include "agent/rpm_berkeley.h"
#include "agent/rpm_database.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct OwningPackage {
  std::string name, version;
};

class PackageOwners {
 public:
  explicit PackageOwners(const Host& host);  // outlived by `host`
  PackageOwners(const PackageOwners&) = delete;
  PackageOwners& operator=(const PackageOwners&) = delete;

  // With dpkg only packages are looked at whose name resembles the file, its folders or `hint`; nothing is
  // found for others. With RPM the database knows; its ndb form is read once, when this is made.
  std::optional<OwningPackage> owner_of(std::string_view executable, std::string_view hint) const;

 private:
  std::optional<OwningPackage> owner_by_dpkg(std::string_view executable, std::string_view hint) const;
  std::optional<OwningPackage> owner_by_rpm(std::string_view executable) const;
  std::optional<OwningPackage> owner_by_ndb(std::string_view executable) const;
  void read_ndb();

  struct Program {
    std::size_t path = 0;  // its hash: the paths of all programs would be a megabyte
    std::uint32_t package = 0;
    bool operator<(const Program& other) const { return path < other.path; }
  };
  const Host& host_;
  std::string dpkg_text_;
  std::vector<DpkgPackage> dpkg_packages_;  // views into dpkg_text_
  std::optional<RpmDatabase> rpm_;
  std::optional<RpmBerkeley> older_rpm_;
  std::vector<Program> programs_;  // of ndb, in the order of their hashes
  std::vector<OwningPackage> packages_of_programs_;
};

}  // namespace censo::agent
