#include "base/file.h"

#include "tests/base/scratch_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace censo::base {
namespace {

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

void put(const std::string& path, std::string_view content, mode_t mode = 0600) {
  std::ofstream(path) << content;
  ::chmod(path.c_str(), mode);
}

Errc refusal(const std::string& path, std::size_t max_bytes = 1024) {
  return read_own_file(path, max_bytes).error().code;
}

}  // namespace

TEST(File, WhatIsWrittenIsRead) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_own_file(folder / "a", "content"));
  EXPECT_EQ(*read_own_file(folder / "a"), "content");
}
TEST(File, WritingReplacesTheWholeContent) {
  const ScratchFolder folder;
  put(folder / "a", "a longer content");
  ASSERT_TRUE(write_own_file(folder / "a", "new"));
  EXPECT_EQ(*read_own_file(folder / "a"), "new");
}
TEST(File, AFileIsPrivateUnlessAsked) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_own_file(folder / "a", ""));
  EXPECT_EQ(mode_of(folder / "a"), 0600u);
}
TEST(File, TheModeIsAsAsked) {
  const ScratchFolder folder;
  ASSERT_TRUE(write_own_file(folder / "a", "", 0644));
  EXPECT_EQ(mode_of(folder / "a"), 0644u);
}
TEST(File, WritingReplacesALinkAndNotItsTarget) {
  const ScratchFolder folder;
  put(folder / "target", "kept");
  ASSERT_EQ(::symlink((folder / "target").c_str(), (folder / "link").c_str()), 0);
  ASSERT_TRUE(write_own_file(folder / "link", "new"));
  EXPECT_EQ(*read_own_file(folder / "target"), "kept");
}
TEST(File, AFailedWriteLeavesNothingBehind) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "taken");
  ASSERT_FALSE(write_own_file(folder / "taken", "content"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}
TEST(File, AMissingFileIsNotFound) {
  EXPECT_EQ(refusal(ScratchFolder() / "none"), Errc::not_found);
}
TEST(File, ALinkIsRefused) {
  const ScratchFolder folder;
  put(folder / "a", "");
  ASSERT_EQ(::symlink((folder / "a").c_str(), (folder / "link").c_str()), 0);
  EXPECT_EQ(refusal(folder / "link"), Errc::unsupported);
}
TEST(File, AFifoIsRefusedWithoutWaiting) {
  const ScratchFolder folder;
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder / "fifo"), Errc::unsupported);
}
TEST(File, AFolderIsNoFile) {
  EXPECT_EQ(refusal(ScratchFolder().path() + "/.."), Errc::unsupported);
}
TEST(File, AFileThatOthersMayWriteIsRefused) {
  const ScratchFolder folder;
  put(folder / "a", "", 0602);
  EXPECT_EQ(refusal(folder / "a"), Errc::permission_denied);
}
TEST(File, AForeignFileIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const ScratchFolder folder;
  put(folder / "a", "");
  ASSERT_EQ(::chown((folder / "a").c_str(), 12345, 12345), 0);
  EXPECT_EQ(refusal(folder / "a"), Errc::permission_denied);
}
TEST(File, AFileAtTheLimitIsRead) {
  const ScratchFolder folder;
  put(folder / "a", "12345");
  EXPECT_EQ(*read_own_file(folder / "a", 5), "12345");
}
TEST(File, AFileBeyondTheLimitIsRefused) {
  const ScratchFolder folder;
  put(folder / "a", "123456");
  EXPECT_EQ(refusal(folder / "a", 5), Errc::limit_exceeded);
}
TEST(File, AFileThatTellsNoSizeIsReadToItsEnd) {
  if (::geteuid() != 0) GTEST_SKIP() << "files of /proc belong to root";
  EXPECT_NE(read_own_file("/proc/version")->find("Linux"), std::string::npos);
}

TEST(PrivateFolder, IsMadeWithItsParents) {
  const ScratchFolder folder;
  ASSERT_TRUE(make_private_folder(folder / "a/b/c"));
  EXPECT_EQ(mode_of(folder / "a/b/c"), 0700u);
}
TEST(PrivateFolder, MayExist) {
  EXPECT_TRUE(make_private_folder(ScratchFolder().path()));
}
TEST(PrivateFolder, ThatOthersMayWriteIsRefused) {
  const ScratchFolder folder;
  ::chmod(folder.path().c_str(), 0777);
  EXPECT_EQ(make_private_folder(folder.path()).error().code, Errc::permission_denied);
}
TEST(PrivateFolder, ALinkIsRefused) {
  const ScratchFolder folder;
  ASSERT_EQ(::symlink("/", (folder / "link").c_str()), 0);
  EXPECT_EQ(make_private_folder(folder / "link").error().code, Errc::unsupported);
}
TEST(PrivateFolder, BelowAFileIsRefused) {
  const ScratchFolder folder;
  put(folder / "a", "");
  EXPECT_FALSE(make_private_folder(folder / "a/b"));
}

}  // namespace censo::base
