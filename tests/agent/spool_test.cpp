// What the spool keeps, and what it does with files that are none of its own.
#include "agent/spool.h"

#include "base/file.h"
#include "tests/agent/temporary_folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace censo::agent {
namespace {

using base::Errc;
namespace fs = std::filesystem;

const std::string digest(64, 'd');

SpooledReport report(std::uint64_t sequence, const std::string& body = "compressed") {
  return {sequence, digest, body};
}

class SpoolTest : public testing::Test {
 protected:
  Spool open(const SpoolLimits& limits = {}) { return *Spool::open(folder_.path(), limits); }
  std::string path(const std::string& name) const { return folder_.path() + "/spool/" + name; }
  static std::string name_of(std::uint64_t sequence) { return fmt::format("{:020}.report", sequence); }

  test::TemporaryFolder folder_;
};

TEST_F(SpoolTest, GivesTheOldestFirst) {
  Spool spool = open();
  ASSERT_TRUE(spool.store(report(10)));
  ASSERT_TRUE(spool.store(report(9)));
  EXPECT_EQ(spool.oldest()->sequence, 9U);
}

TEST_F(SpoolTest, KeepsAReportUntilItIsRemoved) {
  open().store(report(1, "body")).value();
  Spool spool = open();
  EXPECT_EQ(spool.oldest()->body, "body");
  spool.remove(1);
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
}

TEST_F(SpoolTest, FilesArePrivate) {
  open().store(report(1)).value();
  struct stat status {};
  ASSERT_EQ(::stat(path(name_of(1)).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(path("").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(SpoolTest, DropsTheOldestWhenThereAreTooMany) {
  Spool spool = open({.max_bytes = 64ULL << 20U, .max_reports = 2});
  spool.store(report(1)).value();
  spool.store(report(2)).value();
  spool.make_room();
  EXPECT_EQ(spool.oldest()->sequence, 2U);
}

TEST_F(SpoolTest, DropsTheOldestWhenTheyAreTooLarge) {
  Spool spool = open({.max_bytes = 4ULL << 20U, .max_reports = 100});
  const std::string large(1'500'000, 'x');
  spool.store(report(1, large)).value();
  spool.store(report(2, large)).value();
  spool.make_room();
  EXPECT_EQ(spool.oldest()->sequence, 2U);
}

TEST_F(SpoolTest, TellsOfDroppedReportsUntilTheCollectorKnows) {
  Spool spool = open({.max_bytes = 64ULL << 20U, .max_reports = 1});
  spool.store(report(1)).value();
  spool.make_room();
  ASSERT_EQ(open().problems().size(), 1U);
  EXPECT_EQ(open().problems()[0].message, "1 unsent reports or files were dropped");
  spool.forget_lost();
  EXPECT_TRUE(open().problems().empty());
}

TEST_F(SpoolTest, ATooLargeReportIsNotStored) {
  EXPECT_EQ(open().store(report(1, std::string(3U << 20U, 'x'))).error().code, Errc::limit_exceeded);
}

TEST_F(SpoolTest, ATruncatedFileIsQuarantinedAndReported) {
  open().store(report(1)).value();
  fs::resize_file(path(name_of(1)), 100);
  Spool spool = open();
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined, std::vector{name_of(1) + ".corrupt"});
  ASSERT_EQ(spool.problems().size(), 1U);
  EXPECT_EQ(spool.problems()[0].message, "1 files in quarantine, the first is " + name_of(1) + ".corrupt");
}

TEST_F(SpoolTest, ABadFileDoesNotHideTheNextOne) {
  Spool spool = open();
  spool.store(report(1)).value();
  spool.store(report(2)).value();
  fs::resize_file(path(name_of(1)), 0);
  EXPECT_EQ(spool.oldest()->sequence, 2U);
}

TEST_F(SpoolTest, AFileUnderAnotherNumberIsQuarantined) {
  open().store(report(1)).value();
  fs::rename(path(name_of(1)), path(name_of(5)));
  EXPECT_EQ(open().oldest().error().code, Errc::not_found);
}

TEST_F(SpoolTest, ASymbolicLinkIsMovedAndItsTargetLeftAlone) {
  Spool spool = open();
  spool.store(report(1)).value();
  const std::string target = folder_.path() + "/target";
  fs::rename(path(name_of(1)), target);
  fs::create_symlink(target, path(name_of(1)));
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined, std::vector{name_of(1) + ".not-regular"});
  EXPECT_TRUE(fs::is_regular_file(target));
}

TEST_F(SpoolTest, AHardLinkedFileIsQuarantined) {
  Spool spool = open();
  spool.store(report(1)).value();
  fs::create_hard_link(path(name_of(1)), folder_.path() + "/elsewhere");
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined, std::vector{name_of(1) + ".hard-linked"});
}

TEST_F(SpoolTest, AFifoDoesNotHangTheAgent) {
  Spool spool = open();
  ASSERT_EQ(::mkfifo(path(name_of(1)).c_str(), 0600), 0);
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
}

TEST_F(SpoolTest, AHugeSparseFileIsNotRead) {
  Spool spool = open();
  std::ofstream(path(name_of(1))).close();
  fs::resize_file(path(name_of(1)), 10ULL << 30U);
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined, std::vector{name_of(1) + ".too-large"});
}

TEST_F(SpoolTest, AForeignOwnersFileIsQuarantined) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to make a file of another user";
  Spool spool = open();
  spool.store(report(1)).value();
  ASSERT_EQ(::chown(path(name_of(1)).c_str(), 65534, 65534), 0);
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined, std::vector{name_of(1) + ".foreign-owner"});
}

