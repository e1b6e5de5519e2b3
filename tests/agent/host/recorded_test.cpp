#include "agent/host.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace censo::agent {
namespace {

namespace fs = std::filesystem;
using base::Errc;

// A root with a file inside and a secret beside it.
class RecordedHost : public testing::Test {
 protected:
  RecordedHost() {
    fs::create_directories(root_ / "etc");
    write(root_ / "etc/hostname", "alpha\n");
    write(folder_ / "secret", "outside\n");
  }
  ~RecordedHost() override { fs::remove_all(folder_); }

  static fs::path temporary_folder() {
    std::string name = (fs::temp_directory_path() / "censo-host-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    return name;
  }
  static void write(const fs::path& path, std::string_view text) { std::ofstream(path) << text; }
  std::unique_ptr<Host> host() const { return recorded_host(root_.string(), 1000); }
  Errc code_of_reading(std::string_view path, std::size_t max_bytes = 100) const {
    return host()->read_file(path, max_bytes).error().code;
  }

  fs::path folder_ = temporary_folder();
  fs::path root_ = folder_ / "root";
};

TEST_F(RecordedHost, ReadsAFile) {
  EXPECT_EQ(*host()->read_file("/etc/hostname"), "alpha\n");
}

TEST_F(RecordedHost, FollowsAnAbsoluteLinkInsideTheRoot) {
  fs::create_symlink("/etc/hostname", root_ / "name");
  EXPECT_EQ(*host()->read_file("/name"), "alpha\n");
}

TEST_F(RecordedHost, FollowsALinkedFolder) {
  fs::create_symlink("/etc", root_ / "settings");
  EXPECT_EQ(*host()->read_file("/settings/hostname"), "alpha\n");
}

TEST_F(RecordedHost, ListsALinkedFolder) {
  fs::create_symlink("etc", root_ / "settings");
  EXPECT_EQ(*host()->list_folder("/settings"), std::vector<std::string>{"hostname"});
}

TEST_F(RecordedHost, NeverLeavesTheRootByDots) {
  fs::create_symlink("../../../secret", root_ / "etc/up");
  EXPECT_EQ(code_of_reading("/etc/up"), Errc::not_found);
}

TEST_F(RecordedHost, NeverLeavesTheRootByDotsInThePath) {
  EXPECT_EQ(code_of_reading("/etc/../../secret"), Errc::not_found);
}

TEST_F(RecordedHost, NeverLeavesTheRootByAnAbsoluteLink) {
  fs::create_symlink(folder_ / "secret", root_ / "out");
  EXPECT_EQ(code_of_reading("/out"), Errc::not_found);
}

TEST_F(RecordedHost, LinksInACircleAreUnsupported) {
  fs::create_symlink("b", root_ / "a");
  fs::create_symlink("a", root_ / "b");
  EXPECT_EQ(code_of_reading("/a"), Errc::unsupported);
}

TEST_F(RecordedHost, AFifoIsUnsupportedAtOnce) {
  ASSERT_EQ(mkfifo((root_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(code_of_reading("/fifo"), Errc::unsupported);
}

TEST_F(RecordedHost, AFolderIsNoFile) {
  EXPECT_EQ(code_of_reading("/etc"), Errc::unsupported);
}

TEST_F(RecordedHost, AFileIsNoFolder) {
  EXPECT_EQ(host()->list_folder("/etc/hostname").error().code, Errc::unsupported);
}

TEST_F(RecordedHost, AFileOfTheLimitIsWhole) {
  EXPECT_EQ(*host()->read_file("/etc/hostname", 6), "alpha\n");
}

TEST_F(RecordedHost, AFilePastTheLimitIsRefused) {
  EXPECT_EQ(code_of_reading("/etc/hostname", 5), Errc::limit_exceeded);
}

TEST_F(RecordedHost, AMissingFileIsNotFound) {
  EXPECT_EQ(code_of_reading("/etc/none"), Errc::not_found);
}

TEST_F(RecordedHost, AFileAsFolderIsNotFound) {
  EXPECT_EQ(code_of_reading("/etc/hostname/x"), Errc::not_found);
}

TEST_F(RecordedHost, ARelativePathIsRefused) {
  EXPECT_EQ(code_of_reading("etc/hostname"), Errc::invalid_argument);
}

TEST_F(RecordedHost, ANulInAPathIsRefused) {
  EXPECT_EQ(code_of_reading(std::string_view("/etc/hostname\0x", 15)), Errc::invalid_argument);
}

TEST_F(RecordedHost, ReadsALinkAsItIs) {
  fs::create_symlink("/etc/none", root_ / "dangling");
  EXPECT_EQ(*host()->read_link("/dangling"), "/etc/none");
}

TEST_F(RecordedHost, AFileIsNoLink) {
  EXPECT_EQ(host()->read_link("/etc/hostname").error().code, Errc::unsupported);
}

TEST_F(RecordedHost, StatusIsOfTheLinkItself) {
  fs::create_symlink("etc", root_ / "settings");
  EXPECT_EQ(host()->status("/settings")->kind, FileKind::link);
}

TEST_F(RecordedHost, StatusTellsTheSize) {
  EXPECT_EQ(host()->status("/etc/hostname")->size, 6U);
}

TEST_F(RecordedHost, SpaceComesFromTheRecording) {
  write(root_ / ".space", "/ 1000 400\n/home 10 5\n");
  EXPECT_EQ(host()->space("/home")->free_bytes, 5U);
}

TEST_F(RecordedHost, SpaceThatWasNotRecordedIsNotFound) {
  write(root_ / ".space", "/ 1000 400\n");
  EXPECT_EQ(host()->space("/home").error().code, Errc::not_found);
}

TEST_F(RecordedHost, NetlinkComesFromTheRecording) {
  fs::create_directories(root_ / ".netlink");
  write(root_ / ".netlink/route-links.bin", "ab");
  EXPECT_EQ(*host()->netlink_dump(0, {}, "route-links"), (base::Bytes{'a', 'b'}));
}

TEST_F(RecordedHost, TimeIsTheRecordings) {
  EXPECT_EQ(host()->now(), 1000);
}

}  // namespace
}  // namespace censo::agent
