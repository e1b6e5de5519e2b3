#include "agent/socket_table.h"

#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;

// A host with a unified hierarchy; the ids of its groups are the inodes of the folders, whatever they are
// here.
class Cgroups : public testing::Test {
 protected:
  Cgroups() {
    write("/proc/self/mountinfo", "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    write(group("/system.slice/ssh.service") + "/cgroup.procs", "812\n500\n");
    write(group("/system.slice/cups.socket") + "/cgroup.procs", "");
    write(group("/system.slice/cups.service") + "/cgroup.procs", "77\n");
  }
  void write(const std::string& path, std::string_view content) {
    fs::create_directories(fs::path(folder_.path() + path).parent_path());
    std::ofstream(folder_.path() + path) << content;
  }
  static std::string group(const std::string& path) { return "/sys/fs/cgroup" + path; }
  SocketRow socket_of(const std::string& path) const {
    SocketRow row;
    row.cgroup_id = host_->status(group(path)).value().inode;
    return row;
  }
  SocketOwner owner_of(const SocketRow& row) const { return owners_of(*host_, std::span(&row, 1)).front(); }

 private:
  test::TemporaryFolder folder_;

 protected:
  std::unique_ptr<Host> host_ = recorded_host(folder_.path(), 0);
};

TEST_F(Cgroups, IdLeadsToUnit) {
  EXPECT_EQ(owner_of(socket_of("/system.slice/ssh.service")).unit, "ssh.service");
}

TEST_F(Cgroups, OldestProcessOfUnitIsTheOwner) {
  EXPECT_EQ(owner_of(socket_of("/system.slice/ssh.service")).process, 500);
}

TEST_F(Cgroups, SocketUnitLeadsToProcessOfItsService) {
  EXPECT_EQ(owner_of(socket_of("/system.slice/cups.socket")).process, 77);
}

TEST_F(Cgroups, GroupThatIsGoneGivesNoOwner) {
  SocketRow row;
  row.cgroup_id = 0xffff'ffff'ffff;
  EXPECT_EQ(owner_of(row).unit + std::to_string(owner_of(row).process), "0");
}

TEST(EndPoint, OfIpv6HasBrackets) {
  EXPECT_EQ(end_point_text(parse_ip_address("2001:db8::1").value(), 80), "[2001:db8::1]:80");
}

}  // namespace
}  // namespace censo::agent