TEST_F(SpoolTest, AnUnknownNameIsQuarantined) {
  Spool spool = open();
  std::ofstream(path("notes.txt")) << "hello";
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined, std::vector{std::string("notes.txt.unknown-name")});
}

TEST_F(SpoolTest, AnUnfinishedFileOfAKilledAgentIsRemoved) {
  Spool spool = open();
  std::ofstream(path(name_of(1) + ".new-0123456789ab")) << "half";
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_TRUE(spool.state().quarantined.empty());
  EXPECT_TRUE(fs::is_empty(path("")));
}

TEST_F(SpoolTest, AFolderWithContentIsMovedAsAWhole) {
  Spool spool = open();
  fs::create_directories(path(name_of(1)) + "/inner");
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_TRUE(fs::is_empty(path("")));
}

TEST_F(SpoolTest, AFullQuarantineGrowsNoFurther) {
  Spool spool = open();
  for (int i = 0; i < 30; ++i) std::ofstream(path("foreign" + std::to_string(i))) << "x";
  EXPECT_EQ(spool.oldest().error().code, Errc::not_found);
  EXPECT_EQ(spool.state().quarantined.size(), 20U);
  EXPECT_EQ(spool.state().lost, 10U);
  EXPECT_TRUE(fs::is_empty(path("")));
}

TEST_F(SpoolTest, EveryChangedByteOfAFileIsNoticed) {
  const std::string good = to_spool_file(report(7, "the body"));
  std::size_t unnoticed = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    if (parse_spool_file(bad)) ++unnoticed;
  }
  EXPECT_EQ(unnoticed, 0U);
  EXPECT_TRUE(parse_spool_file(good));
}

// The writer is killed while it stores without a pause; what it had said it stored must be there, whole.
TEST_F(SpoolTest, AKilledWriterLosesNothingItStored) {
  for (int round = 0; round < 20; ++round) {
    const test::TemporaryFolder folder;
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto spool = Spool::open(folder.path(), {});
      for (std::uint64_t sequence = 1; sequence < 10'000; ++sequence) {
        spool->store(report(sequence, std::string(20'000, 'x'))).value();
        if (::write(told[1], &sequence, sizeof sequence) != sizeof sequence) ::_exit(1);
      }
      ::_exit(0);
    }
    ::close(told[1]);
    std::uint64_t stored = 0;
    const std::uint64_t enough = 3 + static_cast<std::uint64_t>(round);
    while (stored < enough && ::read(told[0], &stored, sizeof stored) == sizeof stored) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(told[0], &stored, sizeof stored) == sizeof stored) {
    }
    ::close(told[0]);
    Spool spool = *Spool::open(folder.path(), {});
    std::uint64_t expected = 1;
    for (auto found = spool.oldest(); found && expected <= stored; found = spool.oldest(), ++expected) {
      ASSERT_EQ(found->sequence, expected);
      spool.remove(expected);
    }
    EXPECT_EQ(expected, stored + 1);
    EXPECT_TRUE(spool.state().quarantined.empty());
  }
}

}  // namespace
}  // namespace censo::agent
