#include "agent/dpkg_status.h"

#include "agent/source.h"
#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view whole =
    "Package: libc6\nStatus: install ok installed\nMulti-Arch: same\nArchitecture: amd64\nVersion: 2.36-9\n";

// The source's answer for one package whose list of files was written so many seconds after 1970.
std::string installed_at(std::int64_t seconds) {
  const test::TemporaryFolder folder;
  const fs::path dpkg = fs::path(folder.path()) / "var/lib/dpkg";
  fs::create_directories(dpkg / "info");
  std::ofstream(dpkg / "status") << whole << '\n';
  const fs::path list = dpkg / "info/libc6:amd64.list";
  std::ofstream(list) << "/.\n";
  const auto since_1970 =
      std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
  fs::last_write_time(list, since_1970);
  const auto sources = all_sources();
  const auto source =
      std::find_if(sources.begin(), sources.end(), [](const Source& row) { return row.name == "dpkg"; });
  SourceOutput out;
  const auto host = recorded_host(folder.path(), 0);
  if (!source->collect(*host, out)) return "failed";
  return out.section.items.at(0).attributes.text("installed_at");
}

TEST(DpkgStatus, TimeOfTheListIsTheInstallation) {
  EXPECT_EQ(installed_at(1'767'225'600), "2026-01-01T00:00:00.000Z");
}

TEST(DpkgStatus, NothingWasInstalledIn1970) {
  EXPECT_EQ(installed_at(0), "");
}

TEST(DpkgStatus, ListOfSeveralArchitecturesHasTheArchitecture) {
  const auto status = parse_dpkg_status(whole);
  EXPECT_EQ(dpkg_list_path(status.packages.at(0)), "/var/lib/dpkg/info/libc6:amd64.list");
}

TEST(DpkgStatus, LineOfTenMegabytesIsAValue) {
  const std::string text = std::string(whole) + "Maintainer: " + std::string(10'000'000, 'x') + "\n\n";
  EXPECT_EQ(parse_dpkg_status(text).packages.at(0).maintainer.size(), 10'000'000U);
}

TEST(DpkgStatus, FaultNamesTheLine) {
  const auto status = parse_dpkg_status(std::string(whole) + "\nPackage: x\n\n");
  EXPECT_EQ(status.fault.value().where, "/var/lib/dpkg/status:7");
}

TEST(DpkgStatus, OfNothingIsNothing) {
  EXPECT_FALSE(parse_dpkg_status("").fault);
}

}  // namespace
}  // namespace censo::agent
