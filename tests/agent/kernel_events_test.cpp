// Messages laid out as rtnetlink(7) says.
#include "agent/kernel_events.h"

#include <gtest/gtest.h>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstring>
#include <vector>

namespace censo::agent {
namespace {

using namespace std::string_view_literals;
using Bytes = std::vector<std::uint8_t>;

template <class T>
void append(Bytes& bytes, const T& value) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), at, at + sizeof value);
}

void append_attribute(Bytes& bytes, std::uint16_t type, const std::string& value) {
  append(bytes, rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + value.size()), type});
  bytes.insert(bytes.end(), value.begin(), value.end());
  bytes.resize(NLMSG_ALIGN(bytes.size()));
}

Bytes message(std::uint16_t type, const Bytes& payload) {
  Bytes bytes;
  append(bytes, nlmsghdr{static_cast<std::uint32_t>(sizeof(nlmsghdr) + payload.size()), type, 0, 0, 0});
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

Bytes link(unsigned flags, const std::string& counters) {
  Bytes payload;
  append(payload, ifinfomsg{AF_UNSPEC, 0, 0, 2, flags, 0});
  append_attribute(payload, IFLA_IFNAME, "eth0");
  append_attribute(payload, IFLA_STATS, counters);
  return message(RTM_NEWLINK, payload);
}

Bytes address(std::uint16_t type, const std::string& value, const std::string& life) {
  Bytes payload;
  append(payload, ifaddrmsg{AF_INET, 24, 0, 0, 2});
  append_attribute(payload, IFA_ADDRESS, value);
  append_attribute(payload, IFA_CACHEINFO, life);
  return message(type, payload);
}

TEST(NetworkNews, ALinksCountersAreNone) {
  NetworkNews news;
  EXPECT_TRUE(news.is_news(link(IFF_UP, "1234")));
  EXPECT_FALSE(news.is_news(link(IFF_UP, "5678")));
}

TEST(NetworkNews, ALinkThatGoesDownIsOne) {
  NetworkNews news;
  news.is_news(link(IFF_UP, "1234"));
  EXPECT_TRUE(news.is_news(link(0, "1234")));
}

TEST(NetworkNews, AnAddressThatLivesOnIsNone) {
  NetworkNews news;
  EXPECT_TRUE(news.is_news(address(RTM_NEWADDR, "\xc0\x2\x2\x1", "3600")));
  EXPECT_FALSE(news.is_news(address(RTM_NEWADDR, "\xc0\x2\x2\x1", "3599")));
}

TEST(NetworkNews, AnAddressThatGoesAndComesIsOneTwice) {
  NetworkNews news;
  news.is_news(address(RTM_NEWADDR, "\xc0\x2\x2\x1", "1"));
  EXPECT_TRUE(news.is_news(address(RTM_DELADDR, "\xc0\x2\x2\x1", "1")));
  EXPECT_TRUE(news.is_news(address(RTM_NEWADDR, "\xc0\x2\x2\x1", "1")));
}

TEST(NetworkNews, ATornMessageIsLookedInto) {
  NetworkNews news;
  auto torn = link(IFF_UP, "1234");
  torn.resize(torn.size() - 8);
  EXPECT_TRUE(news.is_news(torn));
}

TEST(DeviceNews, ADiskIsOne) {
  EXPECT_TRUE(is_device_news("add@/devices/x/block/sdb\0ACTION=add\0SUBSYSTEM=block\0"sv));
}

TEST(DeviceNews, ABatteryThatDrainsIsNone) {
  EXPECT_FALSE(is_device_news("change@/devices/BAT0\0SUBSYSTEM=power_supply\0"sv));
}

}  // namespace
}  // namespace censo::agent
