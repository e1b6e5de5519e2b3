#include "collector/scanner/sweep/echo.h"

#include <gtest/gtest.h>

#include <vector>

namespace censo::scanner {
namespace {

std::vector<std::uint8_t> reply_to(const EchoRequest& request) {
  std::vector<std::uint8_t> reply(request.begin(), request.end());
  reply[0] = request[0] == 8 ? 0 : 129;
  return reply;
}

TEST(Echo, TheReplyHasTheIdOfTheRequest) {
  for (const bool v4 : {true, false}) {
    EXPECT_EQ(echoed_id(v4, reply_to(echo_request(v4, 0x41424344))), 0x41424344u);
    EXPECT_EQ(echoed_id(v4, reply_to(echo_request(v4, 0xffffffff))), 0xffffffffu);
  }
}

// Of the request itself with its checksum the sum is ffff (RFC 1071).
TEST(Echo, TheRequestHasItsChecksum) {
  for (const std::uint32_t id : {0u, 0x41424344u, 0xffffffffu}) {
    const auto request = echo_request(true, id);
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < request.size(); i += 2) sum += request[i] * 256u + request[i + 1];
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    EXPECT_EQ(sum, 0xffffu);
  }
}

TEST(Echo, ARawSocketsHeaderIsPassedOver) {
  auto datagram = reply_to(echo_request(true, 7));
  datagram.insert(datagram.begin(), 24, 0);
  datagram[0] = 0x46;  // version 4, six words
  EXPECT_EQ(echoed_id(true, datagram), 7u);
}

TEST(Echo, AnythingElseIsNoReply) {
  const auto request = echo_request(true, 7);
  EXPECT_FALSE(echoed_id(true, request));
  EXPECT_FALSE(echoed_id(true, {}));
  EXPECT_FALSE(echoed_id(true, std::vector<std::uint8_t>{0x4f}));
  auto reply = reply_to(request);
  reply[8] = 'x';
  EXPECT_FALSE(echoed_id(true, reply));
  reply = reply_to(request);
  reply.pop_back();
  EXPECT_FALSE(echoed_id(true, reply));
  EXPECT_FALSE(echoed_id(false, reply_to(request)));
}

}  // namespace
}  // namespace censo::scanner
