// Which package a service's program belongs to, where a host has more than one database of packages.
#include "agent/package_owner.h"

#include "base/file.h"
#include "tests/fuzz/memory_host.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace censo::agent {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

std::string content(const std::string& path) {
  return base::read_own_file(CENSO_CASES "/sources/linux/" + path).value();
}
Files of_old() {
  const std::string root = "services/rpm_host_of_old/root", folder = "/var/lib/rpm/";
  return {{folder + "Packages", content(root + folder + "Packages")},
          {folder + "Basenames", content(root + folder + "Basenames")}};
}

TEST(PackageOwners, AnOldDatabaseTells) {
  const MemoryHost host(of_old());
  const auto owner = PackageOwners(host).owner_of("/usr/sbin/webd", "web");
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->version, "1:2.4.1-1");
}

TEST(PackageOwners, AnOldDatabaseThatWasLeftBehindTellsNothing) {
  const std::string path = "/usr/lib/sysimage/rpm/Packages.db";
  for (const auto& newer : {content("rpm/ndb_of_suse/root" + path), std::string("broken")}) {
    auto files = of_old();
    files[path] = newer;
    const MemoryHost host(std::move(files));
    EXPECT_FALSE(PackageOwners(host).owner_of("/usr/sbin/webd", "web"));
  }
}

}  // namespace
}  // namespace censo::agent
