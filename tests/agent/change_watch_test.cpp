// Real files below a temporary root; the rest of what is watched is this machine's, so that "nothing" is only
// told of by what a change of a file adds.
#include "agent/change_watch.h"

#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class ChangeWatchTest : public testing::Test {
 protected:
  ChangeWatchTest() {
    for (const char* folder : {"/var/lib/dpkg", "/etc/systemd/system/multi-user.target.wants"})
      fs::create_directories(root_.path() + folder);
  }
  void write(const std::string& path) const { std::ofstream(root_.path() + path) << "x"; }

  test::TemporaryFolder root_;
};

TEST_F(ChangeWatchTest, TellsOfANewPackageDatabase) {
  ChangeWatch watch(root_.path());
  write("/var/lib/dpkg/status-new");
  watch.forget();
  fs::rename(root_.path() + "/var/lib/dpkg/status-new", root_.path() + "/var/lib/dpkg/status");
  EXPECT_TRUE(watch.wait(milliseconds(1000)));
}

TEST_F(ChangeWatchTest, TellsOfAnEnabledUnit) {
  ChangeWatch watch(root_.path());
  fs::create_symlink("/dev/null", root_.path() + "/etc/systemd/system/multi-user.target.wants/web.service");
  EXPECT_TRUE(watch.wait(milliseconds(1000)));
}

TEST_F(ChangeWatchTest, OtherFilesBesideADatabaseAreNotItsChange) {
  ChangeWatch watch(root_.path());
  write("/var/lib/dpkg/lock");
  EXPECT_FALSE(watch.wait(milliseconds(50)));
}

TEST_F(ChangeWatchTest, WhatWasForgottenIsNotToldAgain) {
  ChangeWatch watch(root_.path());
  write("/var/lib/dpkg/status");
  watch.forget();
  EXPECT_FALSE(watch.wait(milliseconds(50)));
}

TEST_F(ChangeWatchTest, AFolderThatAppearedIsWatchedFromTheNextLookOn) {
  ChangeWatch watch(root_.path());
  fs::create_directories(root_.path() + "/lib/apk/db");
  watch.forget();
  write("/lib/apk/db/installed");
  EXPECT_TRUE(watch.wait(milliseconds(1000)));
}

TEST_F(ChangeWatchTest, AFloodOfEventsIsOneChange) {
  ChangeWatch watch(root_.path());
  for (int i = 0; i < 2000; ++i) write("/etc/systemd/system/unit" + std::to_string(i) + ".service");
  EXPECT_TRUE(watch.wait(milliseconds(1000)));
  EXPECT_FALSE(watch.wait(milliseconds(50)));
}

}  // namespace
}  // namespace censo::agent
