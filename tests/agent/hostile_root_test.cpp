// A host whose users have put traps where sources look: nothing hangs, nothing large is read, and what is
// left is told.
#include "agent/collect_report.h"

#include "inventory/report_codec.h"
#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;

class HostileRoot : public testing::Test {
 protected:
  fs::path at(const std::string& path) const {
    const auto place = fs::path(root_.path() + path);
    fs::create_directories(place.parent_path());
    return place;
  }
  void put(const std::string& path, const std::string& content) const {
    std::ofstream(at(path), std::ios::binary) << content;
  }
  void put_fifo(const std::string& path) const { ASSERT_EQ(mkfifo(at(path).c_str(), 0600), 0); }
  void put_huge(const std::string& path) const {
    put(path, "");
    ASSERT_EQ(truncate(at(path).c_str(), 10LL * 1024 * 1024 * 1024), 0);
  }

  inventory::Report look() const {
    return collect_report(*recorded_host(root_.path(), 1'767'225'600'000), all_sources(), {});
  }

  test::TemporaryFolder root_;
};

TEST_F(HostileRoot, FifosDoNotHang) {
  for (const auto* path :
       {"/etc/os-release", "/etc/passwd", "/etc/group", "/var/log/wtmp", "/etc/lvm/backup/vg0",
        "/sys/class/drm/card0-DP-1/edid", "/proc/cpuinfo", "/proc/asound/cards", "/etc/cups/printers.conf",
        "/var/lib/docker/containers/1/config.v2.json", "/usr/lib/systemd/system/a.service",
        "/etc/nginx/nginx.conf", "/lib/apk/db/installed", "/usr/lib/sysimage/rpm/Packages.db",
        "/var/lib/pve-cluster/config.db", "/etc/libvirt/qemu/a.xml", "/run/cloud-init/instance-data.json"})
    put_fifo(path);
  const auto begin = std::chrono::steady_clock::now();
  const auto report = look();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_TRUE(inventory::parse_report(inventory::to_json(report)));
  EXPECT_FALSE(report.problems.empty());
}

TEST_F(HostileRoot, TenGigabytesAreNotRead) {
  for (const auto* path : {"/var/lib/dpkg/status", "/lib/apk/db/installed", "/etc/passwd", "/var/log/lastlog",
                           "/proc/cpuinfo", "/sys/class/drm/card0-DP-1/edid", "/var/lib/clamav/daily.cvd"})
    put_huge(path);
  const auto report = look();
  EXPECT_TRUE(inventory::parse_report(inventory::to_json(report)));
}

TEST_F(HostileRoot, LinksInCirclesAndOutOfTheRootLeadNowhere) {
  fs::create_symlink("b", at("/etc/passwd"));
  fs::create_symlink("passwd", at("/etc/b"));
  fs::create_symlink("../../../../../../../../../../etc/passwd", at("/etc/group"));
  fs::create_symlink("/etc/systemd/system/x.service", at("/etc/systemd/system/x.service"));
  const auto report = look();
  for (const auto& section : report.sections) {
    if (section.name == "local_users") {
      EXPECT_TRUE(section.items.empty());
    }
  }
}

TEST_F(HostileRoot, BytesThatAreNoTextBecomeAValidReport) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>(i * 7 % 256);
  for (const auto* path :
       {"/etc/os-release", "/etc/passwd", "/proc/asound/cards", "/etc/hostname", "/etc/cups/printers.conf",
        "/usr/lib/systemd/system/a.service", "/var/lib/pacman/local/a/desc",
        "/sys/class/power_supply/BAT0/uevent", "/sys/bus/usb/devices/1-1/product", "/etc/libvirt/qemu/a.xml"})
    put(path, bytes);
  put("/sys/class/power_supply/BAT1/uevent", "POWER_SUPPLY_TYPE=Battery\nPOWER_SUPPLY_MODEL_NAME=" + bytes);
  EXPECT_TRUE(inventory::parse_report(inventory::to_json(look())));
}

}  // namespace
}  // namespace censo::agent
