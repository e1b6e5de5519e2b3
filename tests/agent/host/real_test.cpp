#include "agent/host.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

namespace censo::agent {
namespace {

using base::Errc;

class RealHost : public testing::Test {
 protected:
  base::ManualClock clock_{1000};
  std::unique_ptr<Host> host_ = real_host(clock_);
};

TEST_F(RealHost, ReadsAFileThatSaysItHasNoSize) {
  EXPECT_FALSE(host_->read_file("/proc/self/mountinfo")->empty());
}

TEST_F(RealHost, ListsItsOwnThreads) {
  EXPECT_EQ(host_->list_folder("/proc/self/task")->front(), std::to_string(getpid()));
}

TEST_F(RealHost, ADeviceIsNeverOpened) {
  EXPECT_EQ(host_->read_file("/dev/zero").error().code, Errc::unsupported);
}

TEST_F(RealHost, AFifoNeverBlocks) {
  std::string folder = (std::filesystem::temp_directory_path() / "censo-host-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  ASSERT_EQ(mkfifo((folder + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(host_->read_file(folder + "/fifo").error().code, Errc::unsupported);
  std::filesystem::remove_all(folder);
}

// What it shows may be a path of another mount namespace.
TEST_F(RealHost, AProcessLinkIsNotFollowed) {
  EXPECT_EQ(host_->read_file("/proc/self/root/etc/passwd").error().code, Errc::unsupported);
}

TEST_F(RealHost, AProcessLinkCanBeRead) {
  EXPECT_EQ(*host_->read_link("/proc/self/root"), "/");
}

TEST_F(RealHost, TheRootHasSpace) {
  EXPECT_GT(host_->space("/")->total_bytes, 0U);
}

TEST_F(RealHost, TimeIsTheClocks) {
  EXPECT_EQ(host_->now(), 1000);
}

struct LinkRequest {
  nlmsghdr header;
  rtgenmsg family;
};

TEST_F(RealHost, DumpsTheLoopbackInterface) {
  LinkRequest request{};
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.family);
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  std::vector<std::uint8_t> bytes(sizeof request);
  std::memcpy(bytes.data(), &request, sizeof request);
  const auto answer = host_->netlink_dump(NETLINK_ROUTE, bytes, "route-links");
  ASSERT_TRUE(answer);
  const std::string text(answer->begin(), answer->end());
  EXPECT_NE(text.find(std::string("lo\0", 3)), std::string::npos);
}

TEST_F(RealHost, ANetlinkRequestThatIsRefusedIsAnError) {
  LinkRequest request{};
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.family);
  request.header.nlmsg_type = 0x7FFF;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  std::vector<std::uint8_t> bytes(sizeof request);
  std::memcpy(bytes.data(), &request, sizeof request);
  EXPECT_FALSE(host_->netlink_dump(NETLINK_ROUTE, bytes, "route-links"));
}

}  // namespace
}  // namespace censo::agent
